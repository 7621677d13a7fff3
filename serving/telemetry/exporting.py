"""Makes spans with OpenTelemetry's SDK and sends them by OTLP over HTTP; loaded only where that is asked for."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from opentelemetry import context, trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext, SpanKind, TraceFlags

from features.errors import BadInputError
from serving.traceparent import Trace

PROTOCOL: Final = "http/protobuf"
LAST_SECONDS: Final = 5.0  # that the end of the service waits for what was not sent yet
_given: ContextVar[Trace | None] = ContextVar("ids of the span that is made", default=None)


class _GivenIds(RandomIdGenerator):
    """The ids that a request has already; any for all other spans."""

    def generate_span_id(self) -> int:
        given = _given.get()
        return super().generate_span_id() if given is None else int(given.span_id, 16)

    def generate_trace_id(self) -> int:
        given = _given.get()
        return super().generate_trace_id() if given is None else int(given.trace_id, 16)


class Tracing:
    """A provider of our own: what else in the process uses OpenTelemetry neither sees nor changes it."""

    def __init__(self, processor: SpanProcessor) -> None:
        self._provider = TracerProvider(
            resource=_resource(), id_generator=_GivenIds(), shutdown_on_exit=False
        )
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("clearlane")

    @contextmanager
    def begin(self, name: str, attributes: Mapping[str, Any], *, outgoing: bool) -> Iterator[Span]:
        """A step; what is raised inside is left to others, for its text may quote a claim."""
        kind = SpanKind.CLIENT if outgoing else SpanKind.INTERNAL
        with self._tracer.start_as_current_span(
            name, kind=kind, attributes=attributes, record_exception=False, set_status_on_exception=False
        ) as made:
            yield made

    @contextmanager
    def begin_request(self, given: Trace, name: str, attributes: Mapping[str, Any]) -> Iterator[Span]:
        """A request's own step, below that of its caller where there is one."""
        token = _given.set(given)
        try:
            made = self._tracer.start_span(
                name, _caller(given), SpanKind.SERVER, attributes, record_exception=False,
                set_status_on_exception=False,
            )  # fmt: skip
        finally:
            _given.reset(token)
        with trace.use_span(made, end_on_exit=True, record_exception=False, set_status_on_exception=False):
            yield made

    def close(self) -> None:
        """Send what was not sent yet; a collector that does not answer holds nothing up for long."""
        last = threading.Thread(target=self._provider.shutdown, name="last spans", daemon=True)
        last.start()
        last.join(LAST_SECONDS)


def over_http() -> Tracing:
    """As the ``OTEL_`` variables say; raises BadInputError for a protocol that is not spoken here."""
    for name in ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"):
        if os.environ.get(name, PROTOCOL) != PROTOCOL:
            raise BadInputError(
                "traces are sent by OTLP over HTTP alone", name, f"leave it out, or set {PROTOCOL}"
            )
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    return Tracing(BatchSpanProcessor(OTLPSpanExporter()))


def _caller(given: Trace) -> context.Context:
    """The caller's step, whoever else in the process may have one; nothing begins a trace."""
    if given.parent is None:
        return context.Context()
    flags = TraceFlags(TraceFlags.SAMPLED if given.sampled else TraceFlags.DEFAULT)
    caller = SpanContext(int(given.trace_id, 16), int(given.parent, 16), is_remote=True, trace_flags=flags)
    return trace.set_span_in_context(NonRecordingSpan(caller), context.Context())


def _resource() -> Resource:
    named = {"service.instance.id": secrets.token_hex(8)}
    if not os.environ.get("OTEL_SERVICE_NAME"):
        named["service.name"] = "clearlane"
    return Resource.create(named)
