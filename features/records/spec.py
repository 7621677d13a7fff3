"""What a person says of two tables before they are matched: which column is the id, and what kind each other is.

id = "id"                                             # or { left = "id", right = "asin" }

[columns]
title = "text"
price = "number"
maker = { left = "manufacturer", right = "brand", kind = "name" }
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from features.errors import BadInputError, MissingDataError

KINDS: Final = ("name", "text", "number", "date", "code")
EXAMPLE: Final = 'write for example: id = "id", and below [columns] a line like title = "text"'


@dataclass(frozen=True)
class Column:
    """One thing that both tables tell: ``name`` is what features call it, ``left`` and ``right`` the columns."""

    name: str
    left: str
    right: str
    kind: str


@dataclass(frozen=True)
class Spec:
    """The id column of each table, and at least one column to compare."""

    left_id: str
    right_id: str
    columns: tuple[Column, ...]

    def to_list(self) -> list[list[str]]:
        """Plain values in the order of the columns, for a manifest; the id columns come first."""
        ids = ["id", self.left_id, self.right_id, "id"]
        return [ids, *([column.name, column.left, column.right, column.kind] for column in self.columns)]

    @staticmethod
    def from_list(values: list[list[str]]) -> Spec:
        """The inverse of ``to_list``."""
        (_, left_id, right_id, _), *columns = values
        return Spec(left_id, right_id, tuple(Column(*entry) for entry in columns))

    @staticmethod
    def from_dict(values: dict[str, Any], *, where: str = "") -> Spec:
        """Out of parsed TOML; raises BadInputError that says which entry is wrong and what may stand there.

        >>> Spec.from_dict({"id": "id", "columns": {"title": "text"}}).columns[0].kind
        'text'
        """
        unknown = sorted(set(values) - {"id", "columns"})
        if unknown:
            raise BadInputError(f"the spec has unknown entries: {', '.join(unknown)}", where, EXAMPLE)
        columns = values.get("columns")
        if not isinstance(columns, dict) or not columns:
            raise BadInputError("the spec names no columns to compare", where, EXAMPLE)
        left, right = _sides(values.get("id"), "id", where)
        return Spec(left, right, tuple(_column(name, entry, where) for name, entry in columns.items()))


def read_spec(path: Path) -> Spec:
    """A spec out of a TOML file; raises MissingDataError or BadInputError."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise MissingDataError("there is no spec", path.name, EXAMPLE) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInputError(f"the spec cannot be read as TOML: {error}", path.name, EXAMPLE) from error
    return Spec.from_dict(values, where=path.name)


def _column(name: str, entry: object, where: str) -> Column:
    if isinstance(entry, str):
        entry = {"kind": entry}
    if not isinstance(entry, dict):
        raise BadInputError(f"the spec's column {name!r} is neither a kind nor a table", where, EXAMPLE)
    unknown = sorted(set(entry) - {"left", "right", "kind"})
    if unknown:
        remedy = "use left, right and kind"
        raise BadInputError(
            f"the spec's column {name!r} has unknown entries: {', '.join(unknown)}", where, remedy
        )
    kind = entry.get("kind")
    if kind not in KINDS:
        raise BadInputError(
            f"the spec's column {name!r} has the kind {kind!r}", where, f"use one of {', '.join(KINDS)}"
        )
    left, right = _sides(
        {"left": entry.get("left", name), "right": entry.get("right", name)}, f"columns.{name}", where
    )
    return Column(name, left, right, kind)


def _sides(entry: object, name: str, where: str) -> tuple[str, str]:
    """The column's name in the left table and in the right one."""
    if isinstance(entry, str) and entry:
        return entry, entry
    if isinstance(entry, dict) and set(entry) == {"left", "right"}:
        left, right = entry["left"], entry["right"]
        if isinstance(left, str) and isinstance(right, str) and left and right:
            return left, right
    raise BadInputError(f"the spec's {name!r} does not name a column of each table", where, EXAMPLE)
