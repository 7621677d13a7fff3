"""Leases: of several processes one does a kind of work, until it is done or has not been heard of for a while."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, String, Table, delete, insert, or_, update

from serving.store.columns import UtcTime
from serving.store.schema import metadata

leases = Table(
    "leases",
    metadata,
    Column("name", String(40), primary_key=True),  # of the work
    Column("holder", String(40), nullable=False),
    Column("until", UtcTime, nullable=False),
)


def hold(connection: Connection, name: str, holder: str, at: datetime, seconds: float) -> bool:
    """Take a lease, or keep it for longer; False where another one holds it. Inside a writing transaction.

    Writers take turns, so two that ask at once are told one after the other.
    """
    until = at + timedelta(seconds=seconds)
    mine = or_(leases.c.holder == holder, leases.c.until < at)
    change = update(leases).where(leases.c.name == name, mine).values(holder=holder, until=until)
    if connection.execute(change).rowcount == 1:
        return True
    found = connection.execute(leases.select().where(leases.c.name == name)).first()
    if found is not None:
        return False
    connection.execute(insert(leases), {"name": name, "holder": holder, "until": until})
    return True


def leave(connection: Connection, name: str, holder: str) -> None:
    """Give a lease back, so that the next one need not wait for its end."""
    connection.execute(delete(leases).where(leases.c.name == name, leases.c.holder == holder))
