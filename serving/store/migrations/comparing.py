"""Whether a store has what this release's tables say, by Alembic's comparison and by what that does not look at."""

from __future__ import annotations

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from serving.store.replacing import replacing_guard_names
from serving.store.schema import guard_names
from serving.store.tables import metadata

TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A') "
    "AND pg_table_is_visible(tgrelid)",
}


def differences(connection: Connection) -> list[str]:
    """What of the tables, columns, indexes and guards is lacking, too much or other than it should be."""
    options: dict[str, Any] = {"compare_type": _is_other_type, "compare_server_default": True}
    context = MigrationContext.configure(connection, opts=options)
    found = [_said(one) for one in compare_metadata(context, metadata)]
    return [*found, *(f"no guard {name}" for name in missing_guards(connection))]


def missing_guards(connection: Connection) -> list[str]:
    """Triggers that keep rows from being changed and that the store lacks, or that were switched off."""
    dialect = connection.dialect.name
    there = set(connection.execute(text(TRIGGERS[dialect])).scalars())
    guarded = [table.name for table in metadata.sorted_tables if table.info.get("only_added")]
    wanted = [
        name
        for table in guarded
        for name in (*guard_names(table, dialect), *replacing_guard_names(table, dialect))
    ]
    return [name for name in wanted if name not in there]


def _is_other_type(
    context: MigrationContext, inspected: Any, wanted: Any, inspected_type: Any, wanted_type: Any
) -> bool | None:
    """As Alembic finds; but SQLite keeps a text of any length, whatever was declared."""
    del inspected, wanted
    if context.dialect.name != "sqlite":
        return None
    kinds = [one.compile(dialect=context.dialect) for one in (inspected_type, wanted_type)]
    return False if all(kind.startswith(("VARCHAR", "TEXT")) for kind in kinds) else None


def _said(change: Any) -> str:
    """One change that Alembic would make, in a line: its kind and the names, such as ``add_column items.rank``."""
    if isinstance(change, list):
        return "; ".join(_said(one) for one in change)
    kind, *rest = change
    if kind.startswith("modify_"):
        return f"{kind} {rest[1]}.{rest[2]}"
    named = [one if isinstance(one, str) else getattr(one, "name", None) for one in rest]
    return f"{kind} {'.'.join(name for name in named if name)}"
