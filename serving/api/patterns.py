"""``GET /v1/patterns``: what drives denials, as training last found it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from serving.api.bodies import answer
from serving.patterns import PatternReports
from serving.workers import Workers


class PatternEndpoint:
    """The report over HTTP."""

    def __init__(self, reports: PatternReports, workers: Workers) -> None:
        self._reports = reports
        self._workers = workers

    async def get(self, _: Request) -> Response:
        """The whole report; 404 where none was made yet."""
        return answer(await self._workers.run(self._reports.needed))
