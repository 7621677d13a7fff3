"""The methods that every run of the denial benchmark compares, each by the protocol that anyone's own goes through."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from features.x12.records import Claim
from models.denial_heads import log_probability
from models.denial_outlook import DenialOutlook
from models.denial_risk import DenialRiskModel
from training.benchmarks.denial.lived import Lived
from training.benchmarks.denial.truth import read_truth, true_of
from training.benchmarks.history import history_windows
from training.benchmarks.protocols import DenialDay, DenialHistory
from training.denial_baselines import RateTable, lookup_baseline, rule_baseline
from training.denial_fit import SHARES, Examples, fit
from training.denial_labels import DenialLabels
from training.metrics import Floats


class Model:
    """The product's model, fitted and calibrated as in training; the certification window stays unused."""

    product: DenialRiskModel

    def fit(self, history: DenialHistory) -> None:
        """The booster on the earlier part, its calibration on the later; its history goes on with each day."""
        self._lived = Lived(history)
        examples = examples_of(history, self._lived.rows(history.claims), self._lived.carcs(history.claims))
        fitted = fit(examples, history_windows(history.sent, SHARES), seed=history.seed)
        self.product = fitted.model(self._lived.history)

    def risk_on(self, day: DenialDay) -> Sequence[float]:
        """Calibrated probabilities."""
        return [score.probability for score in self.product.score(*self._asked(day))]

    def outlooks_on(self, day: DenialDay) -> list[DenialOutlook]:
        """What denials of the claims would be about; a day can be asked about once."""
        claims, known = self._asked(day)
        return self.product.outlooks(claims, known) if claims else []

    def _asked(self, day: DenialDay) -> tuple[list[Claim], Floats]:
        known = self._lived.on(day)
        return [day.claims[index] for index in day.asked], known


class RawScore(Model):
    """The same before calibration, which may make it no worse."""

    def risk_on(self, day: DenialDay) -> Sequence[float]:
        """The heads' own probabilities, put together."""
        claims, known = self._asked(day)
        if not claims:
            return []
        raw = self.product.raw(self.product.encode(claims, known).rows)
        return [float(probability) for probability in np.exp(log_probability(raw))]


class _Table:
    """A table of smoothed rates."""

    make: Callable[[Sequence[Claim], Floats], RateTable]

    def fit(self, history: DenialHistory) -> None:
        """Count."""
        self._rates = type(self).make(history.claims, np.asarray(history.denied, dtype=np.float64))

    def risk(self, claims: Sequence[Claim]) -> Sequence[float]:
        """The rate of each claim's key."""
        return [float(rate) for rate in self._rates(claims)]


class Lookup(_Table):
    """The rate of the payer and the dearest procedure."""

    make = staticmethod(lookup_baseline)


class Rule(_Table):
    """The rate of a number of points on a biller's checklist."""

    make = staticmethod(rule_baseline)


class Oracle:
    """The ceiling: the probability that the simulator drew from. It alone may open the truth."""

    def __init__(self, folder: Path) -> None:
        self._truth = read_truth(folder)

    def fit(self, history: DenialHistory) -> None:
        """Nothing is left to learn."""

    def risk(self, claims: Sequence[Claim]) -> Sequence[float]:
        """What the payer's rule knew."""
        return [true.probability for true in true_of(self._truth, claims)]


def examples_of(history: DenialHistory, known: Floats, carcs: Sequence[str | None]) -> Examples:
    """The history as training has its examples."""
    labels = DenialLabels(
        claims=history.claims, denied=history.denied, sent=history.sent, answered=history.answered,
        batch=history.batch, carcs=tuple(carcs), places=tuple(range(len(history.claims))), immature=0,
        unanswered=0, undated=0, voids=0, rejected=0,
    )  # fmt: skip
    return Examples(labels, known)
