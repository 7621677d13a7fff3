"""What stays of an allowed amount when the patient's part is taken: the usual shares, copays, and their spread."""

from __future__ import annotations

from math import sqrt
from typing import Literal

from msgspec import Struct

DOLLAR = 100  # cents; copays are whole dollars
MOST_COPAY = 20_000  # cents
FIRST_MEAN, FIRST_DEVIATION = (
    0.4,
    0.2,
)  # paid of charged, before anything was seen; chosen, the first payments replace it
DOUBT = 5.0  # payments that a wider spread counts for


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


class Spread(Struct, gc=False):
    """Mean and deviation of ratios, without keeping them."""

    count: int = 0
    total: float = 0.0
    squares: float = 0.0

    def add(self, ratio: float) -> None:
        """Take in a ratio."""
        self.count += 1
        self.total += ratio
        self.squares += ratio * ratio

    def drawn_to(self, wider: Spread) -> tuple[float, float]:
        """Mean and deviation, drawn towards the wider spread where there are few, and that to the first guess."""
        mean, square = FIRST_MEAN, FIRST_MEAN**2 + FIRST_DEVIATION**2
        for one in (wider, self):
            mean = (one.total + DOUBT * mean) / (one.count + DOUBT)
            square = (one.squares + DOUBT * square) / (one.count + DOUBT)
        return mean, sqrt(max(0.0, square - mean * mean))
