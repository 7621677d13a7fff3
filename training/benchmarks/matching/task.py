"""The task of remittance matching: what a method is given, what it is asked, and how its answers are judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

import numpy as np

from features.errors import BadInputError, MissingDataError
from features.x12.records import Claim, ClaimPayment
from training.benchmarks.protocols import NONE, Matcher, MatchHistory, Ranked
from training.datasets import Dataset
from training.match_evaluation import Answers
from training.match_labels import label
from training.remittance_match import SHARES
from training.windows import Windows

KEPT = 20  # ranked claims a payment; the judge looks at the first


@dataclass(frozen=True)
class Split:
    """The history, the payments of the test window, and all claims."""

    history: MatchHistory
    payments: tuple[ClaimPayment, ...]
    claims: tuple[Claim, ...]
    batch: tuple[str, ...]  # the remittance of each payment
    described: str


def split(dataset: Dataset, *, seed: int, days: tuple[date, date] | None = None) -> Split:
    """Cut in time: the test window is the last 12 % of the claim payments, by the day on which they were paid.

    With ``days``, it is the payments from the first of them to before the second. Raises MissingDataError where
    there are none.
    """
    labels = label(dataset, lumps_apart=False)  # whoever judges checks as they come judges lumps too
    if days is None:
        test = list(Windows.from_dates(labels.paid_on, SHARES).test)
    else:
        test = [row for row, day in enumerate(labels.paid_on) if days[0] <= day < days[1]]
    if not test:
        raise MissingDataError("no payment falls into the days to judge", remedy="simulate more claims")
    first, last = labels.paid_on[test[0]], labels.paid_on[test[-1]]
    start = first if days is None else days[0]
    past = [row for row, day in enumerate(labels.paid_on) if day < start]
    history = MatchHistory(
        claims=tuple(claim for claim in dataset.claims if (claim.submitted or date.min) < start),
        payments=tuple(labels.payments[row] for row in past),
        posted=tuple(labels.posted[row] for row in past),
        paid_on=tuple(labels.paid_on[row] for row in past),
        batch=tuple(labels.batch[row] for row in past),
        seed=seed,
    )
    payments = tuple(labels.payments[row] for row in test)
    described = (
        f"{len(past):,} payments of history, {len(payments):,} to judge, paid {first} to {last}, "
        f"{len(dataset.claims):,} claims"
    )
    return Split(history, payments, dataset.claims, tuple(labels.batch[row] for row in test), described)


def ask(method: Matcher, given: Split) -> list[list[tuple[str, float]]]:
    """The method's answers, in plain values."""
    return [
        [(str(claim_id), float(confidence)) for claim_id, confidence in list(ranked)[:KEPT]]
        for ranked in method.rank(given.payments, given.claims)
    ]


def checked(ranked: Sequence[Ranked], given: Split) -> list[Ranked]:
    """The rankings without claims that came after the payment; raises BadInputError where they are none."""
    if len(ranked) != len(given.payments):
        raise BadInputError(f"{len(ranked)} rankings were given for {len(given.payments)} payments")
    there: dict[str, date] = {NONE: date.min}
    for claim in given.claims:
        day, claim_id = claim.submitted or date.min, claim.claim_id or NONE
        there[claim_id] = min(day, there.get(claim_id, day))
    for claim_id, confidence in chain.from_iterable(ranked):
        if claim_id not in there:
            raise BadInputError("a claim was ranked that was not given")
        if not 0 <= confidence <= 1:
            raise BadInputError("a confidence lies outside 0 to 1")
    return [
        [(claim_id, sure) for claim_id, sure in one if there[claim_id] <= (payment.payment_date or date.max)]
        for one, payment in zip(ranked, given.payments, strict=True)
    ]


def answers_of(ranked: Sequence[Ranked], wanted: Sequence[str]) -> Answers:
    """Rankings judged by the claim that is wanted: a payment is posted to its first entry, unless that is NONE.

    >>> answers_of([[("A", 0.9), ("", 0.1)], [("", 0.7), ("B", 0.3)], []], ["A", "B", ""]).posted.tolist()
    [True, False, False]
    """
    best = [next(((claim, sure) for claim, sure in one if claim != NONE), (NONE, 0.0)) for one in ranked]
    return Answers(
        confidence=np.array([sure for _, sure in best], dtype=np.float64),
        posted=np.array([bool(one) and one[0][0] != NONE for one in ranked], dtype=np.bool_),
        right=np.array([a == b != NONE for (a, _), b in zip(best, wanted, strict=True)], dtype=np.bool_),
        has_claim=np.array([claim != NONE for claim in wanted], dtype=np.bool_),
    )
