"""A logistic model of many small effects: of each category, of pairs of categories, and of how they drift.

Every value has an effect that is drawn towards none by as much as its prior says (a ridge penalty, that is a normal
prior with the standard deviation of its group), so a value seen twice says little, one seen a thousand times says what
it shows, and one never seen says nothing: what is left then are the effects of the outer category and of the rest. The
level and the effects of single categories may move from one period to the next (a random walk); a row of a period
later than all those learnt gets the last one's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from msgspec import Struct, convert, to_builtins
from numpy.typing import NDArray

from features.recovery_columns import Floats, Integers, Rows, joined

UNKNOWN = -1


class Group(Struct, frozen=True):
    """The effects of one column or of several together: a value of the group for each key, in order."""

    columns: tuple[str, ...]
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Effects:
    """``base`` log-odds; ``level`` (periods,) of each period; ``tables`` a group, (keys, blocks), of each block.

    ``periods`` (periods,) are those learnt, rising; ``starts`` (blocks,) are the periods where a block of them starts,
    within which effects stay as they are. ``edges`` cut ordered columns into bins, which are categories here.
    """

    base: float
    periods: Integers
    level: Floats
    starts: Integers
    groups: tuple[Group, ...]
    tables: tuple[Floats, ...]
    edges: Mapping[str, Sequence[float]]

    def log_odds(self, rows: Rows) -> Floats:
        """The sum of all effects of each row, (n,)."""
        odds = self.base + self.level[place_of(rows.period, self.periods)]
        block = place_of(rows.period, self.starts)
        for group, table in zip(self.groups, self.tables, strict=True):
            code = codes_of(keys_of(rows, group.columns, self.edges), group.keys)
            known = code != UNKNOWN
            odds[known] += table[code[known], block[known] if table.shape[1] > 1 else 0]
        return odds

    def to_plain(self) -> dict[str, Any]:
        """For a manifest; the tables go by ``to_arrays``."""
        edges = {name: list(cuts) for name, cuts in self.edges.items()}
        shapes = [list(table.shape) for table in self.tables]
        return {"base": self.base, "edges": edges, "groups": to_builtins(self.groups), "shapes": shapes}

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Arrays for ``models.files.save_parts``."""
        return {
            "effects_tables": np.concatenate([table.ravel() for table in self.tables]),
            "effects_periods": self.periods,
            "effects_level": self.level,
            "effects_starts": self.starts,
        }

    @staticmethod
    def from_plain(plain: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Effects:
        """The inverse of both."""
        shapes = [(int(keys), int(blocks)) for keys, blocks in plain["shapes"]]
        ends = np.cumsum([keys * blocks for keys, blocks in shapes])
        tables = np.split(arrays["effects_tables"], ends[:-1])
        return Effects(
            base=float(plain["base"]),
            periods=arrays["effects_periods"],
            level=arrays["effects_level"],
            starts=arrays["effects_starts"],
            groups=convert(plain["groups"], tuple[Group, ...]),
            tables=tuple(table.reshape(shape) for table, shape in zip(tables, shapes, strict=True)),
            edges=plain["edges"],
        )


def place_of(period: Integers, starts: Integers) -> NDArray[np.intp]:
    """Which of the spans that start there a period lies in; the first or the last where it lies outside.

    >>> place_of(np.array([2009, 2012, 2020]), np.array([2010, 2013])).tolist()
    [0, 0, 1]
    """
    return np.maximum(np.searchsorted(starts, period, side="right") - 1, 0)


def keys_of(rows: Rows, columns: Iterable[str], edges: Mapping[str, Sequence[float]]) -> list[str]:
    """The values of some columns of each row as one text."""
    return joined([_texts(rows, column, edges) for column in columns])


def codes_of(keys: Sequence[str], known: Sequence[str]) -> NDArray[np.intp]:
    """The place of each key among those known, or -1."""
    places = {key: place for place, key in enumerate(known)}
    return np.fromiter((places.get(key, UNKNOWN) for key in keys), dtype=np.intp, count=len(keys))


def _texts(rows: Rows, column: str, edges: Mapping[str, Sequence[float]]) -> list[str]:
    if column in rows.columns.categorical:
        return rows.keys(column)
    values = rows.numbers[column]
    bins = np.searchsorted(np.asarray(edges[column], dtype=np.float64), values, side="right")
    return ["" if missing else str(number) for number, missing in zip(bins, np.isnan(values), strict=True)]
