"""What is said about an invoice-anomaly model: its card, and an example of its input and answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import msgspec

from features.invoices.book import Book
from features.invoices.cases import InvoiceCase, assess
from features.invoices.records import Invoice, InvoiceLine
from models.certification import Certificate
from models.invoices.anomalies import InvoiceAnomalyModel
from training.invoices.labels import InvoiceLabels
from training.model_card import CERTIFIED_ROWS, THRESHOLDS, ModelCard
from training.trained import Signature
from training.windows import NAMES, Windows

# A made-up invoice; no row of a data set may stand in a signature.
EXAMPLE = Invoice(
    voucher="V000000001",
    number="INV-1",
    day=date(2024, 1, 2),
    received=date(2024, 1, 5),
    vendor_id="100001",
    vendor_name="EXAMPLE SUPPLY INC",
    po_number="",
    freight=Decimal("0.00"),
    tax=Decimal("0.00"),
    total=Decimal("150.00"),
    facility="H01",
    lines=(
        InvoiceLine(1, "A1", "EXAMPLE GOODS", Decimal(3), Decimal("50.00"), Decimal("150.00"), "H01-6010"),
    ),
)


def example() -> InvoiceCase:
    """The case of the made-up invoice, before which nothing came."""
    return assess(Book(), EXAMPLE)


def signature(model: InvoiceAnomalyModel) -> Signature:
    """A case as JSON, and its score."""
    case = example()
    score = model.score([case])[0]
    return Signature(
        inputs=({"case": msgspec.json.encode(case).decode()},),
        outputs=(
            {
                "probability": score.probability,
                "low": score.low,
                "high": score.high,
                "findings": " ".join(finding.code for finding in score.findings),
                "unseen": " ".join(score.unseen),
                "missing": " ".join(score.missing),
            },
        ),
    )


def card(
    labels: InvoiceLabels,
    windows: Windows,
    digest: str,
    metrics: Mapping[str, float],
    certificates: tuple[Certificate, ...],
) -> ModelCard:
    """The model card."""
    return ModelCard(
        title="Vendor invoices",
        what=(
            "The probability that a person who checks a vendor invoice finds something wrong with it, and which of "
            "its findings. Findings come out of a three-way match and of what was invoiced before; LightGBM on their "
            "evidence, sigmoid calibration, Venn-Abers intervals."
        ),
        intended_use=(
            "To order invoices for a look before they are approved, with the reasons, and to hand on to payment "
            "approval, under a live certificate, those in which nothing is likely to be wrong.",
            "It pays nothing, and it refuses nothing: a person holds an invoice or returns it to the vendor.",
        ),
        limits=(
            "It learns from reviews. Where only held invoices are reviewed, it cannot know how often the others are "
            "wrong: draw some at random, and say so in chosen_by.",
            "An invoice is judged by what was booked when it came: goods that came and were not booked look as if "
            "they never came.",
            "A fault that leaves no difference to the order, the receipts or earlier invoices is not seen.",
            *(CERTIFIED_ROWS if certificates else ()),
        ),
        data={
            "labels": labels.describe(),
            **{f"{name} window": windows.describe()[name] for name in NAMES},
            "digest (SHA-256)": digest,
        },
        metrics=metrics,
        certificates=certificates,
        plots=(
            "plots/reliability.png",
            "plots/precision_coverage.png",
            *((THRESHOLDS,) if certificates else ()),
        ),
    )
