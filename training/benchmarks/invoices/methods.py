"""Every method as a score of each invoice and the families of findings that it names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.invoices.cases import InvoiceCase
from features.invoices.findings import family
from models.invoices.anomalies import InvoiceAnomalyModel
from training.invoices.baselines import Forest, erp_codes, lookup_baseline, rule_baseline
from training.invoices.labels import InvoiceLabels

Floats = NDArray[np.float64]
NAMED = 0.5  # confidence from which our finding counts as named


@dataclass(frozen=True)
class Answers:
    """``scores`` (n,), the larger the likelier wrong; ``named``: families by invoice, None where it names none."""

    scores: Floats
    named: Sequence[frozenset[str]] | None = None


def answers(
    model: InvoiceAnomalyModel, labels: InvoiceLabels, cases: Sequence[InvoiceCase], *, seed: int
) -> dict[str, Answers]:
    """Each method on the same invoices; what learns has learnt from the same reviews."""
    scores = model.score(cases)
    named = [
        frozenset(family(one.code) for one in score.findings if (one.confidence or 0.0) >= NAMED)
        for score in scores
    ]
    past, wrong = labels.cases, labels.wrong
    return {
        "ours": Answers(np.array([score.probability for score in scores]), named),
        "ERP rules": Answers(rule_baseline(past, wrong)(cases), [erp_codes(case) for case in cases]),
        "ERP exact duplicate": _exact_duplicate(cases),
        "rates by difference": Answers(lookup_baseline(past, wrong)(cases)),
        "isolation forest": Answers(Forest(past, seed=seed)(cases)),
    }


def _exact_duplicate(cases: Sequence[InvoiceCase]) -> Answers:
    """The check that every ERP has: the same vendor, number and amount."""
    named = [erp_codes(case) & {"duplicate"} for case in cases]
    return Answers(np.array([float(bool(codes)) for codes in named]), named)
