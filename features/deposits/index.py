"""Which single payments a deposit may hold: by what is left of the number, and by the amount."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence

from features.deposits.anchors import SHORTEST, shown_number, within
from features.deposits.payments import Payment
from features.deposits.statement import Deposit

MOST = 8  # candidates by either way
CENT_OFF = 1
FEE = 5000  # cents that a bank may keep of a wire, at most
LAST = "\uffff"


class PaymentIndex:
    """Payments by number and by amount; an answer is the payments' places, the likeliest first."""

    def __init__(self, payments: Sequence[Payment]) -> None:
        self.payments = payments
        self._forward = sorted((payment.key, place) for place, payment in enumerate(payments))
        self._backward = sorted((payment.key[::-1], place) for place, payment in enumerate(payments))
        self._amounts: defaultdict[int, list[int]] = defaultdict(list)
        for place, payment in enumerate(payments):
            self._amounts[payment.cents].append(place)
        self._sorted = sorted((payment.cents, place) for place, payment in enumerate(payments))

    def candidates(self, deposit: Deposit) -> list[int]:
        """By number, then by amount, each once."""
        by_number = self._nearest(deposit, set(self._by_number(shown_number(deposit))))
        by_amount = self._nearest(deposit, set(self._by_amount(deposit)))
        return list(dict.fromkeys([*by_number, *by_amount]))

    def _by_number(self, number: str) -> Iterator[int]:
        """The same number, or one that begins or ends with it."""
        if len(number) >= SHORTEST:
            for table, text in ((self._forward, number), (self._backward, number[::-1])):
                first, last = bisect_left(table, (text, -1)), bisect_left(table, (text + LAST, -1))
                yield from (place for _, place in table[first:last])

    def _by_amount(self, deposit: Deposit) -> Iterator[int]:
        for cents in range(deposit.cents - CENT_OFF, deposit.cents + CENT_OFF + 1):
            yield from self._amounts.get(cents, ())
        if deposit.type == "wire":
            first = bisect_left(self._sorted, (deposit.cents, -1))
            last = bisect_left(self._sorted, (deposit.cents + FEE, -1))
            yield from (place for _, place in self._sorted[first:last])

    def _nearest(self, deposit: Deposit, places: set[int]) -> list[int]:
        """Those that may have come on the day: by amount, then by days."""
        timely = [place for place in places if within(deposit, self.payments[place])]

        def apart(place: int) -> tuple[int, int, int]:
            payment = self.payments[place]
            return abs(payment.cents - deposit.cents), abs((deposit.day - payment.day).days), place

        return sorted(timely, key=apart)[:MOST]
