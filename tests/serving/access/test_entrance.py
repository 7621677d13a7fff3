"""Who comes in: by a key, and where nobody is asked, this machine alone."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import Receive, Scope, Send

from features.errors import BadInputError
from serving.access.actor import ANONYMOUS, Actor, acting_as
from serving.access.entrance import refuse_call
from serving.access.keys import make_key
from serving.access.limits import Buckets
from serving.access.permits import addresses, guard_routes
from serving.access.rules import RULES, TABLE, read
from serving.access.settings import AccessError, AccessSettings, is_asked_for
from serving.application import Application, build
from serving.champions import Champions
from serving.clock import utc_now
from serving.store.access import AccessStore
from serving.store.store import Store
from tests.serving.conftest import NOW
from tests.support.asgi_client import AsgiClient
from tests.support.small_x12 import professional

ASKED = AccessSettings("on")


def add(store: Store, name: str, *roles: str, days: int = 1) -> str:
    expires = utc_now() + timedelta(days=days)
    key, kept = make_key(name, frozenset(roles), None, at=utc_now(), expires_at=expires)
    AccessStore.of(store).add(kept)
    return key


@pytest.fixture
def engine(store: Store) -> str:
    return add(store, "engine", "engine")


@pytest.fixture
def asked(store: Store, champions: Champions, engine: str) -> Iterator[Application]:
    """An application that asks everyone who they are, and knows one key."""
    assert engine
    built = build(store, champions, clock=lambda: NOW, access=ASKED, listening=["0.0.0.0"])  # noqa: S104
    yield built
    built.close()


def get(application: Application, path: str = "/v1/items", **headers: str) -> httpx.Response:
    return AsgiClient(application.asgi).get(
        path, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )


def test_a_key_comes_in_either_header(asked: Application, engine: str) -> None:
    assert get(asked, Authorization=f"Bearer {engine}").status_code == 200
    assert get(asked, authorization=f"bearer  {engine}").status_code == 200
    assert get(asked, X_API_Key=engine).status_code == 200


def test_without_credentials_every_call_is_refused_with_a_challenge(asked: Application) -> None:
    answer = get(asked)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"] == 'Bearer realm="clearlane"'
    assert answer.headers["content-type"] == "application/problem+json"


def test_unknown_wrong_expired_and_revoked_keys_are_refused_alike(
    store: Store, champions: Champions, engine: str
) -> None:
    expired, revoked = add(store, "old", "engine", days=-1), add(store, "gone", "engine")
    AccessStore.of(store).revoke("gone", utc_now())
    built = build(store, champions, access=ASKED)
    bad = (
        engine[:-1] + ("A" if engine[-1] != "A" else "B"),
        "clk_000000000000_" + "x" * 43,
        expired,
        revoked,
    )
    answers = [get(built, Authorization=f"Bearer {key}") for key in bad]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1
    assert 'error="invalid_token"' in answers[0].headers["www-authenticate"]
    built.close()


@pytest.mark.parametrize(
    "given",
    ["", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "Bearer x", "Bearer " + "x" * 100_000, "clk_", "\x7f"],
)
def test_what_are_no_credentials_is_refused(asked: Application, given: str) -> None:
    assert get(asked, Authorization=given).status_code == 401


def test_two_sets_of_credentials_are_refused_though_both_are_good(asked: Application, engine: str) -> None:
    assert get(asked, Authorization=f"Bearer {engine}", X_API_Key=engine).status_code == 401


def test_bad_credentials_are_refused_at_open_addresses_too(asked: Application) -> None:
    assert get(asked, "/static/pages.css").status_code == 200
    assert get(asked, "/static/pages.css", Authorization="Bearer x").status_code == 401


def test_after_many_bad_credentials_an_address_waits_and_good_ones_still_come_in(
    asked: Application, engine: str
) -> None:
    answers = [get(asked, Authorization="Bearer x") for _ in range(30)]
    assert [answer.status_code for answer in answers] == [401] * 20 + [429] * 10
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert get(asked, Authorization=f"Bearer {engine}").status_code == 200


def test_an_actor_that_asks_too_often_waits_and_others_do_not(
    store: Store, champions: Champions, engine: str
) -> None:
    other = add(store, "other", "engine")
    built = build(store, champions, access=AccessSettings("on", rate=2.0))
    answers = [get(built, X_API_Key=engine) for _ in range(6)]
    assert [answer.status_code for answer in answers][:4] == [200] * 4
    assert answers[5].status_code == 429
    assert answers[5].headers["retry-after"] == "1"
    assert get(built, X_API_Key=other).status_code == 200
    built.close()


def test_an_idempotency_key_is_one_actors_own(asked: Application, engine: str, store: Store) -> None:
    def send(key: str) -> httpx.Response:
        headers = {"X-API-Key": key, "Idempotency-Key": "5f0c-1"}
        return AsgiClient(asked.asgi).send(
            "POST", "/v1/files?name=a.837", content=professional(), headers=headers
        )

    other = add(store, "other-engine", "engine")
    answers = [send(key) for key in (engine, other, engine, other)]
    assert [answer.status_code for answer in answers] == [201, 200, 201, 200]
    assert ["idempotency-replayed" in answer.headers for answer in answers] == [False, False, True, True]


def test_a_role_that_does_not_suffice_is_refused(asked: Application, engine: str) -> None:
    answer = get(asked, "/v1/monitor", X_API_Key=engine)
    assert (answer.status_code, answer.json()["code"]) == (403, "not-permitted")
    page = get(asked, "/", X_API_Key=engine)
    assert page.status_code == 403
    assert "This is not for you" in page.text


def test_a_revoked_key_is_refused_once_the_keys_are_read_again(
    asked: Application, engine: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert get(asked, X_API_Key=engine).status_code == 200
    AccessStore.of(store).revoke("engine", utc_now())
    monkeypatch.setattr("serving.access.key_ring.FRESH_SECONDS", -1.0)
    assert get(asked, X_API_Key=engine).status_code == 401


def test_the_day_of_the_last_use_is_noted(
    asked: Application, engine: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serving.access.key_ring.FRESH_SECONDS", -1.0)
    for _ in range(2):
        get(asked, X_API_Key=engine)
    (key,) = AccessStore.of(store).every_key()
    assert key.last_used == utc_now().date()


def test_every_route_has_its_row_and_every_row_its_route(asked: Application) -> None:
    assert sorted(asked.addresses) == sorted(RULES)


def test_a_route_without_a_row_is_refused_to_all_roles_at_once() -> None:
    async def answer(_: Request) -> Response:
        return Response("reached")

    routes = [Route("/v1/forgotten", answer), Route("/v1/items", answer, methods=["PUT"])]
    guard_routes(routes, refuse_call)
    app = Router(routes=routes)
    everything = Actor("root", ANONYMOUS.roles)

    async def asked_by(scope: Scope, receive: Receive, send: Send) -> None:
        with acting_as(everything):
            await app(scope, receive, send)

    client = AsgiClient(asked_by)
    assert client.get("/v1/forgotten").status_code == 403
    assert client.send("PUT", "/v1/items").status_code == 403
    assert addresses(routes) == [("GET", "/v1/forgotten"), ("PUT", "/v1/items")]


@pytest.mark.parametrize(
    "path",
    ["/v1/items%0A", "/v1/items/", "//v1/items", "/v1/./items", "/V1/items", "/v1/items%00", "/%76%31/items"],
)
def test_no_spelling_of_an_address_gets_around_its_row(asked: Application, path: str) -> None:
    assert get(asked, path).status_code in (401, 404)


def test_a_method_in_disguise_is_still_asked_who_it_is(asked: Application) -> None:
    client = AsgiClient(asked.asgi)
    assert client.send("HEAD", "/v1/items").status_code == 401
    disguised = client.send("POST", "/v1/items", headers={"X-HTTP-Method-Override": "GET"})
    assert disguised.status_code == 405


@pytest.mark.parametrize(
    "line",
    [
        "GET /x yes - - - - items",
        "GET /v1/items - - - - - - items",
        "GET /x no - - - - - items",
        "GET /x - - - - - - some",
    ],
)
def test_a_table_that_is_not_in_order_is_refused(line: str) -> None:
    assert ("GET", "/x") in read(TABLE + "GET /x yes - - - - - items")
    with pytest.raises(ValueError, match=r"order|unknown"):
        read(TABLE + line)


class TestWhetherItMayStart:
    """Open to other machines without asking anyone is not a way to start."""

    def test_on_loopback_nobody_is_asked_until_there_is_a_key(self) -> None:
        assert not is_asked_for(AccessSettings(), [], ["127.0.0.1", "::1"])
        key = make_key("a", frozenset({"engine"}), None, at=NOW)[1]
        assert is_asked_for(AccessSettings(), [key], ["127.0.0.1"])

    @pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "", "example.invalid"])  # noqa: S104
    @pytest.mark.parametrize("mode", ["auto", "off"])
    def test_at_another_address_it_refuses_to_start_without_a_key(self, host: str, mode: str) -> None:
        settings = AccessSettings.from_environment({"CLEARLANE_ACCESS": "" if mode == "auto" else mode})
        with pytest.raises(AccessError, match="access add-key"):
            is_asked_for(settings, [], [host])

    def test_off_is_refused_there_even_with_keys(self) -> None:
        key = make_key("a", frozenset({"engine"}), None, at=NOW)[1]
        with pytest.raises(AccessError, match="loopback"):
            is_asked_for(AccessSettings("off"), [key], ["0.0.0.0"])  # noqa: S104
        assert is_asked_for(AccessSettings(), [key], ["0.0.0.0"])  # noqa: S104

    def test_on_without_any_way_in_is_refused(self) -> None:
        with pytest.raises(AccessError, match="neither"):
            is_asked_for(AccessSettings("on"), [], ["127.0.0.1"])

    @pytest.mark.parametrize("name", ["clearlane.example.org", "192.0.2.7", "localhost.example.org"])
    def test_by_a_name_that_is_not_this_machines_own_it_refuses_to_start_without_a_key(
        self, name: str
    ) -> None:
        for mode in ("", "off"):
            settings = AccessSettings.from_environment({"CLEARLANE_ACCESS": mode})
            with pytest.raises(AccessError, match=f"CLEARLANE_HOSTS={name}.*access add-key"):
                is_asked_for(settings, [], ["127.0.0.1"], ["localhost", name])
        key = make_key("a", frozenset({"engine"}), None, at=NOW)[1]
        assert is_asked_for(AccessSettings(), [key], ["127.0.0.1"], [name])

    @pytest.mark.parametrize("name", ["localhost", "clearlane.localhost:3000", "127.0.0.1", "[::1]:3000"])
    def test_this_machines_own_names_change_nothing(self, name: str) -> None:
        for mode in ("", "off"):
            settings = AccessSettings.from_environment({"CLEARLANE_ACCESS": mode})
            assert not is_asked_for(settings, [], ["127.0.0.1"], [name])

    def test_a_name_that_leads_to_a_loopback_address_here_is_not_this_machines_own(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.1.1", 0))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_: found)
        with pytest.raises(AccessError, match="add-key"):
            is_asked_for(AccessSettings(), [], ["127.0.0.1"], ["clearlane.example.org"])

    @pytest.mark.parametrize(
        "given",
        [
            {"CLEARLANE_ACCESS": "yes"},
            {"CLEARLANE_RATE_LIMIT": "0"},
            {"CLEARLANE_RATE_LIMIT": "nan"},
            {"CLEARLANE_JWKS": "keys.json"},
            {
                "CLEARLANE_JWKS": "http://idp.example/keys",
                "CLEARLANE_JWT_ISSUER": "i",
                "CLEARLANE_JWT_AUDIENCE": "a",
            },
        ],
    )
    def test_settings_that_mean_nothing_are_refused(self, given: dict[str, str]) -> None:
        with pytest.raises(BadInputError):
            AccessSettings.from_environment(given)


class TestBuckets:
    """Tokens by name."""

    def test_a_burst_is_taken_at_once_and_the_rest_as_time_passes(self) -> None:
        now = [0.0]
        buckets = Buckets(rate=2.0, burst=3.0, clock=lambda: now[0])
        assert [buckets.take("a") for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]
        now[0] = 0.5
        assert [buckets.take("a"), buckets.take("a")] == [0.0, 0.5]
        now[0] = 100.0
        assert [buckets.take("a") for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]

    def test_names_that_callers_make_up_do_not_fill_the_memory(self) -> None:
        buckets = Buckets(rate=1.0, burst=1.0, most=100)
        for number in range(10_000):
            buckets.take(str(number))
        assert len(buckets) == 100


def test_nobody_is_asked_by_default(application: Application) -> None:
    assert AsgiClient(application.asgi).get("/v1/items").status_code == 200
