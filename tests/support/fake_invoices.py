"""An invoice scorer that answers by a rule that a test can see through."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from features.invoices.cases import InvoiceCase
from features.invoices.tolerances import DEFAULT, Tolerances
from models.invoices.anomalies import InvoiceScore, missing

SURE = 0.9  # of each finding


class FakeInvoices:
    """Any finding is right with 0.9; an invoice without any is wrong with 0.01."""

    version = "invoice-anomaly-fake"

    @property
    def tolerances(self) -> Tolerances:
        return DEFAULT

    def score(self, cases: Sequence[InvoiceCase], /) -> Sequence[InvoiceScore]:
        return [_score(case) for case in cases]


def _score(case: InvoiceCase) -> InvoiceScore:
    probability = SURE if case.findings else 0.01
    findings = tuple(replace(finding, confidence=SURE) for finding in case.findings)
    return InvoiceScore(probability, probability - 0.01, probability + 0.01, findings, (), missing(case))
