"""All tables of a store, wherever in the room they stand: a new module of them is named here, or nobody makes them."""

from __future__ import annotations

from serving.store import (
    access,
    audit,
    idempotency,
    jobs,
    leases,
    monitor_tables,
    outbox,
    posting_batches,
    replay_tables,
    schema,
    scope,
    shadow_tables,
    undoing,
)

MODULES = (
    *(schema, monitor_tables, audit, replay_tables, access, idempotency, scope, leases, outbox),
    *(posting_batches, undoing, jobs, shadow_tables),
)
metadata = schema.metadata
