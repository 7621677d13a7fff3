"""Counts that fade: how many claims of a key were decided, how many denied, the older the less."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from datetime import date
from typing import Any

from features.precedents import FEWEST

Cell = list[Any]
"""Faded claims, faded denials, the day that they are faded to; then claims, denials and the first day, unfaded."""

CLAIMS, DENIED, DAY, ALL_CLAIMS, ALL_DENIED, SINCE = range(6)
LONGEST_BEFORE = 64  # half-lives by which the day that is asked about may lie before the counts' own


class Tally:
    """Faded counts by key; days are proleptic ordinals, and come in order but for a few late ones.

    >>> tally = Tally(half_life=100)
    >>> tally.add("a", 1000, hit=True); tally.add("a", 1100, hit=False)
    >>> tally.counts("a", 1100)
    (1.5, 0.5)
    >>> tally.counts("a", 1) == tally.counts("a", -1_000_000), max(tally.counts("a", -1_000_000)) < float("inf")
    (False, True)
    """

    __slots__ = ("cells", "half_life")

    def __init__(self, half_life: float) -> None:
        self.half_life = half_life
        self.cells: dict[Hashable, Cell] = {}

    def add(self, key: Hashable, day: int, *, hit: bool) -> None:
        """Count a decision of a day."""
        cell = self.cells.get(key)
        if cell is None:
            self.cells[key] = [1.0, float(hit), day, 1, int(hit), day]
            return
        if day > cell[DAY]:
            faded = 0.5 ** ((day - cell[DAY]) / self.half_life)
            cell[CLAIMS] *= faded
            cell[DENIED] *= faded
            cell[DAY] = day
        cell[CLAIMS] += 1.0
        cell[ALL_CLAIMS] += 1
        if hit:
            cell[DENIED] += 1.0
            cell[ALL_DENIED] += 1

    def counts(self, key: Hashable, day: int) -> tuple[float, float]:
        """Claims and denials of a key, faded to a day."""
        cell = self.cells.get(key)
        if cell is None:
            return 0.0, 0.0
        # A claim may say that it is of any day: of one from long before, the counts are finite too.
        faded = 0.5 ** max((day - cell[DAY]) / self.half_life, -LONGEST_BEFORE)
        return cell[CLAIMS] * faded, cell[DENIED] * faded

    def share(self, key: Hashable, day: int, prior: float, strength: float) -> float:
        """A key's share of denials, faded to a day, where its prior counts for so many claims.

        Written out, for it is asked more than anything else.
        """
        cell = self.cells.get(key)
        if cell is None:
            return prior
        faded = 0.5 ** max((day - cell[2]) / self.half_life, -LONGEST_BEFORE)
        share: float = (cell[1] * faded + strength * prior) / (cell[0] * faded + strength)
        return share

    def whole(self, key: Hashable) -> tuple[int, int, date] | None:
        """Claims, denials and the first day, unfaded; None where the key was never seen."""
        cell = self.cells.get(key)
        return None if cell is None else (cell[ALL_CLAIMS], cell[ALL_DENIED], date.fromordinal(cell[SINCE]))


def cells_to_plain(tally: Tally) -> list[list[Any]]:
    """For a manifest, in a fixed order; only keys with several claims, for fewer could tell of one patient."""
    kept = [[_plain(key), *cell] for key, cell in tally.cells.items() if cell[ALL_CLAIMS] >= FEWEST]
    return sorted(kept, key=repr)


def cells_from_plain(plain: Iterable[list[Any]]) -> dict[Hashable, Cell]:
    """The inverse, but for what that leaves out."""
    return {_hashable(key): list(cell) for key, *cell in plain}


def _plain(key: Hashable) -> Any:
    return [_plain(part) for part in key] if isinstance(key, tuple) else key


def _hashable(key: Any) -> Hashable:
    return tuple(map(_hashable, key)) if isinstance(key, list) else key
