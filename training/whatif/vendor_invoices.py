"""Vendor invoices to replay: each by what was known when it came, judged by reviews that were drawn at random."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np

from features.invoices.book import Book
from features.invoices.cases import replay
from features.invoices.tables import REVIEWS_FILE, read_folder, read_reviews
from features.invoices.tolerances import DEFAULT
from models.invoices.anomalies import KIND, InvoiceAnomalyModel, routing_input
from training.whatif.rows import UNKNOWN, Rows, span, within


class VendorInvoices:
    """All invoices of a folder; what was reviewed because it looked odd says nothing of the rest, and is no label."""

    kind = KIND

    def __init__(self, folder: Path) -> None:
        self.cases = list(replay(read_folder(folder), Book(DEFAULT)))
        random = {
            review.voucher: int(review.verdict != "ok")
            for review in read_reviews(folder / REVIEWS_FILE)
            if review.chosen_by == "audit"
        }
        self.received = [case.invoice.received for case in self.cases]
        vouchers = [case.invoice.voucher for case in self.cases]
        self.errors = np.array([random.get(voucher, UNKNOWN) for voucher in vouchers], dtype=np.int64)

    @property
    def days(self) -> tuple[date, date] | None:
        """The first and the last day of receipt."""
        return span(self.received)

    def score(self, folder: Path, first: date, last: date) -> Rows:
        """The invoices of some days."""
        model = InvoiceAnomalyModel.load(folder)
        rows = within(self.received, first, last)
        cases = [self.cases[row] for row in rows]
        scores = model.score(cases) if cases else []
        return Rows(
            kind=KIND,
            items=[routing_input(case, score) for case, score in zip(cases, scores, strict=True)],
            days=[self.received[row] for row in rows],
            numbers=[int(row) + 1 for row in rows],
            errors=self.errors[rows],
            batches=[case.invoice.po_number or case.invoice.voucher for case in cases],
        )
