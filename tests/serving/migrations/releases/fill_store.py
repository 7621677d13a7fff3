"""Fill a store as a release would have, and write down what it then answers; runs with that release's code.

    git archive RELEASE features models serving tests | tar -x -C release
    PYTHONPATH=release python tests/serving/migrations/releases/fill_store.py URL answers.json

The store's text is then ``sqlite3.Connection.iterdump`` of it, or ``pg_dump --inserts --no-owner``.
"""

from __future__ import annotations

import secrets
import sys
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec

from serving import ingestion
from serving.items import Decision, ItemFilter
from serving.store.store import Store
from tests.support.fake_champions import fake_champions
from tests.support.small_x12 import BilledClaim, PaidClaim, professional, rejection, remittance

AT = datetime(2024, 4, 3, 9, 30, tzinfo=UTC)
EVERY = ItemFilter(status=None)


def fill(store: Store) -> None:
    """Claims sent and to be sent, payments of every lane, a reversal, a rejection, and decisions."""
    champions = fake_champions()

    def take(data: bytes, *, backlog: bool = False) -> None:
        ingestion.take(data, name="day.x12", store=store, champions=champions, at=AT, backlog=backlog)

    sent = [BilledClaim(), BilledClaim("B-2", charge="2750"), BilledClaim("C-3", charge="2750", last="ROE")]
    take(professional(sent), backlog=True)
    new = [
        BilledClaim(f"N-{number}", charge=charge) for number, charge in enumerate(("80.10", "275", "12000"))
    ]
    take(professional(new, control="000000102"))
    paid = [
        PaidClaim(),
        PaidClaim("B-2", charge="2750", payer_claim_number="ICN2"),
        PaidClaim("Z-9", charge="99"),
    ]
    take(remittance(paid))
    back = PaidClaim("B-2", charge="-2750", status="22", payer_claim_number="ICN2")
    take(remittance([back], trace="TRN77", control="000000777"))
    if "denied" in PaidClaim.__dataclass_fields__:
        refused = PaidClaim("C-3", "2750", "4", "ICN3", last="ROE", denied="197")
        take(remittance([refused], trace="TRN88", control="000000888"))
    take(rejection("N-1"))
    decide(store)
    check_blindly(store)


def decide(store: Store) -> None:
    """Half of what is open is held, with a reason; the rest stays open."""
    waiting = [
        row for row in store.page(ItemFilter(), offset=0, limit=200).rows if row.kind != "denied-claim"
    ]
    for row in sorted(waiting, key=lambda row: row.id)[::2]:
        given = Decision("none", "ann", None, "as the payer's letter says")
        store.decide(row.id, given, version=row.version, at=AT)


def check_blindly(store: Store) -> None:
    """Where the release draws automatic items for blind checks: one verdict that came otherwise."""
    if find_spec("serving.monitor") is None or find_spec("serving.store.monitor") is None:
        return
    monitor: Any = import_module("serving.store.monitor").MonitorStore.of(store)
    verdict: Any = import_module("serving.monitor.records").LateVerdict
    automatic = store.page(ItemFilter(status="automatic"), offset=0, limit=1).rows
    monitor.late(automatic[0].id, verdict("reversal", True, "bob", "taken back"), AT)


def answers(store: Store) -> dict[str, Any]:
    """What the release answers: every item whole, and the list's counts."""
    page = store.page(EVERY, offset=0, limit=200)
    return {
        "total": page.total,
        "lanes": page.lanes,
        "items": {row.id: msgspec.to_builtins(store.get(row.id), str_keys=True) for row in page.rows},
    }


if __name__ == "__main__":
    secrets.token_bytes = bytes  # the key of the store's ids: then both databases get the same ones
    opened = Store(sys.argv[1])
    fill(opened)
    Path(sys.argv[2]).write_bytes(msgspec.json.encode(answers(opened)))
    opened.close()
