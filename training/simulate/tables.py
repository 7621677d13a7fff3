"""Writing CSV files row by row."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

Row = Sequence[str]


@contextmanager
def table(path: Path, columns: Row) -> Iterator[Callable[[Row], object]]:
    """A new file with its header; what it yields writes one row."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        yield writer.writerow


def dollars(cents: int) -> str:
    """An amount as banks and people write it, always with two decimals.

    >>> dollars(12050), dollars(-5)
    ('120.50', '-0.05')
    """
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{rest:02d}"
