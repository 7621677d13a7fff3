"""A desk where payments go automatically and are checked blindly: fakes certified for all small payments."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from serving.application import Application, build
from serving.champions import Champions
from serving.store.store import Store
from tests.support.asgi_client import AsgiClient
from tests.support.fake_champions import fake_champions
from tests.support.small_x12 import BilledClaim, PaidClaim, professional, remittance

START = datetime(2024, 4, 3, 9, 30, tzinfo=UTC)


def all_checked(champions: Champions | None = None, *, probability: float = 1.0) -> Champions:
    """Champions under a policy that draws every automatic item, or that share."""
    given = champions or fake_champions()
    return replace(given, policy=msgspec.structs.replace(given.policy, audit_probability=probability))


@dataclass
class AutomaticDesk:
    """One process of the service over a store; its clock is set by hand."""

    store: Store
    champions: Champions = field(default_factory=all_checked)
    at: datetime = START
    number: int = 0

    def __post_init__(self) -> None:
        self.application: Application = build(self.store, self.champions, clock=lambda: self.at)
        self.client = AsgiClient(self.application.asgi)

    def pay(self, count: int = 1) -> list[str]:
        """Claims, and a remittance that pays them; the ids of the items of the payments."""
        names = [f"C{self.number + place:05d}" for place in range(count)]
        self.number += count
        self.at += timedelta(minutes=1)
        billed = [BilledClaim(name, charge="150") for name in names]
        assert self.client.post_file(professional(billed, control=f"{self.number:09d}")).is_success
        before = self.items()
        trace = f"TRN{self.number:07d}"
        paid = [PaidClaim(name, charge="150", payer_claim_number=f"ICN{name}") for name in names]
        answer = self.client.post_file(remittance(paid, trace=trace, control=f"{self.number:09d}"))
        assert answer.is_success
        return sorted(self.items() - before)

    def items(self) -> set[str]:
        """Ids of all items of payments."""
        answer = self.client.get("/v1/items?kind=remittance-match&status=all&limit=200").json()
        return {row["id"] for row in answer["rows"]}

    def item(self, name: str) -> dict[str, Any]:
        """An item as the API tells it."""
        return dict(self.client.get(f"/v1/items/{name}").json())

    def waiting(self) -> list[str]:
        """Ids of what waits for a check, in the list's order."""
        return [row["id"] for row in self.client.get("/v1/blind-checks?limit=200").json()["rows"]]

    def check(self, name: str, action: str = "none", **more: Any) -> dict[str, Any]:
        """A blind check and its answer."""
        body = {"action": action, "reviewer": "ann", **more}
        answer = self.client.post_json(f"/v1/blind-checks/{name}", body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())
