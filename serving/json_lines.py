"""Log lines as JSON objects, for collectors: our own and the server's, one a line, whatever a message holds."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from serving.traceparent import current_trace
from serving.uncaught import tell_by_logger

OF_REQUEST: Final = "of_request"  # fields that a line may bring by ``extra``, beside its message


class JsonLines(logging.Formatter):
    """A record as one JSON object; of an exception only its type, because its text may quote a claim."""

    def format(self, record: logging.LogRecord) -> str:
        """The fields that docs/operations.md lists; those that are not known are left out."""
        said: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "process": record.process,
            "message": _message(record),
        }
        trace = current_trace()
        if trace is not None:
            said.update(trace_id=trace.trace_id, span_id=trace.span_id)
        exception = _exception(record)
        if exception is not None:
            said["exception"] = exception
        said.update(getattr(record, OF_REQUEST, {}))
        return msgspec.json.encode(said).decode()


def _message(record: logging.LogRecord) -> str:
    """Without its values where they do not fit it: what Python would print then is no line of ours, and quotes them."""
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        return str(record.msg)


def _exception(record: logging.LogRecord) -> str | None:
    kind = record.exc_info[0] if record.exc_info else None
    found: str | None = getattr(record, "exception", None) if kind is None else kind.__name__
    return found


def write_all_as_json() -> None:
    """Every line that this process writes by a logger is JSON from now on, and so is what Python says by itself."""
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(logging.StreamHandler())  # else Python would write what comes to it as text
    for one in logging.Logger.manager.loggerDict.values():
        if isinstance(one, logging.Logger) and one.handlers:
            one.propagate = False  # uvicorn's lines would come a second time from the root
            _write_as_json(one)
    _write_as_json(root)
    tell_by_logger()


def _write_as_json(one: logging.Logger) -> None:
    for handler in one.handlers:
        handler.setFormatter(JsonLines())
