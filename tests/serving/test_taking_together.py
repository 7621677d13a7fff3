"""Small files that come at the same time are stored together, and each is what it would be alone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextvars import Context, copy_context
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from features.errors import NotX12Error
from serving import ingestion
from serving.access.actor import Actor, acting_as
from serving.application import Application
from serving.champions import Champions
from serving.ingestion import Sent
from serving.intake import Receipt
from serving.items import ItemFilter
from serving.store.audit_reading import AuditStore
from serving.store.store import Store
from tests.serving.audit.logs import checked
from tests.serving.conftest import NOW
from tests.support.small_x12 import BilledClaim, PaidClaim, professional, remittance

BILLED = [BilledClaim(f"C-{number}", member=f"M{number}") for number in range(8)]
PAID = [
    PaidClaim(f"C-{number}", member=f"M{number}", payer_claim_number=f"ICN{number}") for number in range(8)
]
BACK = PaidClaim("C-1", charge="-275", status="22", member="M1", payer_claim_number="ICN1")


def payment(paid: PaidClaim, trace: int) -> bytes:
    return remittance([paid], trace=f"T{trace}")


def sent(*files: bytes) -> list[Sent]:
    return [Sent(f"{place}.835", data, copy_context()) for place, data in enumerate(files)]


def of(name: str, facility: str | None = None) -> Context:
    """The context of somebody's request."""
    facilities = None if facility is None else frozenset({facility})
    with acting_as(Actor(name, frozenset({"engine"}), facilities)):
        return copy_context()


def filled(store: Store, champions: Champions) -> Store:
    ingestion.take(professional(BILLED), name="a.837", store=store, champions=champions, at=NOW, backlog=True)
    return store


def items(store: Store) -> list[tuple[Any, ...]]:
    """Everything that is answered about the items, in the order of their payments."""
    rows = store.page(ItemFilter(status=None), offset=0, limit=200).rows
    found = [store.get(row.id) for row in rows]
    told = [(one.row.claim_id, one.row.lane, one.row.confidence, one.reasons) for one in found]
    # Those that tie stand in the order of their references, which each store makes by a key of its own.
    candidates = [
        sorted((-probability, str(claim.claim_id)) for _, claim, probability in one.candidates)
        for one in found
    ]
    return sorted(zip(told, candidates, strict=True), key=repr)


def test_files_together_are_stored_as_one_after_another(
    store: Store, another_url: str, champions: Champions
) -> None:
    files = [payment(paid, place) for place, paid in enumerate(PAID)]
    other = filled(Store(another_url), champions)
    alone = [
        ingestion.take(data, name=f"{place}.835", store=other, champions=champions, at=NOW)
        for place, data in enumerate(files)
    ]
    together = ingestion.take_together(
        sent(*files), store=filled(store, champions), champions=champions, at=NOW
    )
    assert [one.counts for one in together if one] == [one.counts for one in alone]
    assert items(store) == items(other)
    assert {lane for (_, lane, *_), _ in items(store)} == {"auto"}
    other.close()


def test_what_another_of_them_changed_has_to_come_alone(store: Store, champions: Champions) -> None:
    """A payment that is there twice under one business key, and one that takes back another of them."""
    files = [payment(PAID[1], 1), payment(PAID[1], 2), payment(BACK, 3), payment(PAID[2], 4)]
    receipts = ingestion.take_together(
        sent(*files), store=filled(store, champions), champions=champions, at=NOW
    )
    assert [receipt is None for receipt in receipts] == [False, True, True, False]
    assert len(items(store)) == 2


def test_the_same_bytes_twice_are_taken_once(store: Store, champions: Champions) -> None:
    data = payment(PAID[1], 1)
    first, second = ingestion.take_together(
        sent(data, data), store=filled(store, champions), champions=champions, at=NOW
    )
    assert first
    assert second == Receipt(first.file, already_taken=True, counts=first.counts)


def test_one_that_cannot_be_read_keeps_all_from_being_stored(store: Store, champions: Champions) -> None:
    with pytest.raises(NotX12Error):
        ingestion.take_together(
            sent(payment(PAID[1], 1), b"no file"), store=filled(store, champions), champions=champions, at=NOW
        )
    assert items(store) == []


def test_each_is_logged_for_its_own_sender_and_another_facilitys_is_left_out(
    store: Store, champions: Champions
) -> None:
    files = [payment(paid, place) for place, paid in enumerate(PAID[:3])]
    senders = [of("ann"), of("bob"), of("eve", facility="1111111111")]
    receipts = ingestion.take_together(
        [Sent("a.835", data, context) for data, context in zip(files, senders, strict=True)],
        store=filled(store, champions), champions=champions, at=NOW,
    )  # fmt: skip
    assert [receipt is None for receipt in receipts] == [False, False, True]
    log = list(AuditStore.of(store).entries())
    assert not checked(log).faults
    names = [one.actor for one in log if one.action == "file"]
    assert names[-2:] == ["ann", "bob"]


async def _posted(
    app: ASGIApp, files: Sequence[bytes], headers: Sequence[dict[str, str]]
) -> list[httpx.Response]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://clearlane.test") as client:
        calls = [
            client.post(f"/v1/files?name={place}.835", content=data, headers=own)
            for place, (data, own) in enumerate(zip(files, headers, strict=True))
        ]
        return await asyncio.gather(*calls)


def test_each_request_of_many_at_once_has_its_own_answer(
    application: Application, champions: Champions
) -> None:
    filled(application.store, champions)
    files = [payment(paid, place) for place, paid in enumerate(PAID)]
    files[3] = b"no file"
    files[5] = payment(PAID[4], 50)
    keys = [{"Idempotency-Key": f"key-{place}"} for place in range(len(files))]
    answers = asyncio.run(_posted(application.asgi, files, keys))
    assert [one.status_code for one in answers] == [201, 201, 201, 422, 201, 201, 201, 201]
    assert len({one.json()["file"] for place, one in enumerate(answers) if place != 3}) == 7
    again = asyncio.run(_posted(application.asgi, files, keys))
    assert [one.content for one in again] == [one.content for one in answers]
    assert [one.headers.get("idempotency-replayed") for one in again if one.status_code == 201] == [
        "true"
    ] * 7
    assert len(items(application.store)) == 7
