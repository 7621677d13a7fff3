"""The detectors of a cell, by what feeds them: checks one by one, or payers' answers to all claims of a day together.

Answers of one remittance depend on each other: a payer whose system fails denies a whole batch. Once one claim of it is
denied the next is likelier to be, so bets claim by claim would have a mean above 1 though the lane keeps alpha. Nor can
a remittance be one bet: which claims stand in it is up to the payer, who may send denials apart. What is settled before
any answer is the day on which claims went, so all claims of a day are one bet, on the share of them that is wrong. The
bet is linear in that share, so its mean depends on nothing but the mean share: it is at most 1 while the share, given
all days before, is at most alpha on average, however the claims of the day hang together. (A remittance that answers
claims of several days still ties these days; bets a week long would be the next step, and slower.)

The days are judged in their order, each at one age, since quick answers are not like the others. A claim whose answer
is not in by then counts as right, which can make an alarm later and never cause one.

More denials only raise the statistic (every bet grows with the share). So days that are not due may be looked at with
the denials that are in, all else taken as right: there the statistic stands at most where it will when they are due. An
alarm that is seen ahead would have come anyway, so looking ahead costs no false alarm, however often it is done.

Where a cell has both detectors, that of the answers has 4 % and that of the checks 1 % of the chance of a false alarm,
so that together it is at most 5 % within 240 days and 12,000 checks: what a checker says of a claim is a forecast. Both
parts are by Doob's inequality (``models.monitoring.run_length``), which holds for any law of a share; the simulated
worst case is one of single checks.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from models.monitoring.detector import EDetector
from models.monitoring.mixture import Mixture
from models.monitoring.run_length import FALSE_ALARM, proven_threshold

ANSWERED_KINDS: Final = frozenset({"denial-risk"})
"""Kinds of items that are judged by their payers' answers besides blind checks."""

ANSWERS_DUE: Final = timedelta(days=45)
"""The age at which a claim is asked: by law of most states payers answer clean claims within 30 to 45 days."""

DAYS: Final = 240
"""The horizon of the promise on false alarms."""

FALSE_ALARM_OF_ANSWERS: Final = 0.04


def detector_of_answers(alpha: float) -> EDetector:
    """For ``EDetector.update_together``, a day at a time; raises BadInputError where alpha is not inside 0..0.5.

    >>> detector = detector_of_answers(0.1)
    >>> [detector.update_together(30, 27) for _ in range(4)]
    [False, False, True, True]
    """
    mixture = Mixture.of(alpha, shares=True)
    proven = (DAYS + mixture.head_start) / FALSE_ALARM_OF_ANSWERS
    return EDetector(alpha, threshold=max(proven, 2 * mixture.quiet), shares=True)


def detector_of_checks(kind: str, alpha: float) -> EDetector:
    """For ``EDetector.update``, check by check; raises BadInputError where alpha is not inside 0..0.5."""
    if kind in ANSWERED_KINDS:
        return EDetector(
            alpha, threshold=proven_threshold(alpha, false_alarm=FALSE_ALARM - FALSE_ALARM_OF_ANSWERS)
        )
    return EDetector(alpha)
