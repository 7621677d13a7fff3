"""A canary in what is sent, and a client that looks for it wherever it must not be."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind
from sqlalchemy import select

from serving.application import Application
from serving.json_lines import JsonLines
from serving.metrics import exposition
from serving.store.audit import audit_log
from serving.store.idempotency import idempotency_keys
from serving.store.jobs import jobs
from serving.store.outbox import outbox
from serving.store.store import Store
from serving.telemetry import spans
from serving.telemetry.exporting import Tracing
from tests.support.asgi_client import AsgiClient

CANARY = "ZQXBIRD7"
LINKS = re.compile(r'(?:href|action|src|content)="([^"]*)"')
Watch = Callable[..., httpx.Response]
WITHOUT_PATIENTS = (
    audit_log,
    idempotency_keys,
    outbox,
)
OF_A_PATIENT = ("name", "body")  # of a job: docs/store.md


@contextmanager
def watching(
    application: Application,
    store: Store,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> Iterator[Watch]:
    """Sends a request and looks for the canary in everything but the body of a good answer.

    At the end it looks into logs, traces, metrics, what was printed, and the tables that hold nothing of a patient.
    """
    caplog.set_level(logging.DEBUG)
    as_json = logging.StreamHandler(io.StringIO())
    as_json.setFormatter(JsonLines())
    as_json.addFilter(lambda record: not _own(record))
    logging.getLogger().addHandler(as_json)
    traces = InMemorySpanExporter()
    tracing = Tracing(SimpleSpanProcessor(traces))
    spans.use(tracing)

    def send(method: str, path: str, **more: Any) -> httpx.Response:
        answer = AsgiClient(application.asgi).send(method, path, **more)
        assert answer.status_code < 500
        assert CANARY not in str(answer.headers)
        if answer.is_error or path.startswith(("/v1/files", "/v1/jobs", "/v1/outbox", "/v1/audit")):
            assert CANARY not in answer.text, answer.text
        for link in LINKS.findall(answer.text):
            assert CANARY not in link
        return answer

    yield send
    spans.use(None)
    tracing.close()
    logging.getLogger().removeHandler(as_json)
    lines = as_json.stream.getvalue()
    assert "clearlane.access" in lines
    assert CANARY not in lines
    made = traces.get_finished_spans()
    assert SpanKind.SERVER in {one.kind for one in made}
    assert CANARY not in "".join(one.to_json() for one in made)
    assert CANARY not in caplog.text.replace(f"http://clearlane.test/{CANARY}", "")
    assert not [record for record in caplog.records if CANARY in repr(record.__dict__) and not _own(record)]
    printed = capfd.readouterr()
    assert CANARY not in printed.out + printed.err
    assert CANARY.encode() not in exposition()[0]
    assert CANARY not in _at_rest(store)


def _at_rest(store: Store) -> str:
    """What stands where nothing of a patient may be."""
    columns = [column for column in jobs.columns if column.name not in OF_A_PATIENT]
    with store._database.reading() as connection:
        found = [connection.execute(select(table)).all() for table in WITHOUT_PATIENTS]
        return repr([*found, connection.execute(select(*columns)).all()])


def _own(record: logging.LogRecord) -> bool:
    """The client of the test logs what it asks for."""
    return record.name.startswith(("httpx", "httpcore"))


def planted(data: bytes) -> Iterator[bytes]:
    """The file once for each element behind the envelope, with the canary in its place."""
    segments = data.decode("ascii").split("~")
    for at, segment in enumerate(segments):
        elements = segment.split("*")
        if elements[0].strip() in ("ISA", ""):
            continue
        for place in range(len(elements)):
            changed = [*elements[:place], CANARY, *elements[place + 1 :]]
            yield "~".join([*segments[:at], "*".join(changed), *segments[at + 1 :]]).encode("ascii")
