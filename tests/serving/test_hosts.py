"""The service answers to its own names: a page that points its name to this machine reads nothing."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from features.settings import Settings
from serving.application import Application, build
from serving.champions import Champions
from serving.store.store import Store
from tests.support.asgi_client import AsgiClient

LOOPBACK, OUTSIDE = "127.0.0.1", "192.0.2.7"


@pytest.fixture
def behind_a_proxy(store: Store, champions: Champions) -> Iterator[Application]:
    """The application that is reached as clearlane.example.org."""
    built = build(store, champions, hosts=("Clearlane.example.org", "other.example.org"))
    yield built
    built.close()


def ask(
    application: Application, host: str, *, at: str | None = LOOPBACK, path: str = "/v1/items"
) -> httpx.Response:
    """The answer to a request for ``host`` that came in at an address of this machine."""

    async def received(scope: Scope, receive: Receive, send: Send) -> None:
        server = None if at is None else (at, 3000)
        await application.asgi({**scope, "server": server}, receive, send)

    return AsgiClient(received).get(path, headers={"Host": host})


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:3000", "127.0.0.1:8080", "[::1]:3000", "[::1]"])
@pytest.mark.parametrize("at", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_this_machines_own_names_are_answered_on_any_port(
    application: Application, host: str, at: str
) -> None:
    assert ask(application, host, at=at).status_code == 200


@pytest.mark.parametrize(
    "host", ["attacker.example", "localhost.attacker.example", "127.0.0.1.attacker.example:3000", "192.0.2.7"]
)
@pytest.mark.parametrize("path", ["/", "/v1/items", "/v1/denial-risk", "/items/x"])
def test_a_name_pointed_to_this_machine_is_refused_and_told_what_to_set(
    application: Application, host: str, path: str
) -> None:
    answer = ask(application, host, path=path)
    assert (answer.status_code, answer.headers["content-type"]) == (421, "application/problem+json")
    assert answer.json()["code"] == "unknown-host"
    assert "CLEARLANE_HOSTS" in answer.json()["detail"]
    assert "attacker" not in answer.text


def test_where_the_address_is_not_known_another_name_is_refused(application: Application) -> None:
    assert ask(application, "attacker.example", at=None).status_code == 421
    assert ask(application, "localhost", at=None).status_code == 200


def test_metrics_are_read_by_whatever_name(application: Application) -> None:
    assert ask(application, "192.0.2.7:3000", path="/metrics").status_code == 200


def test_at_another_address_any_name_is_answered_unless_names_are_set(
    application: Application, behind_a_proxy: Application
) -> None:
    assert ask(application, "clearlane.example.net", at=OUTSIDE).status_code == 200
    assert ask(behind_a_proxy, "clearlane.example.net", at=OUTSIDE).status_code == 421


@pytest.mark.parametrize("at", [LOOPBACK, OUTSIDE])
@pytest.mark.parametrize("host", ["clearlane.example.org", "other.example.org:443", "localhost:3000"])
def test_the_names_that_are_set_are_answered_beside_this_machines_own(
    behind_a_proxy: Application, host: str, at: str
) -> None:
    assert ask(behind_a_proxy, host, at=at).status_code == 200


def test_the_setting_is_a_list_with_commas() -> None:
    given = {"CLEARLANE_HOSTS": " a.example.org, b.example.org ,"}
    assert Settings.from_environment(given).hosts == ("a.example.org", "b.example.org")
    assert Settings.from_environment({}).hosts == ()
