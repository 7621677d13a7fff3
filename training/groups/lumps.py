"""Checks answered day by day as a provider would have: nothing is known before the day after it came."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from features.groups.lumps import LumpAnswer, LumpFinder
from features.postings import Posting
from features.progress import track
from features.stubs import Stub
from training.datasets import Dataset
from training.typed_ties import Ledger, PayerNames, Tied, tie_stubs

CHECK, CLAIM, PAYMENT, POSTING = range(
    4
)  # the order within a day: what came that day is not known when one is asked
Event = tuple[date, int, int]  # day, kind, place


@dataclass(frozen=True)
class AnsweredCheck:
    """A check, the answer on the day on which it came, and what the ledger said of it later.

    ``posted`` are the claims that money of it was posted to, ``rest`` whether some was posted to none; None where the
    ledger's rows of the check could not be told.
    """

    stub: Stub
    answer: LumpAnswer
    posted: tuple[str, ...] | None
    rest: bool
    known_on: date | None  # the day on which the last of it was posted

    @property
    def unknown(self) -> bool:
        """Whether it paid something else than claims that waited when it came."""
        waiting = {claim for group in self.answer.waiting for claim in group}
        return self.rest or not set(self.posted or ()) <= waiting

    @property
    def right(self) -> bool | None:
        """Whether the answer names just the claims that were posted to; None where that is not known."""
        return None if self.posted is None else set(self.answer.claims) == set(self.posted)


def replay(dataset: Dataset, payees: Mapping[str, str] | None = None) -> list[AnsweredCheck]:
    """Every check's answer, in the order in which the checks came; ``payees`` by stub where the bank told them."""
    stubs = sorted(dataset.stubs, key=lambda stub: (stub.received_date, stub.stub_id))
    labels = _labels(dataset, stubs)
    days = _Days.of(dataset, stubs, labels)
    finder, answered = LumpFinder(), list[AnsweredCheck]()
    posted = list[
        tuple[date, bool]
    ]()  # a heap: when a check was posted in full, and whether claims of it were unknown
    for day, kind, place in track(list(_events(dataset, stubs)), "Answering checks"):
        while posted and posted[0][0] < day:
            finder.add_check(rest=heapq.heappop(posted)[1])
        if kind == CHECK:
            stub, rows = stubs[place], labels[place]
            answer = finder.answer(stub, (payees or {}).get(stub.stub_id))
            answered.append(AnsweredCheck(stub, answer, *_outcome(rows)))
            if answered[-1].known_on:
                heapq.heappush(posted, (answered[-1].known_on, answered[-1].unknown))
        elif kind == CLAIM:
            finder.add_claim(dataset.claims[place])
        elif kind == PAYMENT:
            finder.add_payment(dataset.claim_payments[place])
        else:
            _learn(finder, dataset.postings[place], days)
    return answered


@dataclass(frozen=True)
class _Days:
    """What the ledger's trace numbers mean: the day of the payment, and the payee where a remittance names one."""

    paid_on: Mapping[str, date]
    payee: Mapping[str, str | None]

    @staticmethod
    def of(dataset: Dataset, stubs: Sequence[Stub], labels: Sequence[Tied]) -> _Days:
        paid_on = {
            row.trace_number: stub.stub_date or stub.received_date
            for stub, rows in zip(stubs, labels, strict=True)
            for row in rows
        }
        payee: dict[str, str | None] = {}
        for payment in dataset.claim_payments:
            if payment.trace_number and payment.payment_date:
                paid_on[payment.trace_number] = payment.payment_date
                payee[payment.trace_number] = payment.payee_npi
        return _Days(paid_on, payee)


def _learn(finder: LumpFinder, posting: Posting, days: _Days) -> None:
    """A posting on its day; the amount counts where no remittance has said it already."""
    electronic = posting.trace_number in days.payee
    finder.add_posting(
        posting.posted_claim_id or "",
        paid_on=days.paid_on.get(posting.trace_number),
        status=posting.status,
        amount=None if electronic else int(posting.amount * 100),
        payee=days.payee.get(posting.trace_number),
    )


def _labels(dataset: Dataset, stubs: Sequence[Stub]) -> list[Tied]:
    """The ledger's rows of each check."""
    known = {payment.trace_number for payment in dataset.claim_payments}
    rows = (row for row in dataset.postings if row.trace_number not in known)
    return tie_stubs(stubs, Ledger(rows, PayerNames.of([*dataset.claims, *dataset.claim_payments])))


def _outcome(rows: Tied) -> tuple[tuple[str, ...] | None, bool, date | None]:
    """Claims that a check gave money to, whether some went to none, and when that was known.

    What a check says a claim is paid nothing cannot be seen on it; what it gives and takes back is nothing too.
    """
    if not rows:
        return None, False, None
    amounts: defaultdict[str, int] = defaultdict(int)
    for row in rows:
        amounts[row.posted_claim_id or ""] += int(row.amount * 100)
    claims = tuple(sorted(claim for claim, amount in amounts.items() if claim and amount))
    return claims, bool(amounts.get("")), max(row.posting_date for row in rows)


def _events(dataset: Dataset, stubs: Sequence[Stub]) -> Iterator[Event]:
    """Everything in the order in which it became known."""
    return heapq.merge(
        _dated((stub.received_date for stub in stubs), CHECK),
        _dated((claim.submitted for claim in dataset.claims), CLAIM),
        _dated((payment.payment_date for payment in dataset.claim_payments), PAYMENT),
        _dated((posting.posting_date for posting in dataset.postings), POSTING),
    )


def _dated(days: Iterable[date | None], kind: int) -> list[Event]:
    return sorted((day, kind, place) for place, day in enumerate(days) if day is not None)
