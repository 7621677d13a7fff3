"""What only evaluation may know: the probability behind each decision, and what each payment truly pays."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from training.simulate.adjudication import Decision
from training.simulate.claims import SimulatedClaim
from training.simulate.payments import Payment
from training.simulate.x12_text import money


def write(
    folder: Path, decided: Iterable[tuple[SimulatedClaim, Decision]], payments: Iterable[Payment]
) -> None:
    """``claims.csv`` and ``claim_payments.csv``."""
    folder.mkdir(parents=True, exist_ok=True)
    _table(
        folder / "claims.csv",
        ("claim_id", "denial_probability", "denied", "reason"),
        ((c.claim_id, f"{d.probability:.6f}", str(int(d.denied)), d.reason or "") for c, d in decided),
    )
    _table(
        folder / "claim_payments.csv",
        ("trace_number", "payer_claim_number", "status", "amount", "claim_id", "event"),
        (
            (p.trace_number, p.payer_claim_number, p.status, money(p.paid),
             "" if p.claim.foreign else p.claim.claim_id, p.event)
            for p in payments
        ),
    )  # fmt: skip


def _table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
