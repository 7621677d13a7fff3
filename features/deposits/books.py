"""Deposits against payments: who may be what, given what is tied already."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from msgspec import Struct

from features.deposits.anchors import SHORTEST, Ties, shown_number
from features.deposits.habits import Habits
from features.deposits.index import PaymentIndex
from features.deposits.payments import Payment
from features.deposits.statement import Deposit
from features.deposits.sums import unique_sum

TRANSFER_DAYS = timedelta(14)  # from the first payment to a combined transfer
HELD_DAYS = timedelta(10)  # from its first payment to its last: payers wait for their next pay day
# From the check's own day to the lockbox; later ones come, but too many would be open.
MAIL_DAYS = (timedelta(1), timedelta(13))
TYPED_DAYS = (
    timedelta(-9),
    timedelta(2),
)  # from the day a paper check was typed, which comes after the money
CHECKS = "checks"  # the pool of all payers' checks; a payer's own pool, of transfers, has its normalised name
MOST_FIRST = 3  # payments that are tried as the one whose number the bank shows


class Query(Struct, frozen=True):
    """A deposit to be answered; what its ``own`` places are tied to is open to it, and ``hidden`` is not there."""

    deposit: Deposit
    own: frozenset[int] = frozenset()
    hidden: frozenset[int] = frozenset()


class Candidate(Struct, frozen=True):
    """Payments (their places) that may be what a deposit holds; ``by_chance`` is for sums, see ``sums.Sum``."""

    members: tuple[int, ...]
    by_chance: float | None = None


class Books:
    """A statement and the announced payments; ``ties`` are the sure ones, ``settled`` those believed so far."""

    def __init__(self, deposits: Sequence[Deposit], payments: Sequence[Payment], ties: Ties) -> None:
        self.deposits, self.payments, self.ties = deposits, payments, ties
        self.habits = Habits(deposits, payments, ties)
        self._index = PaymentIndex(payments)
        self._pools: defaultdict[str, list[tuple[date, int]]] = defaultdict(list)
        for place, payment in enumerate(payments):
            self._pools[CHECKS if payment.check else payment.payer].append((payment.day, place))
        self.settle(ties)

    def settle(self, ties: Ties) -> None:
        """Believe these ties: their payments have arrived, and other deposits are less likely to hold them."""
        self.settled: dict[int, int] = {
            member: place for place, members in ties.items() for member in members
        }

    def spent(self, query: Query, payment: int) -> bool:
        """Whether the payment's money came with another deposit."""
        return self.settled.get(payment, -1) not in {-1, *query.own}

    def candidates(self, query: Query) -> list[Candidate]:
        """Single payments, then unique sums of open ones; each set of payments once."""
        singles = [place for place in self._index.candidates(query.deposit) if place not in query.hidden]
        found: dict[tuple[int, ...], Candidate] = {(place,): Candidate((place,)) for place in singles}
        for one in self._sums(query, singles):
            found.setdefault(one.members, one)
        return list(found.values())

    def _sums(self, query: Query, singles: Sequence[int]) -> Iterable[Candidate]:
        deposit, number = query.deposit, shown_number(query.deposit)
        numbered = [place for place in singles if number in self.payments[place].key] if number else []
        if any(self.payments[place].cents == deposit.cents for place in numbered):
            return  # number and amount: no sum would be believed beside it
        if deposit.checks:
            if len(number) < SHORTEST:
                yield from self._sum(query, self._checks(query), None)
            return
        for first in numbered[:MOST_FIRST]:
            yield from self._sum(query, [first, *self._sent_after(query, first)], 0)
        if not numbered:
            for payer in self.habits.payers(deposit):
                yield from self._sum(query, self._sent(query, payer), None)

    def _sum(self, query: Query, pool: Sequence[int], needed: int | None) -> Iterable[Candidate]:
        found = unique_sum(query.deposit.cents, [self.payments[place].cents for place in pool], needed=needed)
        if found is not None:
            yield Candidate(tuple(sorted(pool[place] for place in found.members)), found.by_chance)

    def _checks(self, query: Query) -> list[int]:
        """Open checks that may be in a lockbox; a check is emptied into its payee's account."""
        day, payee = query.deposit.day, self.habits.payee(query.deposit)
        return [
            place
            for place in self._open(query, CHECKS, day - MAIL_DAYS[1], day - TYPED_DAYS[0])
            if self._mailed_in_time(query.deposit, self.payments[place])
            and (payee is None or self.payments[place].payee in (None, payee))
        ]

    def _mailed_in_time(self, deposit: Deposit, payment: Payment) -> bool:
        early, late = TYPED_DAYS if payment.channel == "paper" else MAIL_DAYS
        return early <= deposit.day - payment.day <= late

    def _sent(self, query: Query, payer: str) -> list[int]:
        """What a payer may send as one transfer, for all payees alike."""
        return self._open(query, payer, query.deposit.day - TRANSFER_DAYS, query.deposit.day)

    def _sent_after(self, query: Query, first: int) -> list[int]:
        """What it may have sent with the payment whose number the bank shows, however late it all came."""
        day = self.payments[first].day
        places = self._open(query, self.payments[first].payer, day, min(day + HELD_DAYS, query.deposit.day))
        return [place for place in places if place != first]

    def _open(self, query: Query, pool: str, first: date, last: date) -> list[int]:
        """Payments of a pool and of some days whose money did not come with another deposit."""
        days = self._pools[pool]
        start, end = bisect_left(days, (first, -1)), bisect_left(days, (last + timedelta(1), -1))
        places = (place for _, place in days[start:end])
        return [place for place in places if place not in query.hidden and not self.spent(query, place)]
