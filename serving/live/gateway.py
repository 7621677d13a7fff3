"""What BentoML mounts when the module is loaded: the application comes later, and may be another one later still."""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import TYPE_CHECKING

from starlette.types import Receive, Scope, Send

from serving.problem_details import problem

if TYPE_CHECKING:
    from serving.application import Application


class Gateway:
    """Passes each request to the application of the moment, and knows how many are under way in each."""

    def __init__(self) -> None:
        self.application: Application | None = None
        self._under_way: Counter[int] = Counter()
        self._lock = threading.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        with self._lock:
            application = self.application
            self._under_way[id(application)] += 1
        try:
            if application is None:
                await problem(503, "not-ready", "the service is starting")(scope, receive, send)
            else:
                await application.asgi(scope, receive, send)
        finally:
            with self._lock:
                self._under_way[id(application)] -= 1

    def drained(self, application: Application, *, within: float, look: float = 0.05) -> bool:
        """Wait until no request is under way in an application that is no longer the one; False after ``within`` s."""
        deadline = time.monotonic() + within
        while self._under_way[id(application)]:
            if time.monotonic() > deadline:
                return False
            time.sleep(look)
        return True
