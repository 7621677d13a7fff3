"""A quarter's code pairs in little room: some two million rows in 17 bytes each, found by bisection."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from features.code_pairs_reading import PairRow, UnitsRow

WIDTH: Final = 36**5  # a code of five letters and digits as a number
NEVER_IN_FORCE: Final = "9"


class PairEdit(NamedTuple):
    """An edit in force: whether a modifier may pass it, since when, and CMS's words for why."""

    modifier_allowed: bool
    since: int
    rationale: str


@dataclass
class PairTable:
    """Rows sorted by pair once ``sort`` was called; several rows of a pair tell of several periods."""

    keys: array[int] = field(default_factory=lambda: array("q"))
    effective: array[int] = field(default_factory=lambda: array("i"))
    deleted: array[int] = field(default_factory=lambda: array("i"))
    notes: array[int] = field(
        default_factory=lambda: array("h")
    )  # 2 x place of the rationale + modifier allowed
    rationales: dict[str, int] = field(default_factory=dict)
    firsts: set[int] = field(default_factory=set)
    _words: list[str] = field(default_factory=list)

    def add(self, row: PairRow) -> None:
        """Take a row; one that was never in force is left out."""
        if row.indicator == NEVER_IN_FORCE:
            return
        first = int(row.first, 36)
        place = self.rationales.setdefault(row.rationale, len(self.rationales))
        self.firsts.add(first)
        self.keys.append(first * WIDTH + int(row.second, 36))
        self.effective.append(row.effective)
        self.deleted.append(row.deleted)
        self.notes.append(2 * place + (row.indicator == "1"))

    def sort(self) -> None:
        """Order the rows by pair, for ``find``."""
        order = np.argsort(np.asarray(self.keys, dtype=np.int64), kind="stable")
        self.keys = _in_order(self.keys, order)
        self.effective = _in_order(self.effective, order)
        self.deleted = _in_order(self.deleted, order)
        self.notes = _in_order(self.notes, order)
        self._words = list(self.rationales)

    def find(self, first: int, second: int, day: int) -> PairEdit | None:
        """The edit of two codes (``code_number``) in force on a day such as 20260131."""
        if first not in self.firsts:
            return None
        key = first * WIDTH + second
        place = bisect_left(self.keys, key)
        while place < len(self.keys) and self.keys[place] == key:
            if self.effective[place] <= day <= self.deleted[place]:
                note = self.notes[place]
                return PairEdit(bool(note & 1), self.effective[place], self._words[note >> 1])
            place += 1
        return None

    def __len__(self) -> int:
        """How many edits there are."""
        return len(self.keys)


def code_number(code: str | None) -> int | None:
    """A code as a number; None for what is no CPT or HCPCS code.

    >>> code_number("0001A"), code_number("DRESSING"), code_number(None)
    (46, None, None)
    """
    if code is None or len(code) != 5 or not (code.isascii() and code.isalnum()):
        return None
    return int(code, 36)


def _in_order(values: array[int], order: NDArray[np.int64]) -> array[int]:
    return array(values.typecode, np.asarray(values)[order].tobytes())


@dataclass
class UnitLimits:
    """The most units by code and the day from which a file is in force; the latest file before a service counts."""

    limits: dict[str, list[tuple[int, int, bool]]] = field(default_factory=dict)

    def add(self, row: UnitsRow, *, since: int) -> None:
        """Take a limit, in force from a day such as 20260131 on."""
        self.limits.setdefault(row.code, []).append((since, row.limit, row.by_day))

    def sort(self) -> None:
        """Order the limits of each code by day."""
        for known in self.limits.values():
            known.sort()

    def find(self, code: str, day: int) -> tuple[int, bool] | None:
        """The limit on a day and whether it is of the day; that of the first file for services before all files."""
        known = self.limits.get(code)
        if not known:
            return None
        _, limit, by_day = max((one for one in known if one[0] <= day), default=known[0])
        return limit, by_day

    def __len__(self) -> int:
        """How many codes have a limit."""
        return len(self.limits)
