"""All tables of a store, wherever in the room they stand: a new module of them is named here, or nobody makes them."""

from __future__ import annotations

from serving.store import access, audit, idempotency, monitor_tables, replay_tables, schema, scope

MODULES = (schema, monitor_tables, audit, replay_tables, access, idempotency, scope)
metadata = schema.metadata
