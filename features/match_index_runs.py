"""Rows by the hashes of their keys, in sorted arrays that are merged as they grow.

What was added since the last search waits in a buffer; a search sorts it into a run of its own and merges runs of
like size, as a log-structured merge tree does. So a row is found as soon as it is added, nothing is ever rebuilt as
a whole, and an entry takes 12 bytes: a hash of 8 and a row number of 4.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.int64]
Rows = NDArray[np.int64]
Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]

FANOUT = 4  # a run is merged with the one before it when that is no more than so many times as large
LARGEST = 1 << 23
"""Entries. Larger runs are not merged, so that no merge takes long; searching looks into each run."""

BUFFERED = 1 << 21  # entries that may wait for a search; array items, 12 bytes each


class Run(NamedTuple):
    """Entries in the order of their hashes."""

    hashes: Hashes
    rows: NDArray[np.uint32]


class Found(NamedTuple):
    """Pairs of a wanted hash, by its place, and a row under it; and how many rows stand under each wanted hash."""

    places: Rows
    rows: Rows
    counts: Counts


class SortedRuns:
    """A multimap from 64-bit hashes to rows.

    >>> runs = SortedRuns()
    >>> runs.add([11, 12], row=0)
    >>> runs.add([12], row=1)
    >>> runs.find(np.array([12, 13]), lambda counts: counts < 9).rows.tolist()
    [0, 1]
    """

    def __init__(self) -> None:
        self._runs: list[Run] = []
        self._hashes = array("q")
        self._rows = array("I")

    def add(self, hashes: Collection[int], row: int) -> None:
        """Let a row be found under each of these signed 64-bit hashes."""
        self._hashes.extend(hashes)
        self._rows.extend([row] * len(hashes))
        if len(self._rows) >= BUFFERED:
            self._settle()

    def find(self, wanted: Hashes, chosen: Callable[[Counts], Flags]) -> Found:
        """The rows under each wanted hash that ``chosen`` picks by their numbers; of the others only the numbers."""
        self._settle()
        spans = [_span(run, wanted) for run in self._runs]
        counts = np.zeros(len(wanted), np.int64)
        for _, sizes in spans:
            counts += sizes
        looked = chosen(counts)
        places, rows = [_NOTHING], [_NOTHING]
        for run, (first, sizes) in zip(self._runs, spans, strict=True):
            asked = np.flatnonzero(looked & (sizes > 0))
            if len(asked):
                places.append(np.repeat(asked, sizes[asked]))
                rows.append(run.rows[ramps(first[asked], sizes[asked])].astype(np.int64))
        return Found(np.concatenate(places), np.concatenate(rows), counts)

    def renumber(self, numbers: Rows) -> None:
        """Give each row the number at its place in ``numbers``; rows numbered below 0 are forgotten."""
        self._settle()
        renumbered = [_renumbered(run, numbers) for run in self._runs]
        self._runs = [run for run in renumbered if len(run.rows)]

    def nbytes(self) -> int:
        """What the entries take."""
        waiting = self._hashes.itemsize * len(self._hashes) + self._rows.itemsize * len(self._rows)
        return waiting + sum(run.hashes.nbytes + run.rows.nbytes for run in self._runs)

    def _settle(self) -> None:
        """Sort what waits into a run, and merge it with its like."""
        if not self._rows:
            return
        run = _sorted(np.array(self._hashes), np.array(self._rows, dtype=np.uint32))
        self._hashes, self._rows = array("q"), array("I")
        while self._runs and _mergeable(self._runs[-1], run):
            before = self._runs.pop()
            run = _merged(before, run)
        self._runs.append(run)


_NOTHING: Rows = np.zeros(0, np.int64)


def ramps(first: Rows, sizes: Counts) -> Rows:
    """Consecutive numbers from each ``first`` on, as many as its size says.

    >>> ramps(np.array([5, 20]), np.array([3, 2])).tolist()
    [5, 6, 7, 20, 21]
    """
    ends = np.cumsum(sizes)
    count = int(ends[-1]) if len(ends) else 0
    return np.asarray(np.arange(count) + np.repeat(first - (ends - sizes), sizes))


def _span(run: Run, wanted: Hashes) -> tuple[Rows, Counts]:
    """Where the entries of each hash start, and how many there are; most hashes have none."""
    first = np.searchsorted(run.hashes, wanted)
    there = run.hashes[np.minimum(first, len(run.hashes) - 1)] == wanted
    sizes = np.zeros(len(wanted), np.int64)
    sizes[there] = np.searchsorted(run.hashes, wanted[there], side="right") - first[there]
    return first, sizes


def _sorted(hashes: Hashes, rows: NDArray[np.uint32]) -> Run:
    order = np.argsort(hashes, kind="stable")  # linear on parts that are sorted already
    return Run(hashes[order], rows[order])


def _mergeable(before: Run, run: Run) -> bool:
    size = len(before.rows)
    return size <= FANOUT * len(run.rows) and size + len(run.rows) <= LARGEST


def _merged(before: Run, run: Run) -> Run:
    return _sorted(np.concatenate([before.hashes, run.hashes]), np.concatenate([before.rows, run.rows]))


def _renumbered(run: Run, numbers: Rows) -> Run:
    rows = numbers[run.rows]
    kept = rows >= 0
    return Run(run.hashes[kept], rows[kept].astype(np.uint32))
