"""Logs without patient data: one handler for our own lines, and no exception's text from anyone."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Any

from serving.problem_details import where_it_happened

FORMAT = "%(asctime)s [%(levelname)s] %(process)d %(name)s %(message)s"  # of several workers each says which


def set_up() -> None:
    """Show the ``clearlane`` loggers on standard error, and scrub whatever this process logs; once a process."""
    logger = logging.getLogger("clearlane")
    if not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter(FORMAT))
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False
        logging.setLogRecordFactory(scrubbing(logging.getLogRecordFactory()))


def scrubbing(make: Callable[..., logging.LogRecord]) -> Callable[..., logging.LogRecord]:
    """The same records, in which an exception is its type and its place: its text may quote a claim."""

    def scrubbed(*arguments: Any, **named: Any) -> logging.LogRecord:
        record = make(*arguments, **named)
        error = record.exc_info[1] if record.exc_info else None
        record.exc_info, record.exc_text = None, None
        if error is not None:
            record.msg = f"{record.getMessage()} ({where_it_happened(error)})"
            record.args = ()
        return record

    return scrubbed
