"""What a certificate is explained by: coverage against error of its cell, the walk, and what else might be chosen.

A curve is an explanation and never a permission: the service acts by ``models.certificates`` alone. Two bounds stand in
it, and they are not the same. The certificate's says that the error rate is at most ``alpha``, and was fixed before the
labels were seen. The exact upper bound of a point is tighter where few were wrong, but it is read after the threshold
was chosen by the same labels, so it is a description and no promise.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import msgspec
from msgspec import Struct

from features.errors import ModelFileError
from models.certificates import RECERTIFY, Cell, Unit
from models.exact_test import exact_interval
from models.files import write_atomically

FORMAT = 1
FILE = "certificate_curves.json"
ROUNDING = 1e-9  # a share of delta may round
LARGEST = 16 * 1024 * 1024  # bytes


class Point(Struct, frozen=True, forbid_unknown_fields=True):
    """A threshold on the fresh labels of a cell."""

    threshold: float  # act where score >= threshold
    coverage: float  # 0..1, the share of the cell's items that would go without a person
    n: int  # fresh labels at or above it
    errors: int  # of these, wrong
    upper: float  # exact one-sided upper bound of the error rate at the cell's level, 0..1

    @property
    def rate(self) -> float:
        """The error rate seen, 0..1; NaN where nothing was seen."""
        return self.errors / self.n if self.n else float("nan")


class Naive(Struct, frozen=True, forbid_unknown_fields=True):
    """The largest coverage whose error rate looked no higher than alpha on the labels of planning."""

    seen_n: int  # planning labels at or above it
    seen_errors: int  # of these, wrong: what made it look good
    fresh: Point  # the same threshold on fresh labels


class Curve(Struct, frozen=True, forbid_unknown_fields=True):
    """How one cell came to its certificate, or to none."""

    certificate: str  # the certificate's id
    cell: Cell
    alpha: float  # the highest error rate allowed
    delta: float  # the chance that any cell of the kind breaks its promise is at most this
    level: float  # this cell's own share of it in the test
    labels: int  # fresh labels of the cell: what coverage is a share of
    labels_a_day: float  # how fast they came
    points: tuple[Point, ...]  # the curve, strict to loose
    walked: tuple[Point, ...]  # thresholds tried, in their order; the last one failed, unless all were passed
    planned: int  # thresholds that were planned to be tried
    certified: Point | None
    naive: Naive | None
    wanted: int | None  # fresh labels of the cell for a new test that likely passes; None: no number would do
    unit: Unit = "items"  # what the certificate counts; the curve counts items

    @property
    def days_wanted(self) -> float | None:
        """How long the wanted labels take at the rate of the window; None where there is no telling."""
        return self.wanted / self.labels_a_day if self.wanted is not None and self.labels_a_day > 0 else None

    @property
    def stopped(self) -> Point | None:
        """The threshold that the walk failed at; None where it passed all, or had none to try."""
        last = self.walked[-1] if self.walked else None
        return None if last == self.certified else last

    @property
    def ceiling(self) -> float:
        """The highest error rate that a picture shows: alpha and the points that matter, with room above them."""
        marked = [self.certified, self.stopped, self.naive.fresh if self.naive else None]
        tall = [max(1.2 * point.upper, 1.3 * point.rate) for point in marked if point is not None and point.n]
        return min(1.0, 6 * self.alpha, max([2 * self.alpha, *tall]))


def upper_bound(n: int, errors: int, level: float) -> float:
    """The one-sided upper bound of Clopper and Pearson: the highest rate that the test at ``level`` does not refute.

    >>> round(upper_bound(598, 0, 0.05), 5)
    0.005
    >>> upper_bound(0, 0, 0.05)  # nothing seen excludes nothing
    1.0
    """
    return exact_interval(errors, n, tail=level)[1]


def save_curves(folder: Path, curves: Iterable[Curve]) -> None:
    """Write ``certificate_curves.json`` beside a model's certificates, in one step."""
    stored = _File(format=FORMAT, curves=tuple(curves))
    write_atomically(folder / FILE, msgspec.json.encode(stored) + b"\n")


def load_curves(folder: Path) -> tuple[Curve, ...]:
    """The curves beside a model's certificates; none where the file is absent, as with older models.

    Raises ModelFileError for one that is damaged, too large, of another format, or whose counts are impossible.
    """
    path = folder / FILE
    if not path.exists():
        return ()
    try:
        data = path.read_bytes() if path.stat().st_size <= LARGEST else b""
        stored = msgspec.json.decode(data, type=_File)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ModelFileError("the curves of the certificates cannot be read", FILE, RECERTIFY) from error
    if stored.format != FORMAT:
        raise ModelFileError(f"the curves of the certificates have format {stored.format}", FILE, RECERTIFY)
    for curve in stored.curves:
        fault = fault_of(curve)
        if fault:
            raise ModelFileError(f"the curve of a certificate cannot be right: {fault}", FILE, RECERTIFY)
    return stored.curves


def fault_of(curve: Curve) -> str | None:
    """Why a curve cannot be right, or None."""
    if not (0 < curve.alpha < 1 and 0 < curve.level <= curve.delta * (1 + ROUNDING) < 1):
        return "alpha, delta or level is not between 0 and 1, or the level is above delta"
    others = [curve.certified, curve.naive.fresh if curve.naive else None]
    points = [*curve.points, *curve.walked, *(point for point in others if point is not None)]
    if not all(0 <= point.errors <= point.n <= curve.labels for point in points):
        return "its counts are impossible"
    if not all(0 <= point.coverage <= 1 and 0 <= point.upper <= 1 for point in points):
        return "a coverage or a bound is not between 0 and 1"
    falling = all(
        left.threshold > right.threshold
        for row in (curve.points, curve.walked)
        for left, right in pairwise(row)
    )
    if not falling or curve.labels_a_day < 0 or len(curve.walked) > curve.planned:
        return "its thresholds do not fall, or more were tried than planned"
    return None


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    format: int
    curves: tuple[Curve, ...]
