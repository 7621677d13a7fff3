"""Traces on or off, as the environment says."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from features.errors import BadInputError
from serving.telemetry import spans

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


def start(environment: Mapping[str, str] | None = None) -> Callable[[], None]:
    """Begin to export spans where an endpoint is set; the call that ends it.

    Raises BadInputError where an endpoint is set and the exporter is not installed.
    """
    given = os.environ if environment is None else environment
    if not any(given.get(name) for name in ENDPOINTS):
        return lambda: None
    try:
        from serving.telemetry import exporting

        tracing = exporting.over_http()
    except ImportError as error:
        raise BadInputError(
            "traces are asked for, and what exports them is not installed",
            ENDPOINTS[0],
            "pip install 'clearlane[telemetry]', or unset it",
        ) from error
    spans.use(tracing)

    def stop() -> None:
        spans.use(None)
        tracing.close()

    return stop
