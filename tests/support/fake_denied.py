"""A denied claim for the pages: an authorization that was missing, with three things that may be done."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from features.evidence import Reason
from features.recovery import Denial
from features.x12.records import Adjustment
from models.priority import Work, priority_of
from models.recovery_options import Option
from serving.denied.records import DeniedClaim, EarlierDenial, denied_claim
from serving.items import ItemDetail, Versions
from tests.support.builders import make_claim, make_claim_payment, make_payment_line
from tests.support.fake_items import NOW, make_row

KNOWN = NOW.date() - timedelta(days=5)


def make_denied(**changes: Any) -> DeniedClaim:
    """The X-ray of the claim was refused for want of an authorization, and the visit paid."""
    line = make_payment_line(
        procedure="73562",
        modifiers=("RT",),
        charge=Decimal("1250.00"),
        paid=Decimal(0),
        allowed=None,
        adjustments=(Adjustment("CO", "197", Decimal("1250.00")),),
        remarks=("M62",),
    )
    payment = make_claim_payment(
        charge=Decimal("1400.00"),
        paid=Decimal("88.00"),
        payment_date=KNOWN,
        lines=(make_payment_line(), line),
        remarks=("M62",),
    )
    claim = make_claim(charge=Decimal("1400.00"))
    denial = Denial.of(claim, payment, known=KNOWN)
    assert denial is not None
    denied = denied_claim(denial, claim_reference="claim-a", payment_item="item-1")
    return replace(denied, options=make_options(), **changes)


def make_options() -> tuple[Option, ...]:
    """A correction, an appeal whose days are nearly over, and giving up."""
    return (
        Option(
            "corrected", ("Add the authorization number and send a replacement (frequency 7).",),
            0.68, 0.6, 0.75, Decimal("940.00"), 15.0, KNOWN + timedelta(days=150),
        ),
        Option(
            "appeal", ("An authorization was on file on the day of the service.", "The service was urgent."),
            0.41, 0.3, 0.52, Decimal("940.00"), 45.0, KNOWN + timedelta(days=14),
        ),
        Option("write-off-proposal", (), 0.0, 0.0, 0.0, Decimal(0), 5.0, None),
    )  # fmt: skip


def make_denied_item(
    item_id: str = "item-9", *, subject: DeniedClaim | None = None, **row: Any
) -> ItemDetail:
    """The same as an open item of the denial specialists, denied once before."""
    denied = subject or make_denied()
    best = denied.best
    worth: dict[str, Any] = {"confidence": None}
    if best is not None:
        work = Work(best.probability, float(best.amount), best.minutes, best.deadline)
        worth = {
            "confidence": best.probability,
            "expected": best.expected,
            "minutes": best.minutes,
            "deadline": best.deadline,
            "priority": priority_of(work, at=NOW.date()),
        }
    given = {
        "amount": denied.amount,
        "queue": "denial-specialists",
        "due_at": NOW + timedelta(days=24),
        **worth,
    }
    return ItemDetail(
        row=make_row(item_id, "denied-claim", **{**given, **row}),
        low=best.low if best else None,
        high=best.high if best else None,
        reasons=(Reason("no-rule", "No rule of the policy allows this to go without a look."),),
        versions=Versions("denial-recovery-5c1f" if best else None, "policy-9b1c44de", None),
        file_name="2026-02-27.835",
        subject=denied,
    )


def make_earlier(**changes: Any) -> EarlierDenial:
    """The first denial of the same claim, which was corrected."""
    first = EarlierDenial(
        item_id="item-8",
        known=date(2025, 12, 18),
        claim_id="A-0990",
        reasons=("CO-16",),
        amount=Decimal("1250.00"),
        action="corrected",
        decided_at=datetime(2025, 12, 22, 10, 0, tzinfo=UTC),
    )
    return replace(first, **changes)
