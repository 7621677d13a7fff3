"""``GET /v1/shadow``: challengers held against the champions on live traffic, in sums."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from serving.api.bodies import answer
from serving.shadow.comparison import report
from serving.store.shadow_reading import ShadowReading
from serving.workers import Workers


class ShadowEndpoint:
    """The comparisons over HTTP."""

    def __init__(self, reading: ShadowReading, workers: Workers, clock: Callable[[], datetime]) -> None:
        self._reading = reading
        self._workers = workers
        self._clock = clock

    async def get(self, _: Request) -> Response:
        """All of them."""
        return answer(await self._workers.run(report, self._reading, self._clock()))
