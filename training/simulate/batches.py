"""Remittances: the payments of one payer to one organization on one pay day, with provider-level adjustments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from training.simulate import rates
from training.simulate.draws import Draws
from training.simulate.network import Organization
from training.simulate.payers import Payer
from training.simulate.payments import Payment


@dataclass(slots=True)
class Batch:
    """One 835 transaction; cents. A positive provider adjustment reduces what is paid."""

    payer: Payer
    payee: Organization
    day: date
    trace_number: str
    payments: list[Payment]
    provider_adjustments: list[tuple[str, str, int]] = field(default_factory=list)

    @property
    def amount(self) -> int:
        """BPR02."""
        return sum(p.paid for p in self.payments) - sum(a[2] for a in self.provider_adjustments)


def gather(draws: Draws, payments: Iterable[Payment], *, last_day: date) -> list[Batch]:
    """Batches in order of their days; what would be paid after ``last_day`` is not known yet."""
    groups: dict[tuple[date, str, str], list[Payment]] = {}
    for payment in payments:
        day = pay_day(payment.payer, payment.due)
        if day <= last_day:
            key = (day, payment.payer.payer_id, payment.claim.facility.owner.npi)
            groups.setdefault(key, []).append(payment)
    owed: dict[tuple[str, str], int] = {}
    return [
        _batch(draws, day, group, owed) for (day, _, _), group in sorted(groups.items(), key=lambda x: x[0])
    ]


def pay_day(payer: Payer, due: date) -> date:
    """The payer's first pay day on or after the day."""
    return min(due + timedelta((weekday - due.weekday()) % 7) for weekday in payer.pay_days)


def _batch(draws: Draws, day: date, payments: list[Payment], owed: dict[tuple[str, str], int]) -> Batch:
    payer, payee = payments[0].payer, payments[0].claim.facility.owner
    payer.trace += draws.between(1, 40)
    batch = Batch(payer, payee, day, f"{payer.payer_id}{payer.trace:07d}", payments)
    for payment in payments:
        payment.trace_number = batch.trace_number
    _balance_forward(batch, owed)
    if batch.amount > 0 and draws.chance(rates.INTEREST):
        batch.provider_adjustments.append(("L6", payments[0].payer_claim_number, -draws.between(5, 900)))
    return batch


def _balance_forward(batch: Batch, owed: dict[tuple[str, str], int]) -> None:
    """A payment cannot be negative: the rest is carried forward (FB) and recovered from later ones (WO)."""
    key = (batch.payer.payer_id, batch.payee.npi)
    reference = batch.payments[0].payer_claim_number
    if batch.amount < 0:
        owed[key] = owed.get(key, 0) - batch.amount
        batch.provider_adjustments.append(("FB", reference, batch.amount))
    elif owed.get(key) and batch.amount > 0:
        taken = min(owed[key], batch.amount)
        owed[key] -= taken
        batch.provider_adjustments.append(("WO", reference, taken))
