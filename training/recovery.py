"""Train the recovery model: what became of worked denials, and what payers pay of a charge, from the files alone.

The model is judged on the last fifth of the work by one that knew only what was settled before it; the one that is
saved has learnt from all of it. It may do nothing by itself, so no certificate is issued: every action is a person's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np

from features.denials import is_denial
from features.errors import MissingDataError
from features.first_decision import first_decision
from features.match_keys import payer_key
from features.recovery_columns import Floats
from features.recovery_rows import main_procedure, rows_of
from models.certification import save_certificates
from models.recovery import KIND, LEARNT, RecoveryModel, save
from models.recovery_chance import Chance
from models.recovery_means import Means
from training.comparison import paired_difference
from training.datasets import Dataset
from training.denial_labels import answers
from training.metrics import auc, evaluate
from training.recovery_chance import fit_chance
from training.recovery_lookup import HISTORY_LEVELS, RecoveryLookup
from training.recovery_outcomes import Outcome, Outcomes, read_outcomes, work_file
from training.recovery_report import card, plot, signature
from training.recovery_trees import ROUNDS
from training.trained import Trained

FEWEST: Final = 300  # finished actions
TEST_SHARE: Final = 0.2  # the last part of the work
PAYER_WEIGHT, MINUTES_WEIGHT = 10.0, 20.0  # values that the wider cell counts for
KEPT_WEIGHT: Final = 2_000.0  # dollars that no difference from the payer's ratio counts for


@dataclass(frozen=True)
class Learnt:
    """All that a set of outcomes and the payments of the files teach."""

    chance: Chance
    paid_of_charge: Means
    minutes: Means
    kept: dict[str, float]

    def model(self) -> RecoveryModel:
        """As it would assess, without a file or a version."""
        return RecoveryModel("unsaved", self.chance, self.paid_of_charge, self.minutes, self.kept)

    def save(self, folder: Path, facts: dict[str, Any]) -> RecoveryModel:
        """Save it and load it again."""
        save(
            folder,
            chance=self.chance,
            paid_of_charge=self.paid_of_charge,
            minutes=self.minutes,
            kept=self.kept,
            facts=facts,
        )
        return RecoveryModel.load(folder)


def train(
    dataset: Dataset,
    *,
    folder: Path,
    seed: int = 0,
    rounds: int = ROUNDS,
    certify: bool = True,
    work: Path | None = None,
) -> Trained:
    """Train on a data set and the work on its denials (``denial_work.csv`` in its folder unless ``work`` names it).

    ``certify`` is there for the other kinds' sake: there is nothing to certify. Raises MissingDataError where there is
    no list of work, or fewer than 300 finished actions.
    """
    del certify
    path = work or work_file(dataset)
    found = read_outcomes(dataset, path)
    past, test = split(found.finished)
    metrics, judged = measure(past, test, seed=seed, rounds=rounds)
    digest = f"{dataset.digest}+{hashlib.sha256(path.read_bytes()).hexdigest()}"
    model = learn(dataset, found, seed=seed, rounds=rounds).save(
        folder, {"data_digest": digest, "seed": seed}
    )
    save_certificates(folder, ())
    plot(folder / "plots", judged, outcomes_of(test))
    card(found, test, metrics).write(folder)
    return Trained(
        kind=KIND,
        version=model.version,
        folder=folder,
        metrics=metrics,
        parameters={"data_digest": digest, "seed": seed, "rounds": rounds, "test_from": str(test[0].day)},
        signature=signature(),
        notes=(found.describe(),),
    )


def split(finished: Sequence[Outcome]) -> tuple[list[Outcome], list[Outcome]]:
    """What was settled before the last fifth of the work began, and that fifth; raises MissingDataError."""
    if len(finished) < FEWEST:
        what = f"{len(finished)} finished corrections and appeals are too few, {FEWEST} are needed"
        raise MissingDataError(what, remedy="give a longer history")
    start = finished[int(len(finished) * (1 - TEST_SHARE))].day
    return [one for one in finished if one.settled <= start], [one for one in finished if one.day >= start]


def learn(
    dataset: Dataset, found: Outcomes, *, seed: int, rounds: int = ROUNDS, before: date | None = None
) -> Learnt:
    """From outcomes that were settled, work that was done and payments that were made before a day."""
    known = [one for one in found.finished if before is None or one.settled <= before]
    ratios = Means.of(_ratios(dataset, before), weight=PAYER_WEIGHT)
    minutes = Means.of(
        (((one.action, one.category), one.minutes) for one in found.worked if _is_before(one.day, before)),
        weight=MINUTES_WEIGHT,
    )
    return Learnt(fit(known, seed=seed, rounds=rounds), ratios, minutes, _kept(known, ratios))


def fit(outcomes: Sequence[Outcome], *, seed: int, rounds: int = ROUNDS) -> Chance:
    """The chance of recovery by denial and action."""
    return fit_chance(rows_of(*_asked(outcomes)), outcomes_of(outcomes), seed=seed, rounds=rounds)


def outcomes_of(outcomes: Sequence[Outcome]) -> Floats:
    """1 where it recovered, (n,)."""
    return np.array([one.recovered for one in outcomes], dtype=np.float64)


def said_of(chance: Chance, asked: Sequence[Outcome]) -> Floats:
    """Probabilities of recovery, (n,)."""
    return chance.probabilities(rows_of(*_asked(asked)))


def lookup_of(past: Sequence[Outcome], asked: Sequence[Outcome]) -> Floats:
    """The lookup table's, by action, reason and payer, (n,)."""
    table = RecoveryLookup.fit(rows_of(*_asked(past)), outcomes_of(past), HISTORY_LEVELS)
    return table(rows_of(*_asked(asked)))


def measure(
    past: Sequence[Outcome], test: Sequence[Outcome], *, seed: int, rounds: int = ROUNDS
) -> tuple[dict[str, float], Floats]:
    """Metrics of a model of the past on later work, beside the lookup table; and what the model said."""
    outcomes = outcomes_of(test)
    chance = fit(past, seed=seed, rounds=rounds)
    said, table = said_of(chance, test), lookup_of(past, test)
    gain, low, high = paired_difference(auc, said, table, outcomes, seed=seed)
    metrics = {
        **evaluate(said, outcomes, seed=seed),
        "auc_above_lookup": gain,
        "auc_above_lookup_low": low,
        "auc_above_lookup_high": high,
        "trees_share": chance.trees_share,
        **evaluate(table, outcomes, seed=seed, prefix="baseline_lookup_"),
    }
    return metrics, said


def _asked(outcomes: Sequence[Outcome]) -> tuple[list[Any], list[str]]:
    return [one.denial for one in outcomes], [one.action for one in outcomes]


def _is_before(day: date, before: date | None) -> bool:
    return before is None or day < before


def _ratios(dataset: Dataset, before: date | None) -> Iterator[tuple[tuple[str, str], float]]:
    """Paid of charged, of first decisions that refused nothing, by payer and procedure."""
    for place, payments in answers(dataset).items():
        claim = dataset.claims[place]
        first = first_decision(payments, claim)
        charge = float(claim.charge or 0)
        if not first or charge <= 0 or any(map(is_denial, first)):
            continue
        if before is None or (first[0].payment_date or date.max) < before:
            paid = sum(float(payment.paid or 0) for payment in first)
            yield (payer_key(claim), main_procedure(claim) or ""), min(1.0, max(0.0, paid / charge))


def _kept(outcomes: Iterable[Outcome], ratios: Means) -> dict[str, float]:
    """By action, the dollars gained where it recovered over those that the payer's usual ratio promised."""
    gained, promised = dict.fromkeys(LEARNT, KEPT_WEIGHT), dict.fromkeys(LEARNT, KEPT_WEIGHT)
    for one in outcomes:
        if one.recovered:
            claim = one.denial.claim
            ratio = ratios.at((payer_key(claim), main_procedure(claim) or "")) or 0.0
            gained[one.action] += float(one.gained)  # type: ignore[index]
            promised[one.action] += float(one.denial.amount) * ratio  # type: ignore[index]
    return {action: gained[action] / promised[action] for action in LEARNT}
