"""Blind checks of actors that are limited to facilities: a check is fair where all that is judged can be seen.

Of claims of other facilities nothing is shown, and the lane may have posted to one of them. So an item with such a
candidate is checked by people without a limit.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.sql import ColumnElement

from serving.access.actor import current_actor
from serving.monitor.records import CheckOutcome
from serving.store.chunks import chunks
from serving.store.claims import DECODER
from serving.store.monitor_tables import UNCHECKED, watched
from serving.store.schema import candidates, claims
from serving.store.scope import in_scope, is_own


def shared(connection: Connection, ids: Sequence[str]) -> frozenset[str]:
    """Which of these items have a candidate that is not the current actor's; none where it has no limit."""
    if current_actor().facilities is None:
        return frozenset()
    found: set[str] = set()
    for part in chunks(ids):
        query = (
            select(candidates.c.item_id, claims.c.record)
            .join(claims, claims.c.reference == candidates.c.reference)
            .where(candidates.c.item_id.in_(part))
        )
        rows = connection.execute(query)
        found.update(row.item_id for row in rows if not is_own(DECODER.decode(row.record)))
    return frozenset(found)


def not_shared(connection: Connection) -> tuple[ColumnElement[bool], ...]:
    """The condition that keeps those out of a list of waiting checks; a claim's facility has no column."""
    if current_actor().facilities is None:
        return ()
    waiting = select(watched.c.item_id).where(*UNCHECKED, *in_scope(watched.c.item_id))
    others = shared(connection, list(connection.execute(waiting).scalars()))
    return (watched.c.item_id.not_in(sorted(others)),)


def told(outcome: CheckOutcome) -> CheckOutcome:
    """What the current actor may know of it: an incident shows all facilities together."""
    return outcome if current_actor().facilities is None else msgspec.structs.replace(outcome, incident=None)
