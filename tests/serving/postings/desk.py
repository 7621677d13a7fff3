"""Payments that are accepted, chosen and taken back over a store, and the batches that come of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from serving.access.actor import SERVICE
from serving.postings.records import Batch
from serving.store.posting_batches import PostingBatches
from tests.support.automatic_lane import AutomaticDesk, all_checked
from tests.support.small_x12 import BilledClaim, PaidClaim, professional, remittance

LARGE = "12000"  # above what goes automatically: a person decides


@dataclass
class PostingDesk(AutomaticDesk):
    """One process of the service; nothing is drawn for a blind check."""

    def __post_init__(self) -> None:
        self.champions = all_checked(self.champions, probability=0.0)
        super().__post_init__()
        self.batches = PostingBatches.of(self.store)

    def paid(self, *charges: str) -> list[str]:
        """Claims with these charges, and a remittance that pays them; the items in the order of the charges."""
        names = [f"C{self.number + place:05d}" for place in range(len(charges))]
        self.number += len(charges)
        self.at += timedelta(minutes=1)
        control = f"{self.number:09d}"
        billed = [BilledClaim(name, charge) for name, charge in zip(names, charges, strict=True)]
        assert self.client.post_file(professional(billed, control=control)).is_success
        paid = [
            PaidClaim(name, charge, payer_claim_number=f"ICN{name}")
            for name, charge in zip(names, charges, strict=True)
        ]
        file = remittance(paid, trace=f"TRN{self.number:07d}", control=control)
        assert self.client.post_file(file).is_success
        rows = self.client.get("/v1/items?kind=remittance-match&status=all&limit=200").json()["rows"]
        found = {row["claim_id"]: row["id"] for row in rows}
        return [found[name] for name in names]

    def decide(self, item: str, action: str = "accept", claim: str | None = None, **headers: str) -> int:
        """A decision; its status."""
        body = {"action": action, "reviewer": "ann", "reason": "a test", "claim_reference": claim}
        etag = {"If-Match": self.etag(item), **headers}
        return self.client.post_json(f"/v1/items/{item}/decision", body, **etag).status_code

    def undo(self, item: str, **headers: str) -> int:
        """A decision taken back; the status."""
        body = {"reviewer": "bob", "reason": "the wrong claim"}
        etag = {"If-Match": self.etag(item), **headers}
        return self.client.post_json(f"/v1/items/{item}/undo", body, **etag).status_code

    def etag(self, item: str) -> str:
        """Of the item as it stands."""
        return self.client.get(f"/v1/items/{item}").headers["etag"]

    def close(self) -> dict[str, Any] | None:
        """A batch, or None where nothing waits."""
        answer = self.client.send("POST", "/v1/postings/batches")
        assert answer.status_code in (201, 204), answer.text
        return dict(answer.json()) if answer.status_code == 201 else None

    def every_batch(self) -> list[Batch]:
        """All batches, oldest first."""
        heads = self.batches.page(limit=200, after=None)[0]
        return [self.batches.get(head.id) for head in heads][::-1]


def balances(batches: list[Batch]) -> dict[tuple[str, str], Decimal]:
    """Debits less credits of each item's claim in each account, over all batches; those of zero left out."""
    found: dict[tuple[str, str], Decimal] = {}
    for batch in batches:
        for line in batch.lines:
            key = (f"{line.item} {line.claim_reference}", line.account)
            found[key] = found.get(key, Decimal(0)) + line.debit - line.credit
    return {key: amount for key, amount in found.items() if amount}


AUTOMATIC = SERVICE.name
