"""What payers owe, until it is paid: claim payments wait for their pay day and then become remittances."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from training.simulate import quirks
from training.simulate.batches import Batch, Ledger, pay_day
from training.simulate.draws import Draws
from training.simulate.payments import Payment


class Cashier:
    """The payers' side of the money; holds only what is not yet paid."""

    def __init__(self, seed: int, *, last_day: date) -> None:
        self.last_day = last_day
        self._noise = Draws(seed, "quirks")
        self._ledger = Ledger(Draws(seed, "batches"))
        self._waiting: dict[date, list[Payment]] = defaultdict(list)

    def expect(self, payments: Iterable[Payment]) -> None:
        """Take payments in; what would be paid after the last day is never known and is dropped."""
        for payment in payments:
            day = pay_day(payment.payer, payment.due)
            if day <= self.last_day:
                self._waiting[day].append(payment)

    def pay(self, day: date) -> list[Batch]:
        """The day's remittances; each payment as its payer writes it."""
        groups: dict[tuple[str, str], list[Payment]] = defaultdict(list)
        for payment in self._waiting.pop(day, ()):
            if payment.event == "takeback":
                self._ledger.take_back(payment)
                continue
            quirks.disturb(self._noise, payment, day)
            groups[payment.payer.payer_id, payment.claim.facility.owner.npi].append(payment)
        return [self._ledger.batch(day, group) for _, group in sorted(groups.items(), key=lambda x: x[0])]
