"""Remittances: the payments of one payer to one organization on one pay day, with provider-level adjustments."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from training.simulate import rates
from training.simulate.draws import Draws
from training.simulate.network import Organization
from training.simulate.payers import Payer
from training.simulate.payments import Payment

Account = tuple[str, str]  # payer and payee


@dataclass(slots=True)
class Batch:
    """One 835 transaction; cents. A positive provider adjustment reduces what is paid."""

    payer: Payer
    payee: Organization
    day: date
    trace_number: str
    payments: list[Payment]
    provider_adjustments: list[tuple[str, str, int]] = field(default_factory=list)
    takebacks: list[Payment] = field(
        default_factory=list
    )  # those of the adjustments that take a payment back

    @property
    def amount(self) -> int:
        """BPR02."""
        return sum(p.paid for p in self.payments) - sum(a[2] for a in self.provider_adjustments)


class Ledger:
    """What stands open between payers and payees from one remittance to the next."""

    def __init__(self, draws: Draws) -> None:
        self.draws = draws
        self._owed: dict[Account, int] = defaultdict(int)
        self._takebacks: dict[Account, list[Payment]] = defaultdict(list)

    def take_back(self, payment: Payment) -> None:
        """Hold a payment that the payer will take out of a later remittance, without a reversal (PLB WO)."""
        self._takebacks[payment.payer.payer_id, payment.claim.facility.owner.npi].append(payment)

    def batch(self, day: date, payments: list[Payment]) -> Batch:
        """The remittance of one payer to one payee."""
        payer, payee = payments[0].payer, payments[0].claim.facility.owner
        payer.trace += self.draws.between(1, 40)
        batch = Batch(payer, payee, day, f"{payer.payer_id}{payer.trace:07d}", payments)
        for payment in payments:
            payment.trace_number = batch.trace_number
        account = (payer.payer_id, payee.npi)
        self._take_back_what_fits(batch, account)
        self._balance_forward(batch, account)
        if batch.amount > 0 and self.draws.chance(rates.INTEREST):
            interest = -self.draws.between(5, 900)
            batch.provider_adjustments.append(("L6", payments[0].payer_claim_number, interest))
        return batch

    def _take_back_what_fits(self, batch: Batch, account: Account) -> None:
        waiting = self._takebacks.get(account, [])
        for payment in list(waiting):
            if 0 < -payment.paid <= batch.amount and len(batch.provider_adjustments) < MOST_TAKEBACKS:
                waiting.remove(payment)
                payment.trace_number = batch.trace_number
                batch.takebacks.append(payment)
                batch.provider_adjustments.append(("WO", payment.payer_claim_number, -payment.paid))

    def _balance_forward(self, batch: Batch, account: Account) -> None:
        """A payment cannot be negative: the rest is carried forward (FB) and recovered from later ones (WO)."""
        reference = batch.payments[0].payer_claim_number
        if batch.amount < 0:
            self._owed[account] -= batch.amount
            batch.provider_adjustments.append(("FB", reference, batch.amount))
        elif self._owed[account] and batch.amount > 0:
            taken = min(self._owed[account], batch.amount)
            self._owed[account] -= taken
            batch.provider_adjustments.append(("WO", reference, taken))


MOST_TAKEBACKS = 3  # PLB holds six adjustments


def pay_day(payer: Payer, due: date) -> date:
    """The payer's first pay day on or after the day."""
    return min(due + timedelta((weekday - due.weekday()) % 7) for weekday in payer.pay_days)
