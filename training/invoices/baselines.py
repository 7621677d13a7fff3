"""What the model has to beat: the strict rules of an ERP, a table of rates, and an isolation forest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import IsolationForest

from features.invoices.cases import InvoiceCase
from features.invoices.columns import encode
from features.invoices.findings import Finding, family

Floats = NDArray[np.float64]
PRIOR = 20.0  # invoices that the overall rate weighs in a rate of few
Codes = frozenset[str]


def erp_codes(case: InvoiceCase) -> Codes:
    """What the strict rules name: same vendor id, number and total; any difference of price, quantity or place."""
    return frozenset(family(finding.code) for finding in case.findings if _strict(finding))


def _strict(finding: Finding) -> bool:
    evidence = finding.evidence
    if finding.code == "duplicate":
        return bool(evidence["number_same"] and evidence["same_total"] and evidence["same_vendor_id"])
    if finding.code == "cost-centre":
        return bool(evidence.get("centre_ordered"))
    if finding.code != "unusual-amount":
        return True
    return bool(evidence.get("unusual_off", 0.0) > np.log(3.0))


class RateTable:
    """The smoothed rate of wrong invoices by a key, learnt on the fit window."""

    def __init__(
        self, key: Callable[[InvoiceCase], Codes], cases: Sequence[InvoiceCase], wrong: Floats
    ) -> None:
        self._key, self._overall = key, float(wrong.mean())
        self._all: Counter[Codes] = Counter()
        self._wrong: Counter[Codes] = Counter()
        for case, outcome in zip(cases, wrong, strict=True):
            self._all[key(case)] += 1
            self._wrong[key(case)] += int(outcome)

    def __call__(self, cases: Sequence[InvoiceCase]) -> Floats:
        """Probabilities (n,)."""
        keys = [self._key(case) for case in cases]
        return np.array([(self._wrong[k] + PRIOR * self._overall) / (self._all[k] + PRIOR) for k in keys])


def rule_baseline(cases: Sequence[InvoiceCase], wrong: Floats) -> RateTable:
    """Which of the ERP's rules an invoice breaks, each set of them with the rate that it had."""
    return RateTable(erp_codes, cases, wrong)


def lookup_baseline(cases: Sequence[InvoiceCase], wrong: Floats) -> RateTable:
    """Which findings the tolerances let through, each set of them with the rate that it had."""
    return RateTable(lambda case: frozenset(family(one.code) for one in case.findings), cases, wrong)


class Forest:
    """An isolation forest on the same evidence, the largest of an invoice's findings by column; it needs no labels."""

    def __init__(self, cases: Sequence[InvoiceCase], *, seed: int) -> None:
        self._forest = IsolationForest(n_estimators=200, random_state=seed, n_jobs=1)
        self._forest.fit(_whole(cases))

    def __call__(self, cases: Sequence[InvoiceCase]) -> Floats:
        """How odd each invoice is (n,), the odder the larger."""
        return -np.asarray(self._forest.score_samples(_whole(cases)), dtype=np.float64)


def _whole(cases: Sequence[InvoiceCase]) -> Floats:
    rows = encode(cases)
    values = np.nan_to_num(rows.values, nan=0.0)
    out = np.zeros((len(cases), values.shape[1]))
    for number in range(len(cases)):
        part = values[rows.starts[number] : rows.starts[number + 1]]
        if part.size:
            out[number] = part.max(axis=0)
    return out
