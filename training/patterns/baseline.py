"""How many denials of each category are to be expected: by payer, season, kind of service, place and amount.

The expected number is a product of factors, one a margin, fitted until the sums over every margin agree (raking, as in
a log-linear model): payer; kind of coverage and month (plans change in January); service line; place; amount. A factor
of few claims is drawn towards 1. So a facility that bills a heavy payer, a month in which plans change or a service
that every payer denies are no patterns. Facilities, providers, codes and what is missing are no margins: these are
what is looked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from features.match_keys import payer_key
from features.patterns.service_lines import service_line
from training.patterns.outcomes import Ints, Outcomes

PRIOR = 3.0  # expected denials by which a factor is drawn towards 1
SWEEPS = 25
CLOSE = 3e-3  # the largest change of a factor at which the fit ends
HIGHEST = 0.95  # probability
AMOUNTS = (20_000, 100_000, 500_000)  # cents: the bounds of the bands of amounts

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Margin:
    """One way to sort the claims: ``groups`` (n,) says in which group each is."""

    name: str
    groups: Ints
    size: int

    @staticmethod
    def of(name: str, values: Sequence[object]) -> Margin:
        """Sort by values."""
        places: dict[object, int] = {}
        groups = np.array([places.setdefault(value, len(places)) for value in values], dtype=np.int64)
        return Margin(name, groups, len(places))


def margins(given: Outcomes) -> list[Margin]:
    """What denials are expected by."""
    claims = given.claims
    season = [
        (claim.filing_indicator, month) for claim, month in zip(claims, given.month.tolist(), strict=True)
    ]
    return [
        Margin.of("payer", [payer_key(claim) for claim in claims]),
        Margin.of("season", season),
        Margin.of("service line", [service_line(claim) for claim in claims]),
        Margin.of("place", [(claim.transaction, claim.facility_code) for claim in claims]),
        Margin.of("amount", np.searchsorted(AMOUNTS, given.charged_cents).tolist()),
    ]


@dataclass
class Rake:
    """The expected number of one category's denials, claim by claim, with the factors that it is a product of."""

    denied: Floats  # (n,) 0 or 1
    margins: list[Margin]
    factors: list[Floats] = field(default_factory=list)
    chosen: dict[int, tuple[NDArray[np.int32], float]] = field(
        default_factory=dict
    )  # patterns: claims, factor

    def fit(self) -> Floats:
        """Expected denials (n,), with all margins and all patterns that were chosen."""
        rate = float(self.denied.mean()) if self.denied.size else 0.0
        self.factors = self.factors or [np.ones(margin.size) for margin in self.margins]
        expected: Floats = np.full(self.denied.size, rate)
        for margin, factor in zip(self.margins, self.factors, strict=True):
            expected *= factor[margin.groups]
        for rows, pattern in self.chosen.values():
            expected[rows] *= pattern
        for _ in range(SWEEPS):
            if self._sweep(expected) < CLOSE:
                break
        return np.asarray(np.minimum(expected, HIGHEST))

    def _sweep(self, expected: Floats) -> float:
        moved = 0.0
        for margin, factor in zip(self.margins, self.factors, strict=True):
            seen = np.bincount(margin.groups, weights=self.denied, minlength=margin.size)
            without = np.bincount(margin.groups, weights=expected, minlength=margin.size) / factor
            fresh = (seen + PRIOR) / (without + PRIOR)
            expected *= (fresh / factor)[margin.groups]
            moved = max(moved, float(np.abs(np.log(fresh / factor)).max(initial=0.0)))
            factor[:] = fresh
        for name, (rows, was) in self.chosen.items():
            without = expected[rows].sum() / was
            now = max(1e-3, float((self.denied[rows].sum() + 1e-3) / (without + 1e-3)))
            expected[rows] *= now / was
            moved = max(moved, abs(float(np.log(now / was))))
            self.chosen[name] = (rows, now)
        return moved


def indicators(category: Ints, categories: int) -> Floats:
    """Whether each claim was denied by each category (n, categories)."""
    return np.asarray(category[:, None] == np.arange(categories)[None, :], dtype=np.float64)


def clustering(denied: Floats, expected: ArrayLike, patient: Ints) -> float:
    """How much more the denials of a patient come together than by chance; at least 1.

    Lost coverage denies all claims of a patient: they count for less than as many patients.
    """
    rest = denied - np.asarray(expected)
    by_patient = np.bincount(patient, weights=rest)
    alone = float((rest * rest).sum())
    return max(1.0, float((by_patient * by_patient).sum()) / alone) if alone else 1.0
