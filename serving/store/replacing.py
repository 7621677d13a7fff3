"""Guards against what takes rows away and is no UPDATE or DELETE: SQLite's REPLACE, and PostgreSQL's TRUNCATE.

``INSERT OR REPLACE`` removes each row that has the key of the new one, and tells no trigger of DELETE.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Integer, Table, UniqueConstraint

Keys = Sequence[tuple[str, ...]]


def replaced_by(table: Table) -> Keys:
    """The columns by each of which a new row of SQLite would replace one: ``rowid`` and all that is unique."""
    primary = tuple(table.primary_key.columns)
    is_rowid = len(primary) == 1 and isinstance(primary[0].type, Integer)
    unique = sorted(
        tuple(column.name for column in one.columns)
        for one in table.constraints
        if isinstance(one, UniqueConstraint)
    )
    own = () if is_rowid else (tuple(column.name for column in primary),)
    return ("rowid",), *own, *unique


def replacing_guards(name: str, keys: Keys, dialect: str) -> tuple[str, ...]:
    """The statements that make them; stores have them as they are, so other ones need a migration.

    SQLite gives a row whose number it is to choose the number -1 until then, which no row has.
    """
    said = f"{name.replace('_', ' ')} are only added"
    (trigger,) = replacing_guard_names(name, dialect)
    if dialect != "sqlite":
        return (
            f"CREATE TRIGGER {trigger} BEFORE TRUNCATE ON {name} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {name}_are_only_added()",
        )
    there = " OR ".join(f"EXISTS (SELECT 1 FROM {name} WHERE {_same(key)})" for key in keys)  # noqa: S608
    return (
        f"CREATE TRIGGER {trigger} BEFORE INSERT ON {name} WHEN {there} BEGIN SELECT RAISE(ABORT, '{said}'); END",
    )


def replacing_guard_names(name: str, dialect: str) -> tuple[str, ...]:
    """The triggers of a table.

    >>> replacing_guard_names("decisions", "sqlite")
    ('decisions_no_replace',)
    """
    return (f"{name}_no_replace" if dialect == "sqlite" else f"{name}_no_truncate",)


def _same(key: tuple[str, ...]) -> str:
    return " AND ".join(f"{column} = NEW.{column}" for column in key)
