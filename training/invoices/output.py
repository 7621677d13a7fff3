"""Findings as a table: a row each, with the invoice that it is about."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from features.invoices.cases import InvoiceCase
from features.invoices.findings import Finding

COLUMNS = ("voucher_number", "invoice_number", "vendor_id", "vendor_name", "received_date", "total", "line", "finding",
           "at_stake", "confidence", "invoice_confidence", "earlier_voucher", "reason")  # fmt: skip


@dataclass(frozen=True)
class Checked:
    """A finding with its invoice; ``wrong`` is the probability that anything is wrong with it, None unscored."""

    case: InvoiceCase
    finding: Finding
    wrong: float | None

    @property
    def expected_loss(self) -> float:
        """USD; the whole at stake where no model has scored it."""
        confidence = 1.0 if self.finding.confidence is None else self.finding.confidence
        return confidence * float(self.finding.at_stake)


def write_findings(path: Path, checked: Iterable[Checked]) -> None:
    """Write the table; where there is no model, both confidences are empty."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(_row(one) for one in checked)


def _row(one: Checked) -> tuple[object, ...]:
    invoice, finding = one.case.invoice, one.finding
    return (
        invoice.voucher,
        invoice.number,
        invoice.vendor_id,
        invoice.vendor_name,
        invoice.received.isoformat(),
        invoice.total,
        finding.line or "",
        finding.code,
        finding.at_stake,
        _shown(finding.confidence),
        _shown(one.wrong),
        finding.other_voucher,
        finding.text,
    )


def _shown(probability: float | None) -> str:
    return "" if probability is None else f"{probability:.4f}"
