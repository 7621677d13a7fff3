"""A day at a queue, for tests of denied claims: takes files, looks, decides."""

from __future__ import annotations

from datetime import UTC, datetime

from serving import ingestion
from serving.champions import Champions
from serving.intake import Receipt
from serving.items import Decision, ItemDetail, ItemFilter, ItemRow, Kind
from serving.queue import Queue
from serving.store.store import Store
from serving.workers import Workers
from tests.support.small_x12 import BilledClaim, PaidClaim, professional, remittance

NOW = datetime(2024, 4, 3, 9, 30, tzinfo=UTC)
DENIED = PaidClaim(denied="197", status="4")


class Desk:
    """A day at a queue: takes files, looks, decides."""

    def __init__(self, store: Store, champions: Champions, at: datetime = NOW) -> None:
        self.store, self.champions, self.at = store, champions, at
        self.queue = Queue(store, champions, Workers(threads=1, waiting=1, name="test"), clock=self.now)

    def now(self) -> datetime:
        return self.at

    def take(self, data: bytes, *, backlog: bool = False) -> Receipt:
        return ingestion.take(
            data, name="a.x12", store=self.store, champions=self.champions, at=self.at, backlog=backlog
        )

    def rows(self, kind: Kind = "denied-claim", **wanted: str | None) -> tuple[ItemRow, ...]:
        asked = ItemFilter(kind=kind, **{"status": None, **wanted})  # type: ignore[arg-type]
        return self.store.page(asked, offset=0, limit=200, at=self.at).rows

    def item(self, item_id: str) -> ItemDetail:
        return self.queue._get(item_id)

    def decide(
        self, item_id: str, action: str, *, reason: str | None = None, claim: str | None = None
    ) -> None:
        row = self.item(item_id).row
        self.queue._decide(item_id, Decision(action, "ann", claim, reason), row.version)  # type: ignore[arg-type]


def several(desk: Desk, charges: dict[str, str]) -> None:
    """Denied claims of these charges, each of another patient."""
    people = {name: {"member": f"M{name}", "last": f"L{name}"} for name in charges}
    billed = [BilledClaim(name, charge=charge, **people[name]) for name, charge in charges.items()]
    desk.take(professional(billed), backlog=True)
    refused = [
        PaidClaim(
            name, charge=charge, denied="197", status="4", payer_claim_number=f"N{name}", **people[name]
        )
        for name, charge in charges.items()
    ]
    desk.take(remittance(refused))
