"""Items that wait for a blind check, as lists and pages may show them: without what the model said or the lane did.

A denied claim that came of a payment would tell to which claim the payment was posted, so it shows the payment alone
until that is checked.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from features.evidence import Reason
from features.x12.records import ClaimPayment
from serving.invoices.records import VendorInvoice
from serving.items import ItemDetail, ItemRow, Versions
from serving.store.blinding import HeldDenial
from serving.store.monitor import MonitorStore


def blind_row(row: ItemRow) -> ItemRow:
    """A line of a list."""
    return msgspec.structs.replace(row, confidence=None, expected=None, minutes=None, priority=None)


def blinded(rows: Sequence[ItemRow], kept: MonitorStore) -> tuple[ItemRow, ...]:
    """Lines of a list, those blind that have to be."""
    waiting = kept.unchecked([row.id for row in rows if row.status == "automatic"])
    held = kept.held_denials([row.id for row in rows if row.kind == "denied-claim"])
    return tuple(
        held_row(row, held[row.id].payment)
        if row.id in held
        else blind_row(row)
        if row.id in waiting
        else row
        for row in rows
    )


def held_row(row: ItemRow, payment: ClaimPayment) -> ItemRow:
    """The line of a denied claim whose payment waits."""
    return msgspec.structs.replace(
        blind_row(row), payer_name=payment.payer_name, claim_id=payment.claim_id, deadline=None
    )


def held_detail(item: ItemDetail, held: HeldDenial) -> ItemDetail:
    """A denied claim whose payment waits: no more than the payment itself."""
    return msgspec.structs.replace(
        item,
        row=held_row(item.row, held.payment),
        subject=held.payment,
        low=None,
        high=None,
        reasons=(HELD,),
        versions=Versions(None, item.versions.policy, None),
        earlier_denials=(),
        paid_since=(),
        awaits_check=held.payment_item,
    )


def blind_detail(item: ItemDetail) -> ItemDetail:
    """An item without score, certificate, reasons, candidates and advice; the blind check shows the candidates."""
    return msgspec.structs.replace(
        item,
        row=blind_row(item.row),
        subject=blind_invoice(item.subject) if isinstance(item.subject, VendorInvoice) else item.subject,
        low=None,
        high=None,
        reasons=(HIDDEN,),
        versions=Versions(None, item.versions.policy, None),
        candidates=(),
        none_probability=None,
        margin=None,
        advice=None,
        awaits_check=item.row.id,
    )


def blind_invoice(invoice: VendorInvoice) -> VendorInvoice:
    """An invoice with what differs on it, but not how likely a model finds that to be wrong."""
    findings = tuple(
        sorted(
            (msgspec.structs.replace(one, confidence=None) for one in invoice.case.findings),
            key=lambda one: (one.code, one.text),
        )
    )
    return VendorInvoice(msgspec.structs.replace(invoice.case, findings=findings))


HIDDEN = Reason(
    "blind-check",
    "This item went automatically and waits for a blind check; until that is in, what the model said stays hidden.",
)

HELD = Reason(
    "blind-check",
    "The payment that denies this claim was posted automatically and waits for a blind check; until that is in, it is "
    "not shown to which claim it was posted.",
)
