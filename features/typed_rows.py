"""Rows that people typed, one by one: a row that cannot be read is a problem of its own, and the others stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from features.x12.records import Problem, Source

Row = TypeVar("Row")


@dataclass(frozen=True)
class Typed(Generic[Row]):
    """What a row says, and the columns in which it says something that cannot be read."""

    row: Row
    unread: tuple[str, ...]


def problems(
    file: str, rows: Sequence[tuple[int, Typed[Row]]], unreadable: Sequence[int]
) -> Iterator[Problem]:
    """What is wrong with a table's rows, in the order of their lines; no message quotes a cell."""
    found = [(line, _lost(file, line)) for line in unreadable]
    found += [(line, _unread(file, line, typed.unread)) for line, typed in rows if typed.unread]
    return (problem for _, problem in sorted(found, key=lambda pair: pair[0]))


def _lost(file: str, line: int) -> Problem:
    message = (
        f"Line {line} cannot be read: its row was set aside. Its id, its day and its amount must stand there"
    )
    return Problem("typed-row-unreadable", "error", message, Source(file, segment=line))


def _unread(file: str, line: int, columns: Sequence[str]) -> Problem:
    message = f"Line {line} holds what cannot be read and was taken for absent, in {', '.join(columns)}"
    return Problem("typed-cell-unreadable", "warning", message, Source(file, segment=line))
