"""The sealed truth of claim payments: which claim each one truly pays, and what kind of event it is."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from msgspec import Struct

from features.errors import MissingDataError
from features.x12.records import ClaimPayment
from training.match_labels import NOWHERE

FILE = Path("truth/claim_payments.csv")
UNKNOWN = "unknown"


class TruePayment(Struct, frozen=True):
    """What one claim payment is."""

    claim_id: str  # CLM01; NOWHERE for a claim of another system
    event: str  # "plain", "sibling", "reversal", "foreign" ...


def read_truth(folder: Path, payments: Sequence[ClaimPayment]) -> list[TruePayment]:
    """The truth of each payment, in their order; raises MissingDataError where the folder has none."""
    path = folder / FILE
    if not path.exists():
        raise MissingDataError(
            "there is no sealed truth", str(path), "simulate a folder, or leave --data out"
        )
    with path.open(encoding="utf-8", newline="") as stream:
        known = {
            (
                row["trace_number"],
                row["payer_claim_number"],
                row["status"],
                Decimal(row["amount"]),
            ): TruePayment(row["claim_id"] or NOWHERE, row["event"])
            for row in csv.DictReader(stream)
        }
    return [known.get(_tie(payment), TruePayment(NOWHERE, UNKNOWN)) for payment in payments]


def _tie(payment: ClaimPayment) -> tuple[str, str, str, Decimal]:
    return (
        payment.trace_number or "",
        payment.payer_claim_number or "",
        payment.status or "",
        payment.paid if payment.paid is not None else Decimal(0),
    )
