"""What a process does beside answering: the same thing every so often, on a thread of its own, until it is closed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Literal

from features.errors import ClearlaneError
from serving.metrics import metrics
from serving.problem_details import where_it_happened

Name = Literal["ageing", "anchoring", "job-kept", "jobs", "outbox", "refusals", "shadow", "swapping"]
"""All that is done so, as the metrics tell them apart."""


class Periodic:
    """A named thread that repeats an action; nothing the action raises ends it, and nothing is left of it once closed.

    What was raised is counted, and told in the log: an error of ours by its text, which quotes no data, any other by
    its type and place alone.
    """

    def __init__(
        self,
        name: Name,
        action: Callable[[], bool],
        *,
        every: float,
        logger: logging.Logger,
        failing: str,
        wait_first: bool = False,
        last: Callable[[], object] | None = None,
    ) -> None:
        """``every`` are seconds from the end of one turn to the begin of the next; after True there is no wait.

        ``failing`` is what the log says before the reason of a failure, ``last`` is done on the same thread at the end.
        """
        self._name: Name = name
        self._action = action
        self._every = every
        self._logger = logger
        self._failing = failing
        self._wait_first = wait_first
        self._last = last
        self._ending = threading.Event()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Periodic:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Begin, once; what was closed before does not begin any more."""
        if self._thread is None and not self._ending.is_set():
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()

    def wake(self) -> None:
        """Do the next turn now; during a turn, right behind it."""
        self._wake.set()

    def end(self) -> None:
        """No further turn; may be said in a turn, and does not wait for its end."""
        self._ending.set()
        self._wake.set()

    def close(self, patience: float | None = None) -> bool:
        """End, and wait for the turn that runs, ``patience`` seconds at most; whether nothing runs any more."""
        self.end()
        if self._thread is None:
            return True
        self._thread.join(patience)
        return not self._thread.is_alive()

    @property
    def ending(self) -> bool:
        """Whether a long turn should break off."""
        return self._ending.is_set()

    def breathe(self, seconds: float) -> None:
        """Wait within a turn, but for no one who waits for its end."""
        self._ending.wait(seconds)

    def _run(self) -> None:
        if self._wait_first:
            self._wake.wait(self._every)
        while True:
            self._wake.clear()
            if self._ending.is_set():
                break
            if not self._turn(self._action):
                self._wake.wait(self._every)
        if self._last is not None:
            self._turn(self._last)

    def _turn(self, action: Callable[[], object]) -> bool:
        try:
            return bool(action())
        except ClearlaneError as error:  # what is missing may be back at the next turn
            self._logger.warning("%s: %s", self._failing, error)
        except Exception as error:
            self._logger.error("%s: %s", self._failing, where_it_happened(error))
        metrics().background_failures.labels(self._name).inc()
        return False
