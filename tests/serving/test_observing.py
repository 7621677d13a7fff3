"""What the access log and the metrics say of a request: what was sent, by its route."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import prometheus_client
import pytest
from starlette.types import Receive, Scope, Send

from serving.application import Application
from serving.metrics import metrics
from tests.support.asgi_client import AsgiClient
from tests.support.small_x12 import BilledClaim, professional

PLANTED = "ZEBEDEE"


@pytest.fixture
def client(application: Application) -> AsgiClient:
    """A client of the application mounted in another one, as BentoML mounts it."""

    async def mounted(scope: Scope, receive: Receive, send: Send) -> None:
        await application.asgi({**scope, "app": object()}, receive, send)

    return AsgiClient(mounted)


@pytest.fixture
def access_log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level("INFO", logger="clearlane.access")
    return caplog


def logged(access_log: pytest.LogCaptureFixture) -> list[str]:
    """The access log's lines without their times and traces."""
    lines = [record.getMessage() for record in access_log.records if record.name == "clearlane.access"]
    return [re.sub(r" [\d.]+ ms trace=[0-9a-f]{32}$", "", line) for line in lines]


def counted(client: AsgiClient, method: str, route: str, status: int) -> float:
    """How many such requests the metrics count."""
    line = f'clearlane_requests_total{{method="{method}",route="{route}",status="{status}"}} '
    found = [one for one in client.get("/metrics").text.splitlines() if one.startswith(line)]
    return float(found[0].removeprefix(line)) if found else 0.0


def items_counted(client: AsgiClient) -> float:
    """How many items of files the metrics count, of all kinds and lanes."""
    lines = client.get("/metrics").text.splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith("clearlane_items_total{"))


def test_items_are_counted_once_they_are_stored_and_a_file_that_comes_again_counts_none(
    client: AsgiClient,
) -> None:
    before = items_counted(client)
    first = client.post_file(professional((BilledClaim(), BilledClaim("A-2")))).json()
    assert first["counts"]["items"] == 2
    assert client.post_file(professional((BilledClaim(), BilledClaim("A-2")))).json()["already_taken"]
    assert items_counted(client) == before + 2


@pytest.mark.parametrize(
    ("method", "path"), [("DELETE", "/v1/items"), ("GET", "/v1/denial-risk"), ("POST", "/livez")]
)
def test_a_wrong_method_is_logged_and_counted_as_the_405_that_was_sent(
    client: AsgiClient, access_log: pytest.LogCaptureFixture, method: str, path: str
) -> None:
    before = counted(client, method, path, 405)
    access_log.clear()
    assert client.send(method, path).status_code == 405
    assert logged(access_log) == [f"{method} {path} 405"]
    assert counted(client, method, path, 405) == before + 1


def test_an_error_of_ours_is_logged_as_the_500_that_was_sent(
    application: Application,
    client: AsgiClient,
    access_log: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ValueError(PLANTED)

    monkeypatch.setattr(application.store, "page", fail)
    assert client.get("/v1/items").status_code == 500
    assert logged(access_log) == ["GET /v1/items 500"]


@pytest.mark.parametrize(
    ("method", "path", "line"),
    [
        ("GET", "/?lane=review", "GET / 200"),
        ("GET", f"/items/{PLANTED}", "GET /items/{id} 404"),
        ("POST", f"/items/{PLANTED}/decision", "POST /items/{id}/decision 403"),
        ("GET", "/static/pages.css", "GET /static/{file} 200"),
        ("GET", f"/static/{PLANTED}", "GET /static/{file} 404"),
        ("GET", f"/{PLANTED}", "GET (no route) 404"),
        ("GET", f"/v1/{PLANTED}?name={PLANTED}", "GET (no route) 404"),
        ("GET", f"/v1/items/{PLANTED}", "GET /v1/items/{id} 404"),
        (PLANTED, "/v1/items", "other /v1/items 405"),
    ],
)
def test_a_request_is_logged_by_its_route_and_by_nothing_that_a_caller_makes_up(
    client: AsgiClient, access_log: pytest.LogCaptureFixture, method: str, path: str, line: str
) -> None:
    client.send(method, path)
    assert logged(access_log) == [line]


def test_the_next_item_of_the_list_is_logged_without_its_id(
    client: AsgiClient, access_log: pytest.LogCaptureFixture
) -> None:
    client.post_file(professional())
    (row,) = client.get("/v1/items?status=all").json()["rows"]
    access_log.clear()
    client.get(f"/next?after={row['id']}")
    assert logged(access_log) == ["GET /next 303"]


def test_the_page_on_operations_names_every_metric_of_ours_and_no_other() -> None:
    page = (Path(__file__).parent.parent.parent / "docs" / "operations.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"^\| `(clearlane_\w+?)(?:_total)?` \|", page, re.MULTILINE))
    metrics()
    ours = {
        found.name for found in prometheus_client.REGISTRY.collect() if found.name.startswith("clearlane_")
    }
    assert shown == ours


def test_many_threads_that_ask_first_get_the_same_metrics() -> None:
    """In a process of its own, where nobody has asked yet: a name that is registered twice is an error."""
    program = """
import threading
from serving.metrics import metrics
together, found = threading.Barrier(16), []
def ask():
    together.wait()
    found.append(metrics())
threads = [threading.Thread(target=ask) for _ in range(16)]
[one.start() for one in threads]
[one.join() for one in threads]
assert len(found) == 16 and len(set(map(id, found))) == 1, len(found)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Exception" not in done.stderr
