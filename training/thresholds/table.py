"""The cells of a model as a table: what is certified, what merely looked good, and what is wanting."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from models.certificate_curves import Curve
from models.certificate_words import cell_name, rate_text, wanting

HEADINGS = ("threshold", "coverage", "wrong of", "bound", "naive", "wrong of")


def cells_table(curves: Sequence[Curve], *, title: str) -> Table:
    """One row a cell; ``bound`` is the exact upper bound of what was chosen, and no promise."""
    allowed = sorted({rate_text(curve.alpha) for curve in curves})
    table = Table(title=f"{title}, at most {' or '.join(allowed)} wrong", title_justify="left")
    table.add_column("cell", no_wrap=True)
    for heading in HEADINGS:
        table.add_column(heading, justify="right")
    for curve in curves:
        table.add_row(cell_name(curve.cell), *_chosen(curve), *_looked(curve))
    return table


def wants(curves: Sequence[Curve]) -> list[str]:
    """A sentence for every cell that is not certified."""
    return [f"{cell_name(curve.cell)}: {wanting(curve)}" for curve in curves if curve.certified is None]


def _chosen(curve: Curve) -> tuple[str, ...]:
    point = curve.certified
    if point is None:
        return ("none", "", "", "")
    counts = f"{point.errors:,} / {point.n:,}"
    return (f"{point.threshold:.4f}", rate_text(point.coverage), counts, rate_text(point.upper))


def _looked(curve: Curve) -> tuple[str, str]:
    """The naive point on fresh labels."""
    if curve.naive is None:
        return ("none", "")
    fresh = curve.naive.fresh
    return rate_text(fresh.coverage), f"{fresh.errors:,} / {fresh.n:,}"
