"""Logs without patient data: one handler for our own lines, and no exception's text from anyone; as text or JSON."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Mapping
from typing import Any, Final

from features.errors import BadInputError
from serving.json_lines import write_all_as_json
from serving.problem_details import where_it_happened
from serving.uncaught import tell_by_logger

FORMAT = "%(asctime)s [%(levelname)s] %(process)d %(name)s %(message)s"  # of several workers each says which
VARIABLE: Final = "CLEARLANE_LOG_FORMAT"


def as_json(environment: Mapping[str, str]) -> bool:
    """Whether lines are to be JSON; raises BadInputError for what is neither that nor text.

    >>> as_json({"CLEARLANE_LOG_FORMAT": "json"}), as_json({})
    (True, False)
    """
    given = environment.get(VARIABLE) or "text"
    if given not in ("text", "json"):
        raise BadInputError("this is no form of a log's lines", VARIABLE, "set text or json")
    return given == "json"


def of_the_server(environment: Mapping[str, str]) -> None:
    """Have the lines of the server around us in the form that is asked for, in each of its processes."""
    if environment.get(VARIABLE) == "json":
        write_all_as_json()


def set_up(environment: Mapping[str, str]) -> None:
    """Show the ``clearlane`` loggers on standard error, and scrub whatever this process logs; once a process.

    Raises BadInputError for another form than text and JSON.
    """
    logger = logging.getLogger("clearlane")
    if not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(TextLines(FORMAT))
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False
        logging.setLogRecordFactory(scrubbing(logging.getLogRecordFactory()))
        _show_warnings_by(handler)
    tell_by_logger()
    if as_json(environment):
        write_all_as_json()


class TextLines(logging.Formatter):
    """A record as text; one whose values do not fit its message comes without them, where Python would print them."""

    def format(self, record: logging.LogRecord) -> str:
        """As the format has it."""
        try:
            return super().format(record)
        except (TypeError, ValueError, KeyError):
            record.args = ()
            return super().format(record)


def _show_warnings_by(handler: logging.Handler) -> None:
    """Python's own, which nobody else shows once they are captured."""
    warned = logging.getLogger("py.warnings")
    warned.addHandler(handler)
    warned.propagate = False


def scrubbing(make: Callable[..., logging.LogRecord]) -> Callable[..., logging.LogRecord]:
    """The same records, in which an exception is its type and its place: its text may quote a claim."""

    def scrubbed(*arguments: Any, **named: Any) -> logging.LogRecord:
        record = make(*arguments, **named)
        error = record.exc_info[1] if record.exc_info else None
        record.exc_info, record.exc_text = None, None
        if error is not None:
            record.msg = f"{record.getMessage()} ({where_it_happened(error)})"
            record.args = ()
            record.exception = type(error).__name__
        return record

    return scrubbed
