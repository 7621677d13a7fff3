"""``GET /v1/worklist?reviewer=NAME`` and ``GET /v1/backlog``."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from serving.api.bodies import answer
from serving.api.queries import WorklistQuery, read_query
from serving.workers import Workers
from serving.worklists.backlog import Backlogs
from serving.worklists.planning import Worklists


class WorklistEndpoints:
    """A reviewer's day and the lead's view over HTTP."""

    def __init__(self, worklists: Worklists, backlogs: Backlogs, workers: Workers) -> None:
        self._worklists = worklists
        self._backlogs = backlogs
        self._workers = workers

    async def worklist(self, request: Request) -> Response:
        """A reviewer's share of the team's plan for today; 404 for a name that the file of reviewers has not."""
        query = read_query(request, WorklistQuery)
        return answer(await self._workers.run(self._worklists.of, query.reviewer))

    async def backlog(self, _: Request) -> Response:
        """Open items by queue and age band, with what is overdue."""
        return answer(await self._workers.run(self._backlogs.now))
