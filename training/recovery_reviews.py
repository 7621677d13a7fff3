"""Learn from published review outcomes and judge on others: the estimator beside the lookup table, row by row.

Rows of later years than all those learnt are judged twice: by the model as it stood at the end of the last year, and
with its level followed as outcomes come in (``training.recovery_drift``), for a base rate that moves is known to nobody
beforehand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from features.errors import MissingDataError
from features.recovery_columns import Floats
from features.recovery_reviews import Review, outcomes_of, rows_of
from training.comparison import paired_difference
from training.metrics import auc, evaluate, log_loss
from training.recovery_chance import fit_chance
from training.recovery_drift import followed, months_of
from training.recovery_lookup import REVIEW_LEVELS, RecoveryLookup

RANDOM_SHARE = 0.2
LOOKUP, MODEL, RAW, FOLLOWED = "lookup table", "model", "model, uncalibrated", "model, level followed"


@dataclass(frozen=True)
class Judged:
    """What each method said of the test rows, the outcomes, and how the model was put together."""

    name: str
    outcomes: Floats
    said: dict[str, Floats]
    trees_share: float
    learnt: int

    def figures(self, *, seed: int) -> dict[str, float]:
        """Every metric of every method by ``method_metric``, and the paired differences, each with its interval."""
        found: dict[str, float] = {"rows": float(self.outcomes.size), "learnt_rows": float(self.learnt)}
        for method, said in self.said.items():
            found |= evaluate(said, self.outcomes, seed=seed, prefix=f"{_plain(method)}_")
        model = self.said[MODEL]
        for name, measure, other in (
            ("auc_above_lookup", auc, LOOKUP),
            ("log_loss_above_lookup", log_loss, LOOKUP),
            ("log_loss_above_uncalibrated", log_loss, RAW),
        ):
            value, low, high = paired_difference(measure, model, self.said[other], self.outcomes, seed=seed)
            found |= {name: value, f"{name}_low": low, f"{name}_high": high}
        return found


def judge(name: str, learnt: Sequence[Review], test: Sequence[Review], *, seed: int = 0) -> Judged:
    """Learn from some reviews and say what is thought of others; raises MissingDataError where there are too few."""
    if not test:
        raise MissingDataError("there is no review to judge", name, "give a file with more reviews")
    rows, outcomes = rows_of(learnt), outcomes_of(learnt)
    asked, truth = rows_of(test), outcomes_of(test)
    chance = fit_chance(rows, outcomes, seed=seed)
    odds = chance.log_odds(asked)
    said = {
        LOOKUP: RecoveryLookup.fit(rows, outcomes, REVIEW_LEVELS)(asked),
        RAW: 1 / (1 + np.exp(-odds)),
        MODEL: chance.probabilities(asked),
    }
    if int(asked.period.min()) > int(rows.period.max()):
        numbers = np.array([float(review.number or 0) for review in test])
        calibrated = chance.calibration.slope * odds + chance.calibration.intercept
        said[FOLLOWED] = followed(calibrated, truth, months_of(asked.period, numbers))
    return Judged(name, truth, said, chance.trees_share, len(rows))


def latest_year(reviews: Sequence[Review]) -> tuple[list[Review], list[Review]]:
    """The reviews before the latest year, and those of it."""
    last = max((review.year for review in reviews), default=0)
    return [one for one in reviews if one.year < last], [one for one in reviews if one.year == last]


def random_fifth(reviews: Sequence[Review], *, seed: int) -> tuple[list[Review], list[Review]]:
    """Four fifths of the reviews, and the others, drawn at random."""
    drawn = np.random.default_rng(seed).random(len(reviews)) < RANDOM_SHARE
    return (
        [one for one, out in zip(reviews, drawn, strict=True) if not out],
        [one for one, out in zip(reviews, drawn, strict=True) if out],
    )


def _plain(method: str) -> str:
    """A method's name as figures have it.

    >>> _plain("model, level followed")
    'model_level_followed'
    """
    return method.replace(",", "").replace(" ", "_")
