"""What was refused stands in the audit log: by reason, address and key, without a secret, and in bounded numbers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from serving.access.keys import make_key
from serving.access.refusals import MOST, OTHERS, Refusals, Refused
from serving.access.settings import AccessSettings
from serving.access.tokens import TokenSettings
from serving.application import Application, build
from serving.audit.chain import Logged
from serving.champions import Champions
from serving.clock import utc_now
from serving.store.access import AccessStore
from serving.store.audit_reading import AuditStore, LogFilter
from serving.store.database import StoreError
from serving.store.store import Store
from tests.serving.access.test_tokens import ALGORITHMS, AUDIENCE, ISSUER, OTHER_RSA, claims, document, token
from tests.serving.audit.logs import of_store
from tests.serving.conftest import NOW
from tests.support.asgi_client import AsgiClient

SECRET = "ZQXBIRD7" * 5 + "abc"


class Said(msgspec.Struct, frozen=True):
    """What an entry says of refusals."""

    did: str
    reason: str
    address: str
    count: int
    key: str | None = None


class Counter:
    """Refusals by a clock that a test moves, and what stands in the log of them."""

    def __init__(self, store: Store) -> None:
        self.now = 0.0
        self.store = store
        self.refusals = Refusals(AccessStore.of(store), clock=lambda: self.now)

    def refuse(self, times: int = 1, *, reason: str = "expired", address: str = "10.0.0.1") -> None:
        async def note() -> None:
            for _ in range(times):
                await self.refusals.note(Refused("credentials", reason, address))

        asyncio.run(note())

    def logged(self) -> list[Said]:
        return [said for _, said in logged(self.store)]


def logged(store: Store) -> list[tuple[Logged, Said]]:
    """Oldest first."""
    rows = AuditStore.of(store).page(LogFilter(action="access", actor="nobody"), limit=10_000)
    return [(row, msgspec.json.decode(row.after or "", type=Said)) for row in reversed(rows)]


@pytest.fixture
def counter(store: Store) -> Counter:
    return Counter(store)


@pytest.fixture
def keys(store: Store) -> dict[str, str]:
    made = {}
    for name, days in (("good", 1), ("old", -1), ("gone", 1)):
        made[name], kept = make_key(
            name, frozenset({"auditor"}), None, at=utc_now(), expires_at=utc_now() + timedelta(days=days)
        )
        AccessStore.of(store).add(kept)
    AccessStore.of(store).revoke("gone", utc_now())
    return made


@pytest.fixture
def asked(store: Store, champions: Champions, keys: dict[str, str], tmp_path: Path) -> Iterator[Application]:
    """An application that knows three keys and an identity provider."""
    assert keys
    path = tmp_path / "jwks.json"
    path.write_bytes(document(**ALGORITHMS))
    access = AccessSettings("on", tokens=TokenSettings(str(path), ISSUER, AUDIENCE))
    built = build(store, champions, clock=lambda: NOW, access=access)
    yield built
    built.close()


def ask(application: Application, credentials: str) -> int:
    client = AsgiClient(application.asgi)
    return client.get("/v1/items", headers={"Authorization": f"Bearer {credentials}"}).status_code


def test_each_reason_is_told_with_the_id_of_the_key_and_never_with_what_was_sent(
    asked: Application, store: Store, keys: dict[str, str]
) -> None:
    id_ = {name: key.split("_")[1] for name, key in keys.items()}
    late = int((utc_now() + timedelta(hours=1)).timestamp())
    sent = {
        f"clk_{id_['good']}_{SECRET}": ("wrong secret", id_["good"]),
        f"clk_000000000000_{SECRET}": ("unknown key", "000000000000"),
        keys["old"]: ("expired key", id_["old"]),
        keys["gone"]: ("revoked key", id_["gone"]),
        f"clk_{SECRET}": ("malformed key", None),
        token(sub=SECRET): ("expired", None),
        token(OTHER_RSA, sub=SECRET, exp=late): ("InvalidSignatureError", None),
        token(sub="gone", exp=late): ("its name is an API key's", None),
        token(kid=SECRET, sub=SECRET): ("no key of the provider has this id", None),
        SECRET: ("malformed", None),
    }
    assert {ask(asked, credentials) for credentials in sent} == {401}
    found = logged(store)
    assert [(said.reason, said.key) for _, said in found] == list(sent.values())
    assert {(row.subject, said.did, said.address, said.count) for row, said in found} == {
        ("credentials", "refused", "127.0.0.1", 1)
    }
    secrets = [SECRET, claims()["sub"], *(key.split("_", 2)[2] for key in keys.values())]
    text = json.dumps([row.after for row, _ in found])
    assert not [secret for secret in secrets if secret in text]
    assert of_store(store).whole


def test_a_token_of_somebody_whose_name_is_that_of_a_key_is_refused_while_others_are_not(
    asked: Application,
) -> None:
    late = int((utc_now() + timedelta(hours=1)).timestamp())
    named = {
        name: ask(asked, token(sub=name, exp=late, roles=["auditor"]))
        for name in ("good", "old", "gone", "ann")
    }
    assert named == {"good": 401, "old": 401, "gone": 401, "ann": 200}


def test_what_a_role_or_facilities_do_not_suffice_for_is_told_with_who_asked(
    asked: Application, store: Store, keys: dict[str, str]
) -> None:
    key, limited = make_key("limited", frozenset({"auditor"}), frozenset({"1234567893"}), at=utc_now())
    AccessStore.of(store).add(limited)
    client = AsgiClient(asked.asgi)
    for given, method, path in (
        (keys["good"], "POST", "/v1/postings/batches"),
        (keys["good"], "GET", "/worklist"),
        (key, "GET", "/v1/audit"),
        (key, "GET", "/monitor"),
    ):
        assert client.send(method, path, headers={"X-API-Key": given}).status_code == 403
    assert client.get("/v1/audit").status_code == 401
    asked.start()
    asked.finish()
    rows = AuditStore.of(store).page(LogFilter(action="access", subject="request"), limit=100)
    said = [(row.actor, msgspec.json.decode(row.after or "", type=Said)) for row in reversed(rows)]
    assert said == [
        ("good", Said("refused", "role", "127.0.0.1", 1)),
        ("limited", Said("refused", "facilities", "127.0.0.1", 1)),
        ("good", Said("refused", "role", "127.0.0.1", 1)),
        ("limited", Said("refused", "facilities", "127.0.0.1", 1)),
    ]
    assert of_store(store).whole


def test_bad_credentials_without_end_leave_room_for_who_is_known(counter: Counter) -> None:
    for number in range(2 * MOST):
        counter.refuse(address=f"10.0.0.{number}")
    known = Refused("request", "role", "10.0.0.1", "ann")
    asyncio.run(counter.refusals.note(known))
    rows = AuditStore.of(counter.store).page(LogFilter(actor="ann"), limit=100)
    assert [row.subject for row in rows] == ["request"]


def test_who_sends_bad_credentials_without_end_leaves_one_entry_and_the_count_at_the_end(
    asked: Application, store: Store, keys: dict[str, str]
) -> None:
    statuses = [ask(asked, f"clk_000000000000_{SECRET}") for _ in range(60)]
    assert (statuses.count(401), statuses.count(429)) == (20, 40)
    assert [said.count for _, said in logged(store)] == [1]
    assert ask(asked, keys["good"]) == 200
    asked.start()
    asked.finish()
    assert [said.count for _, said in logged(store)] == [1, 59]


def test_text_that_a_caller_gives_for_its_address_is_neither_logged_nor_counted_by(
    asked: Application, store: Store
) -> None:
    """As a server has it that believes a proxy on its machine."""
    behind = ProxyHeadersMiddleware(cast("Any", asked.asgi), trusted_hosts="127.0.0.1")
    client = AsgiClient(cast("Any", behind))
    given = [f"Jane Doe {number}" for number in range(21)] + [
        "fe80::1%Jane Doe",
        "2001:DB8:0::7",
        "192.0.2.7:4711",
    ]
    statuses = [
        client.get("/v1/items", headers={"X-Forwarded-For": one, "X-API-Key": SECRET}).status_code
        for one in given
    ]
    assert statuses == [401] * 20 + [429] + [401] * 3
    assert [said.address for _, said in logged(store)] == ["unknown", "fe80::1", "2001:db8::7", "192.0.2.7"]


def test_within_a_minute_they_are_counted_and_the_next_entry_says_how_many(counter: Counter) -> None:
    counter.refuse(500)
    counter.now = 59.9
    counter.refuse(7)
    assert [said.count for said in counter.logged()] == [1]
    counter.now = 60.0
    counter.refuse()
    assert [said.count for said in counter.logged()] == [1, 507]


def test_what_was_counted_is_written_though_no_other_refusal_follows(counter: Counter) -> None:
    counter.refuse(3)
    counter.refusals.write()
    assert [said.count for said in counter.logged()] == [1], "its minute goes on"
    counter.now = 61.0
    counter.refusals.write()
    counter.refusals.write()
    assert [said.count for said in counter.logged()] == [1, 2]


def test_reasons_and_addresses_are_counted_apart(counter: Counter) -> None:
    for reason, address in (("expired", "a"), ("malformed", "a"), ("expired", "b")):
        counter.refuse(2, reason=reason, address=address)
    assert [(said.reason, said.address) for said in counter.logged()] == [
        ("expired", "a"), ("malformed", "a"), ("expired", "b"),
    ]  # fmt: skip


def test_from_any_number_of_addresses_a_bounded_number_of_entries_comes_a_minute(counter: Counter) -> None:
    for minute in range(3):
        counter.now = minute * 60.0
        for number in range(300):
            counter.refuse(address=f"10.{minute}.{number // 250}.{number % 250}")
        counter.refusals.write()
        assert len(counter.logged()) <= (minute + 1) * (MOST + 2)
    counter.refusals.write(early=True)
    said = counter.logged()
    assert sum(one.count for one in said) == 900, "none is lost"
    assert OTHERS in {one.address for one in said}


def test_where_the_log_cannot_be_written_they_stay_counted_and_are_refused(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object) -> None:
        raise StoreError("the store cannot be used now")

    with monkeypatch.context() as broken:
        broken.setattr(AccessStore, "note_refusals", fails)
        counter.refuse(4)
        with pytest.raises(StoreError):
            counter.refusals.write(early=True)
    assert "not yet in the audit log" in caplog.text
    counter.refusals.write(early=True)
    assert [said.count for said in counter.logged()] == [4]


def test_a_running_one_writes_by_itself_and_leaves_nothing_running(
    store: Store, wait_for: Callable[[Callable[[], bool]], None]
) -> None:
    refusals = Refusals(AccessStore.of(store), every=0.05)
    refusals.start()

    async def refuse() -> None:
        for _ in range(3):
            await refusals.note(Refused("sign-in", "unknown key", "a"))

    asyncio.run(refuse())
    wait_for(lambda: sum(said.count for _, said in logged(store)) == 3)
    refusals.close()
    assert {row.subject for row, _ in logged(store)} == {"sign-in"}
