"""Learning how far groups of payments can be trusted, from what the ledger said of earlier ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from models.calibration import SigmoidCalibration
from models.groups.trust import Trust, log_odds, size_of
from training.groups.lumps import AnsweredCheck
from training.groups.ties import TiedPayments, judged

FEWEST_CHECKS = 50  # answered and posted in full, below which their probabilities are left as they are


def fit(tied: TiedPayments, checks: Sequence[AnsweredCheck], *, before: date) -> Trust:
    """What was known before a day teaches; the rest of the history is left alone."""
    return Trust.of(judged(tied, before), _calibrations(checks, before))


def _calibrations(checks: Sequence[AnsweredCheck], before: date) -> dict[str, SigmoidCalibration]:
    """One for answers of one claim and one for several, where there are enough of them."""
    rows: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for check in checks:
        if check.right is not None and check.known_on and check.known_on < before and check.answer.claims:
            odds = log_odds(check.answer.probability)
            rows[size_of(check.answer)].append((odds, float(check.right)))
    return {
        size: SigmoidCalibration.fit([odds for odds, _ in some], [right for _, right in some])
        for size, some in sorted(rows.items())
        if len(some) >= FEWEST_CHECKS
    }
