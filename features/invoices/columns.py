"""Findings as rows of numbers: what the anomaly model learns from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log1p
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.invoices.cases import InvoiceCase
from features.invoices.findings import CODES, Finding, family

Floats = NDArray[np.float64]

GENERAL = (
    "code", "at_stake", "invoice_total", "line_share", "invoice_lines", "order_named", "vendor_invoices",
    "invoice_days", "like_findings", "findings", "copy_number_alike", "copy_date_days",
)  # fmt: skip
PRICE = (
    "price_off", "price_signed", "price_round", "price_off_usual", "price_recent_lines", "price_recent_same",
    "price_recent_spread", "price_beside_same", "price_beside_at_order", "price_off_last", "price_signed_last",
    "price_last_days", "price_times_billed_so", "price_times_billed", "price_other_item", "price_digits",
    "price_off_same_order",
)  # fmt: skip
QUANTITY = (
    "over_received", "over_received_share", "over_ordered", "over_ordered_share", "billed_before_share",
    "received_share", "line_receipts", "other_lines", "other_lines_came_share", "order_receipts",
    "days_since_receipt", "days_since_order", "days_since_invoice", "billed_is_received", "billed_is_ordered",
    "quantity", "vendor_lines", "vendor_early_share", "vendor_never_share", "vendor_open_share",
)  # fmt: skip
COST_CENTRE = (
    "centre_ordered", "centre_known_days", "centre_last_days", "expected_last_days", "centre_times_here",
    "centre_share_here", "expected_share_here", "lines_here", "centre_times_item", "department_share_item",
    "lines_item", "pair_times", "other_facility", "same_department", "nearly_same",
)  # fmt: skip
AMOUNT = (
    "unusual_off", "unusual_deviations", "unusual_spread", "unusual_over_most", "unusual_times_so", "unusual_lines",
    "unusual_lines_item", "unusual_lines_here", "unusual_ordered", "unusual_price_off", "unusual_price_spread",
    "unusual_tenfold", "unusual_last", "unusual_days", "unusual_nearest", "unusual_nearest_price", "ordered_off",
    "ordered_deviations", "ordered_over_most", "ordered_beside", "ordered_beside_off", "ordered_round",
)  # fmt: skip
TOTAL = ("total_off", "total_off_share", "total_off_by_part", "total_digits", "line_off")
DUPLICATE = (
    "number_same", "number_alike", "number_likeness", "date_days", "received_days", "same_total", "same_lines",
    "same_facility", "same_vendor_id", "name_likeness", "order_agreement", "earlier_same_total", "earlier_days",
    "same_day_of_month", "same_number_days", "credited_between", "order_used_up",
)  # fmt: skip
COLUMNS = (*GENERAL, *PRICE, *QUANTITY, *COST_CENTRE, *AMOUNT, *TOTAL, *DUPLICATE)
PLACES = {name: place for place, name in enumerate(COLUMNS)}


@dataclass(frozen=True)
class Rows:
    """``values`` (m, len(COLUMNS)), NaN where nothing is known; ``starts`` (n + 1,): each case's rows."""

    values: Floats
    starts: NDArray[np.intp]


def encode(cases: Sequence[InvoiceCase]) -> Rows:
    """A row for each finding of each case, in their order."""
    starts = np.cumsum([0, *(len(case.findings) for case in cases)]).astype(np.intp)
    values = np.full((int(starts[-1]), len(COLUMNS)), np.nan)
    for start, case in zip(starts.tolist(), cases, strict=False):
        for place, finding in enumerate(case.findings, start):
            for name, value in (*finding.evidence.items(), *_general(case, finding).items()):
                values[place, PLACES[name]] = value
    return Rows(values, starts)


def _general(case: InvoiceCase, finding: Finding) -> dict[str, Any]:
    invoice, total = case.invoice, abs(float(case.invoice.total))
    copy = next((one.evidence for one in case.findings if one.code == "duplicate"), {})
    line = next((line for line in invoice.lines if line.line == finding.line), None)
    return {
        "code": CODES.index(finding.code),
        "at_stake": log1p(float(finding.at_stake)),
        "invoice_total": log1p(total),
        "line_share": abs(float(line.amount)) / total if line is not None and total else 1.0,
        "invoice_lines": len(invoice.lines),
        "order_named": float(bool(invoice.po_number)),
        "vendor_invoices": log1p(case.vendor_invoices),
        "invoice_days": (invoice.received - invoice.day).days,
        "like_findings": sum(family(one.code) == family(finding.code) for one in case.findings),
        "findings": len(case.findings),
        "copy_number_alike": copy.get("number_alike", np.nan),
        "copy_date_days": copy.get("date_days", np.nan),
    }
