"""What nobody caught, which Python would print with a text that may quote a claim: a line of ours instead."""

from __future__ import annotations

import logging
import sys
import threading
from types import TracebackType

logger = logging.getLogger("clearlane.serving")


def tell_by_logger() -> None:
    """From now on in this process: what ends it or a thread, what cannot be raised where it happens, and warnings."""
    logging.captureWarnings(True)
    sys.excepthook = _tell
    threading.excepthook = lambda told: _tell(told.exc_type, told.exc_value, told.exc_traceback)
    sys.unraisablehook = lambda told: _tell(told.exc_type, told.exc_value, told.exc_traceback)


def _tell(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if error is not None and issubclass(kind, Exception):
        logger.critical("an error was not caught", exc_info=(kind, error, trace))
