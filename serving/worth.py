"""What working an item is worth, how long it takes, and so where it stands among the others (``models.priority``).

The minutes (``models.work_minutes``), and the chances that no model states, are chosen: they seemed sensible and are
not measured. They order items of different kinds; among items of one kind the amounts, the models and the deadlines
decide.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from msgspec import Struct

from features.recovery import refused
from features.x12.records import ClaimPayment
from models.priority import Work, expected_value, rank_of
from models.work_minutes import minutes_of
from serving.denied.records import DeniedClaim
from serving.invoices.records import VendorInvoice
from serving.scoring import Scored

FIXABLE = 0.54
"""Of what is denied, the share that is paid in the end when it is worked.

Premier, survey of 2022: 54.3 % of denials by private payers were overturned.
"""

OFTEN_DENIED = (
    0.12  # of claims that no model has scored; Premier, the same survey: 15 % of claims to private payers
)
UNKNOWN_AMOUNT = 300.0  # dollars of what states none: about the median charge of a claim


class Worth(Struct, frozen=True):
    """An item's place among others."""

    expected: Decimal  # dollars that working it is expected to bring
    minutes: float
    deadline: date | None  # of what is proposed; None where working it only gets late
    lapses: date | None  # the last day on which anything can be had
    rank: float  # ``models.priority.rank_of``: the larger, the sooner


def worth(record: object, scored: Scored, due_at: datetime) -> Worth:
    """The worth of an item that was scored; ``due_at`` stands in for a deadline where there is none."""
    best = record.best if isinstance(record, DeniedClaim) else None
    work = Work(
        probability=_chance(scored) if best is None else best.probability,
        amount=_amount(record, scored) if best is None else float(best.amount),
        minutes=minutes_of(scored.kind) if best is None else best.minutes,
        deadline=best.deadline if best else None,
    )
    value = float(expected_value(work.probability, work.amount))
    return Worth(
        expected=Decimal(f"{value:.2f}"),
        minutes=work.minutes,
        deadline=work.deadline,
        lapses=record.lapses if isinstance(record, DeniedClaim) else None,
        rank=rank_of(work, by=due_at.date()),
    )


def _chance(scored: Scored) -> float:
    """That working the item brings its amount."""
    if scored.kind == "denial-risk":
        return (OFTEN_DENIED if scored.probability is None else scored.probability) * FIXABLE
    return FIXABLE if scored.kind == "denied-claim" else 1.0


def _amount(record: object, scored: Scored) -> float:
    """What is at stake: of a payment the cash that lies unapplied, and what of its denials may come back."""
    if isinstance(record, ClaimPayment):
        back = sum(refused([record]).values(), Decimal())
        return float(abs(record.paid or Decimal())) + FIXABLE * float(back)
    if isinstance(record, VendorInvoice) and scored.confidence is not None:
        return float(record.expected_loss)  # findings have chances of their own
    return UNKNOWN_AMOUNT if scored.amount is None else float(abs(scored.amount))
