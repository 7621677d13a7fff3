"""Traces as a collector gets them from the running service, and what stands in them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from sqlalchemy import make_url

from features.errors import BadInputError
from serving import instance
from serving.demo.server import wait_until_ready
from serving.store.store import Store
from serving.telemetry import exporting, spans, starting
from tests.serving.outbox.desk import OutboxDesk, settings_for
from tests.serving.test_service import free_port
from tests.support.asgi_client import AsgiClient
from tests.support.otlp_receiver import Collector, attributes, collecting
from tests.support.receiver import receiving
from tests.support.small_x12 import professional

ROOT = Path(__file__).parent.parent.parent.parent
CALLER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
UNSAMPLED = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"


@pytest.fixture
def exported() -> Iterator[InMemorySpanExporter]:
    """What is exported while a test runs."""
    kept = InMemorySpanExporter()
    tracing = exporting.Tracing(SimpleSpanProcessor(kept))
    spans.use(tracing)
    yield kept
    spans.use(None)
    tracing.close()


def named(found: Sequence[ReadableSpan], name: str) -> ReadableSpan:
    (span,) = [one for one in found if one.name == name]
    return span


def test_a_request_is_a_step_of_its_callers_trace_and_all_that_it_does_is_below_it(
    client: AsgiClient, exported: InMemorySpanExporter
) -> None:
    answer = client.get("/v1/items/nothing", headers={"traceparent": CALLER})
    _, trace_id, span_id, flags = answer.headers["traceparent"].split("-")
    found = exported.get_finished_spans()
    asked = named(found, "GET /v1/items/{id}")
    context = asked.get_span_context()
    assert context is not None
    assert (f"{context.trace_id:032x}", f"{context.span_id:016x}", flags) == (trace_id, span_id, "01")
    assert asked.parent is not None
    assert f"{asked.parent.span_id:016x}" == "00f067aa0ba902b7"
    assert asked.attributes is not None
    assert asked.attributes["http.response.status_code"] == 404
    assert "nothing" not in str(asked.attributes["http.route"])
    pool = named(found, "reading Queue._shown")
    read = next(
        one for one in found if one.name == "store read" and one.status.status_code is StatusCode.ERROR
    )
    assert pool.parent is not None
    assert read.parent is not None
    assert pool.parent.span_id == context.span_id
    assert pool.context is not None
    assert read.parent.span_id == pool.context.span_id
    assert pool.attributes is not None
    assert pool.attributes["error.type"] == "NotFoundError"
    assert {one.context.trace_id for one in found if one.context} == {context.trace_id}


def test_what_its_caller_does_not_record_is_not_recorded(
    client: AsgiClient, exported: InMemorySpanExporter
) -> None:
    answer = client.get("/v1/items", headers={"traceparent": UNSAMPLED})
    assert answer.headers["traceparent"].endswith("-00")
    assert exported.get_finished_spans() == ()


def test_without_a_caller_a_trace_begins_here(client: AsgiClient, exported: InMemorySpanExporter) -> None:
    answers = [client.get("/v1/items").headers["traceparent"].split("-") for _ in range(2)]
    asked = [one for one in exported.get_finished_spans() if one.name == "GET /v1/items"]
    assert [one.parent for one in asked] == [None, None]
    assert [f"{one.context.trace_id:032x}" for one in asked if one.context] == [one[1] for one in answers]
    assert answers[0][1] != answers[1][1]
    assert {one[3] for one in answers} == {"01"}


def test_a_path_that_callers_make_up_names_no_span(
    client: AsgiClient, exported: InMemorySpanExporter
) -> None:
    client.get("/v1/JANE-DOE?name=JANE")
    client.send("JANE", "/v1/items")
    assert "JANE" not in "".join(one.to_json() for one in exported.get_finished_spans())
    assert len(exported.get_finished_spans()) >= 2


def test_a_delivery_says_what_it_came_to_and_not_where_it_went(
    store: Store, exported: InMemorySpanExporter
) -> None:
    with receiving() as receiver:
        desk = OutboxDesk(store, settings_for(receiver.address))
        desk.tell("batch1", 7)
        assert desk.dispatcher.once() == 1
    desk.tell("batch2", 8)
    desk.dispatcher.once()  # nobody listens any more
    sent, failed = [one for one in exported.get_finished_spans() if one.name == "event delivery"]
    assert sent.kind is SpanKind.CLIENT
    assert sent.attributes == {"http.request.method": "POST", "http.response.status_code": 204}
    assert failed.attributes == {"http.request.method": "POST", "error.type": "no-connection"}
    assert "127.0.0.1" not in sent.to_json() + failed.to_json()


def test_without_an_endpoint_nothing_is_loaded(client: AsgiClient) -> None:
    starting.start({})()
    assert spans._tracing is None
    assert spans.span("a", {}) is spans.span("b", {})
    assert client.get("/v1/items").headers["traceparent"].endswith("-00")


def test_without_the_exporter_the_service_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with pytest.raises(BadInputError, match=r"clearlane\[telemetry\]"):
        starting.start({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"})


def test_a_protocol_that_is_not_spoken_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
    with pytest.raises(BadInputError, match="over HTTP alone"):
        starting.start({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"})


def test_the_running_service_sends_its_traces_to_a_collector(tmp_path: Path, default_url: str) -> None:
    with collecting() as collector, served(tmp_path, collector, default_url) as address:
        answer = httpx.post(
            f"{address}/v1/files?name=JANE.837", content=professional(), headers={"traceparent": CALLER}
        )
        assert answer.status_code == 201, answer.text
        trace, step = (bytes.fromhex(part) for part in answer.headers["traceparent"].split("-")[1:3])
        (asked,) = collector.wait_for(lambda one: one.name == "POST /v1/files")
        assert (asked.trace_id, asked.span_id) == (trace, step)
        assert asked.parent_span_id == bytes.fromhex("00f067aa0ba902b7")
        assert asked.kind == Span.SPAN_KIND_SERVER
        said = {"http.request.method": "POST", "http.route": "/v1/files", "http.response.status_code": 201}
        assert attributes(asked) == said
        (write,) = collector.wait_for(lambda one: one.name == "store write" and one.trace_id == trace)
        assert attributes(write) == {"db.system.name": make_url(default_url).get_backend_name()}
        pools = {attributes(one).get("clearlane.pool") for one in collector.spans if one.trace_id == trace}
        assert "taking-small" in pools
        httpx.get(f"{address}/v1/items")
    assert [one for one in collector.spans if one.name == "GET /v1/items"], (
        "the last ones are sent at the end"
    )
    assert collector.resources[0]["service.name"] == "clearlane"
    sent = b"".join(collector.bodies)
    for word in (b"DOE", b"JANE", b"W123456789", b"A-1001"):
        assert word not in sent


class served:  # noqa: N801 - a context
    """The service, started with the collector's address; its own address."""

    def __init__(self, home: Path, collector: Collector, url: str) -> None:
        self.port, token = free_port(), instance.new_token()
        plain = {
            name: value for name, value in os.environ.items() if not name.startswith(("CLEARLANE", "OTEL"))
        }
        environment = {
            **plain,
            "CLEARLANE_HOME": str(home),
            "CLEARLANE_DATABASE_URL": url,
            "CLEARLANE_MODELS": str(home / "none"),
            "CLEARLANE_WITHOUT_MODELS": "1",
            "BENTOML_DO_NOT_TRACK": "True",
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.address,
            "OTEL_BSP_SCHEDULE_DELAY": "300",
            instance.VARIABLE: token,
        }
        command = [sys.executable, "-m", "serving", "serve", "--without-models", "--port", str(self.port)]
        self.log, self.token = home / "service.log", token
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)

    def __enter__(self) -> str:
        address = f"http://127.0.0.1:{self.port}"
        wait_until_ready(address, self.token, self.process, self.log, 120)
        return address

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=60)
