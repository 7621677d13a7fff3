"""Triggers by which the database itself refuses to change or delete rows, as revisions put them on tables."""

from __future__ import annotations

from alembic import op

from serving.store.schema import guards


def only_added(table: str) -> None:
    """Guard a table that was made in this revision."""
    for statement in guards(table, op.get_context().dialect.name):
        op.execute(statement)
