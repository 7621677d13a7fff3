"""How a candidate stands among the payment's own candidates: a close second says more than a distant first.

Every feature counts ties as ties, so two claims that nothing tells apart get the same row, in whatever order they
stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

# A crude score, only to rank by: what each agreement is worth before any model has seen data.
CRUDE_WEIGHTS = {
    "control_same": 4.0,
    "control_similarity": 3.0,
    "control_cut": 2.0,
    "member_root_same": 2.0,
    "last_similarity": 1.0,
    "first_similarity": 1.0,
    "charge_difference": -2.0,
    "service_from_same": 2.0,
    "payer_same": 0.5,
    "procedures_covered": 1.5,
    "priced_shared": 1.5,
    "replaces_this_payment": -3.0,
}
NUMBERS = frozenset(("control_same", "control_similarity", "control_cut"))
RANKED = ("crude", "crude_without_number", "control_similarity", "priced_shared", "days_since_submission",
          "numbered_close")  # fmt: skip
STANDING = (
    "candidates",
    *(f"{name}_rank" for name in RANKED),
    *(f"{name}_gap" for name in RANKED),
    "as_good",
    "as_good_without_number",
)


def standing(own: Floats, names: Sequence[str], starts: Indices) -> Floats:
    """Features (m, len(STANDING)) from the pairs' own (m, k) with ``names`` (k,).

    ``starts`` (n + 1,) bounds the pairs of each payment. A rank is the number of better candidates (0 is the best); a
    gap is the distance to the best of the others, positive for the best alone, NaN where either value is absent.
    """
    sizes = np.diff(starts)
    crude = {"crude": _crude(own, names), "crude_without_number": _crude(own, names, without=NUMBERS)}
    values = [crude[name] if name in crude else own[:, names.index(name)] for name in RANKED]
    tables = [_Table.of(value, sizes) for value in values]
    columns = [
        np.repeat(sizes, sizes).astype(np.float64),
        *(table.ranks() for table in tables),
        *(table.gaps() for table in tables),
        tables[0].ties(),
        tables[1].ties(),
    ]
    return np.column_stack(columns)


@dataclass(frozen=True)
class _Table:
    """One value of all pairs, a row (of the widest payment's width) for each payment; absent is minus infinity."""

    values: Floats
    filled: NDArray[np.bool_]

    @staticmethod
    def of(value: Floats, sizes: Indices) -> _Table:
        width = int(sizes.max(initial=0))
        filled = np.arange(width) < sizes[:, None]
        values = np.full(filled.shape, -np.inf)
        values[filled] = np.where(np.isnan(value), -np.inf, value)
        return _Table(values, filled)

    def ranks(self) -> Floats:
        better = self.values[:, None, :] > self.values[:, :, None]
        return self._flat(better.sum(axis=2))

    def ties(self) -> Floats:
        """How many candidates of the payment have the same value, the candidate itself among them."""
        equal = (self.values[:, None, :] == self.values[:, :, None]) & self.filled[:, None, :]
        return self._flat(equal.sum(axis=2))

    def gaps(self) -> Floats:
        if self.values.shape[1] < 2:
            return np.full(int(self.filled.sum()), np.nan)
        best_two = np.sort(self.values, axis=1)[:, :-3:-1]
        best, second = best_two[:, :1], best_two[:, 1:]
        others = np.where(self.values == best, second, best)
        with np.errstate(invalid="ignore"):
            gap = self.values - others
        return self._flat(np.where(np.isfinite(gap), gap, np.nan))

    def _flat(self, table: NDArray[Any]) -> Floats:
        return table[self.filled].astype(np.float64)


def _crude(own: Floats, names: Sequence[str], *, without: frozenset[str] = frozenset()) -> Floats:
    """Weighted agreements; rounded, so that equal evidence gives equal scores. Absent is halfway to agreement."""
    total = np.zeros(own.shape[0])
    for name in (name for name in CRUDE_WEIGHTS if name not in without):
        weight = CRUDE_WEIGHTS[name]
        total += weight * np.nan_to_num(_agreement(own, names, name), nan=0.5 if weight > 0 else 0.0)
    return total.round(9)


def _agreement(own: Floats, names: Sequence[str], name: str) -> Floats:
    if name == "service_from_same":
        days = own[:, names.index("service_from_days")]
        return np.where(np.isnan(days), np.nan, days == 0)
    return own[:, names.index(name)]
