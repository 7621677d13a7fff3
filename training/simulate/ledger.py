"""The clerks' posting ledger, as an ERP exports it, with the errors that clerks make."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

from training.simulate import rates
from training.simulate.draws import Draws
from training.simulate.payments import Payment
from training.simulate.x12_text import money

COLUMNS = ("posting_date", "trace_number", "payer_id", "remittance_claim_id", "payer_claim_number", "status", "amount",
           "posted_claim_id", "posted_by")  # fmt: skip
CLERKS = ("APARK", "BRUIZ", "CDOYLE", "DSHAH", "AUTO")


def write(path: Path, draws: Draws, payments: Iterable[tuple[Payment, date]], *, last_day: date) -> None:
    """One row a claim payment, in the order in which they were paid; posted within four days."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        rows = csv.writer(stream, lineterminator="\n")
        rows.writerow(COLUMNS)
        for payment, paid_on in payments:
            posted = min(last_day, paid_on + timedelta(draws.below(5)))
            rows.writerow((posted.isoformat(), payment.trace_number, payment.payer.payer_id, payment.claim_id,
                           payment.payer_claim_number, payment.status, money(payment.paid), _posted_to(draws, payment),
                           draws.pick(CLERKS)))  # fmt: skip


def _posted_to(draws: Draws, payment: Payment) -> str:
    """The claim that the clerk chose: the right one, but for the stated rate of errors."""
    truly = "" if payment.claim.foreign else payment.claim.claim_id
    if truly and draws.chance(rates.CLERK_ERROR):
        siblings = payment.claim.siblings
        return draws.pick(siblings).claim_id if siblings and draws.chance(0.5) else ""
    return truly
