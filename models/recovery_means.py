"""Means of cells that are drawn towards the mean of the wider cell, by as much as the cell is small."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from features.recovery_columns import SEPARATOR


@dataclass(frozen=True)
class Means:
    """``cells`` are count and sum by key; the key of a wider cell is the start of that of a narrower one."""

    cells: Mapping[str, tuple[float, float]]
    weight: float  # values that the wider cell counts for

    @staticmethod
    def of(values: Iterable[tuple[Sequence[str], float]], *, weight: float) -> Means:
        """From values with the parts of their keys, the widest part first.

        >>> means = Means.of([(("A", "x"), 10.0), (("A", "y"), 20.0)], weight=1.0)
        >>> means.at(("A", "x")), means.at(("A", "unseen")), means.at(("B", "x"))
        (12.5, 15.0, 15.0)
        """
        cells: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        for parts, value in values:
            for depth in range(len(parts) + 1):
                cell = cells[SEPARATOR.join(parts[:depth])]
                cell[0] += 1.0
                cell[1] += value
        return Means({key: (count, total) for key, (count, total) in cells.items()}, weight)

    def at(self, parts: Sequence[str]) -> float | None:
        """The mean of a cell; None where nothing was ever seen."""
        count, total = self.cells.get("", (0.0, 0.0))
        if not count:
            return None
        mean = total / count
        for depth in range(1, len(parts) + 1):
            count, total = self.cells.get(SEPARATOR.join(parts[:depth]), (0.0, 0.0))
            mean = (total + self.weight * mean) / (count + self.weight)
        return mean

    def to_plain(self) -> dict[str, Any]:
        """For a manifest."""
        return {"weight": self.weight, "cells": {key: list(cell) for key, cell in self.cells.items()}}

    @staticmethod
    def from_plain(plain: Mapping[str, Any]) -> Means:
        """The inverse."""
        cells = {str(key): (float(count), float(total)) for key, (count, total) in plain["cells"].items()}
        return Means(cells, float(plain["weight"]))
