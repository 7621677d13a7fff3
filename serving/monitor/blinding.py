"""Items that wait for a blind check, as lists and pages may show them: without what the model said or the lane did."""

from __future__ import annotations

import msgspec

from features.evidence import Reason
from serving.invoices.records import VendorInvoice
from serving.items import ItemDetail, ItemRow, Versions


def blind_row(row: ItemRow) -> ItemRow:
    """A line of a list."""
    return msgspec.structs.replace(row, confidence=None, expected=None, minutes=None, priority=None)


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
