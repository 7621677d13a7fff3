"""Invoices with a verdict: what was known when each came, beside what a person found later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from features.errors import MissingDataError
from features.files import shown
from features.invoices.book import Book
from features.invoices.cases import InvoiceCase, replay
from features.invoices.findings import Finding, family
from features.invoices.records import Review
from features.invoices.tables import FILES, REVIEWS_FILE, Purchasing, read_folder, read_reviews
from features.invoices.tolerances import DEFAULT, Tolerances

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class InvoiceLabels:
    """Reviewed invoices in the order of their receipt; all run in parallel."""

    cases: Sequence[InvoiceCase]
    reviews: Sequence[Review]
    invoices: int  # of the folder, reviewed or not

    @property
    def wrong(self) -> Floats:
        """(n,) 1 where the reviewer found anything wrong."""
        return np.array([review.verdict != "ok" for review in self.reviews], dtype=np.float64)

    @property
    def audited(self) -> NDArray[np.bool_]:
        """(n,) whether the invoice was drawn at random: only these tell how often invoices are wrong."""
        return np.array([review.chosen_by == "audit" for review in self.reviews], dtype=np.bool_)

    @property
    def received(self) -> list[date]:
        """The day of each."""
        return [case.invoice.received for case in self.cases]

    def describe(self) -> str:
        """The counts in a sentence."""
        audited, wrong = int(self.audited.sum()), int(self.wrong.sum())
        return (
            f"{len(self.cases):,} of {self.invoices:,} invoices were reviewed, {audited:,} of them drawn at random; "
            f"{wrong:,} were found wrong"
        )


def has_tables(folder: Path) -> bool:
    """Whether a folder holds the tables of purchasing and their reviews."""
    return all((folder / name).is_file() for name in (*FILES.values(), REVIEWS_FILE))


def label(folder: Path, *, before: date | None = None, tolerances: Tolerances = DEFAULT) -> InvoiceLabels:
    """Replay a folder's purchasing and tie its reviews to it; with ``before``, nothing of that day or later is seen.

    Raises MissingDataError where a table is missing.
    """
    if not has_tables(folder):
        names = ", ".join((*FILES.values(), REVIEWS_FILE))
        what = "there are no vendor invoices with orders, receipts and reviews"
        raise MissingDataError(what, shown(folder), f"give {names}, see docs/invoices.md")
    purchasing = read_folder(folder)
    reviews = {review.voucher: review for review in read_reviews(folder / REVIEWS_FILE)}
    if before is not None:
        purchasing = _before(purchasing, before)
        reviews = {voucher: review for voucher, review in reviews.items() if review.day < before}
    return tied(list(replay(purchasing, Book(tolerances))), reviews)


def tied(cases: Sequence[InvoiceCase], reviews: Mapping[str, Review]) -> InvoiceLabels:
    """The cases that were reviewed, with their reviews, which stand by voucher."""
    reviewed = [case for case in cases if case.invoice.voucher in reviews]
    return InvoiceLabels(reviewed, [reviews[case.invoice.voucher] for case in reviewed], len(cases))


def is_right(finding: Finding, review: Review) -> bool:
    """Whether the reviewer found what the finding says, on its line."""
    if family(finding.code) != family(review.verdict):
        return False
    return not (finding.line and review.line) or finding.line == review.line


def outcomes(cases: Sequence[InvoiceCase], reviews: Sequence[Review]) -> Floats:
    """(m,) for the findings of the cases in their order: 1 where a finding was right."""
    return np.array(
        [
            is_right(finding, review)
            for case, review in zip(cases, reviews, strict=True)
            for finding in case.findings
        ],
        dtype=np.float64,
    )


def _before(purchasing: Purchasing, day: date) -> Purchasing:
    return Purchasing(
        orders=[order for order in purchasing.orders if order.day < day],
        receipts=[receipt for receipt in purchasing.receipts if receipt.day < day],
        invoices=[invoice for invoice in purchasing.invoices if invoice.received < day],
        unreadable=purchasing.unreadable,
    )
