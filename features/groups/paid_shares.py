"""What stays of an allowed amount when the patient's part is taken: the usual shares, copays, and their spread."""

from __future__ import annotations

from math import sqrt
from typing import Literal, NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

DOLLAR = 100  # cents; copays are whole dollars
MOST_COPAY = 20_000  # cents
DOUBT = 5.0  # payments that a wider spread counts for
BINS = 50
MIDDLES = (np.arange(BINS) + 0.5) / BINS
FIRST = np.full(BINS, 1 / BINS)  # before anything was seen, every ratio is as likely
CLOSE = 0.3  # of the middle ratio: what lies nearer than this is the bulk
MOST_CLOSE = 0.98  # something else is always possible


class Normal(NamedTuple):
    """A normal distribution with its share of a mixture."""

    share: float
    mean: float
    deviation: float


class Way(Struct, frozen=True, gc=False, order=True):
    """How a paid amount comes out of an allowed one: a share in thousandths, or so many cents less."""

    kind: Literal["share", "less"]
    size: int

    def of(self, allowed: int) -> int:
        """The paid amount in cents.

        >>> Way("share", 800).of(12_345), Way("less", 2_500).of(12_345)
        (9876, 9845)
        """
        return round(allowed * self.size / 1000) if self.kind == "share" else max(0, allowed - self.size)

    def words(self) -> str:
        """For a person to read.

        >>> Way("less", 2_500).words()
        'allowed less 25.00'
        """
        if self.kind == "share":
            return "allowed" if self.size == 1000 else f"{self.size / 10:g} % of allowed"
        return f"allowed less {self.size / 100:.2f}"


def way_of(paid: int, allowed: int) -> Way:
    """How the payer came from one amount to the other, both in cents, allowed above 0.

    >>> way_of(9845, 12_345), way_of(9876, 12_345)
    (Way(kind='less', size=2500), Way(kind='share', size=800))
    """
    less = allowed - paid
    if 0 < less <= MOST_COPAY and less % DOLLAR == 0:
        return Way("less", less)
    return Way("share", round(1000 * paid / allowed))


class Spread:
    """Ratios of 0..1 as counts of narrow bins: most lie close together, some far off (a line denied, a deductible)."""

    def __init__(self) -> None:
        self.bins = np.zeros(BINS)

    def add(self, ratio: float) -> None:
        """Take in a ratio; what lies outside 0..1 counts at the end."""
        self.bins[min(BINS - 1, max(0, int(ratio * BINS)))] += 1

    def drawn_to(self, wider: Spread) -> tuple[Normal, Normal]:
        """The ratios that lie close together, and the others; drawn to the wider spread where there are few."""
        shares = FIRST
        for one in (wider, self):
            shares = (one.bins + DOUBT * shares) / (one.bins.sum() + DOUBT)
        middle = MIDDLES[int(np.searchsorted(np.cumsum(shares), 0.5))]
        close = np.abs(MIDDLES - middle) <= CLOSE * middle
        share = float(min(MOST_CLOSE, shares[close].sum()))
        narrow = _normal(shares * close, share)
        return narrow, _normal(shares * ~close, 1 - share) if not close.all() else narrow


def _normal(weights: NDArray[np.float64], share: float) -> Normal:
    total = weights.sum()
    mean = float(weights @ MIDDLES / total)
    deviation = sqrt(float(weights @ (MIDDLES - mean) ** 2 / total) + 1 / (12 * BINS**2))
    return Normal(share, mean, deviation)
