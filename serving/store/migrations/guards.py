"""Triggers by which the database itself refuses to change, delete or replace rows, as revisions put them on tables."""

from __future__ import annotations

from alembic import op

from serving.store.replacing import Keys, replacing_guards
from serving.store.schema import guards


def only_added(table: str) -> None:
    """Guard a table that was made in this revision; from 0010 on with ``not_replaced`` besides."""
    for statement in guards(table, op.get_context().dialect.name):
        op.execute(statement)


def not_replaced(table: str, keys: Keys) -> None:
    """Guard a table that has the guards of ``only_added``; ``keys`` are what is unique in it, ``rowid`` first."""
    for statement in replacing_guards(table, keys, op.get_context().dialect.name):
        op.execute(statement)
