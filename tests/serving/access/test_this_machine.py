"""While nobody is asked who they are, only this machine is answered: neither another one nor a proxy on this one."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from serving.access.settings import AccessError, AccessSettings
from serving.access.this_machine import FORWARDING
from serving.application import Application, build
from serving.champions import Champions
from serving.store.store import Store
from tests.support.asgi_client import AsgiClient

THERE = "203.0.113.9"


@pytest.fixture
def open_here(store: Store, champions: Champions) -> Iterator[Application]:
    """An application that asks nobody, as a service without a key does."""
    built = build(store, champions, access=AccessSettings(), listening=["127.0.0.1"])
    yield built
    built.close()


def ask(application: Application, path: str, *, at: str = "127.0.0.1", **headers: str) -> httpx.Response:
    async def received(scope: Scope, receive: Receive, send: Send) -> None:
        await application.asgi({**scope, "server": (at, 3000)}, receive, send)

    return AsgiClient(received).get(path, headers={"Host": "localhost", **headers})


@pytest.mark.parametrize("path", ["/v1/items", "/", "/items/x", "/metrics"])
def test_this_machine_is_answered(open_here: Application, path: str) -> None:
    assert ask(open_here, path).status_code in (200, 404)


@pytest.mark.parametrize("path", ["/v1/items", "/metrics"])
def test_a_request_that_came_in_at_another_address_is_refused(open_here: Application, path: str) -> None:
    answer = ask(open_here, path, at="192.0.2.7")
    assert (answer.status_code, answer.json()["code"]) == (403, "access-not-set-up")


@pytest.mark.parametrize("name", FORWARDING)
def test_what_a_proxy_passes_on_is_refused_and_told_what_to_do(open_here: Application, name: str) -> None:
    answer = ask(open_here, "/v1/items", **{name: THERE})
    assert (answer.status_code, answer.json()["code"]) == (403, "access-not-set-up")
    assert answer.headers["content-type"] == "application/problem+json"
    assert "proxy" in answer.json()["detail"]
    assert "access add-key" in answer.json()["detail"]
    assert THERE not in answer.text


@pytest.mark.parametrize("path", ["/", "/items/x", "/nowhere", "/static/pages.css"])
def test_at_the_pages_it_is_a_page_that_leads_nowhere_else(open_here: Application, path: str) -> None:
    for at, more in (("127.0.0.1", {"X-Forwarded-For": THERE}), ("192.0.2.7", {})):
        answer = ask(open_here, path, at=at, **more)
        assert answer.status_code == 403
        assert answer.headers["content-type"].startswith("text/html")
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "access add-key" in answer.text
        assert "Worklist" not in answer.text


def test_it_is_not_built_with_the_name_of_a_proxy(store: Store, champions: Champions) -> None:
    with pytest.raises(AccessError, match=r"clearlane\.example\.org"):
        build(store, champions, access=AccessSettings(), hosts=["clearlane.example.org"])
