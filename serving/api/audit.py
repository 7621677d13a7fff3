"""``/v1/audit``: the audit log, as auditors page through it."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from serving.api.bodies import answer
from serving.api.cursors import Cursors
from serving.api.queries import AuditQuery, read_query
from serving.audit.chain import Logged
from serving.problem_details import Fault, RequestError
from serving.store.audit_reading import AuditStore, LogFilter
from serving.workers import Workers


class AuditPlace(Struct, frozen=True):
    """Where a page ended."""

    number: int


class AuditPage(Struct, frozen=True):
    """One page, the latest first. ``before`` and ``after`` of an entry are JSON as it was hashed."""

    rows: tuple[Logged, ...]
    next: str | None  # to be sent as `after` for the next page; None: this is the last


class AuditEndpoint:
    """The log over HTTP."""

    def __init__(self, log: AuditStore, workers: Workers, cursors: Cursors) -> None:
        self._log = log
        self._workers = workers
        self._cursors = cursors

    async def page(self, request: Request) -> Response:
        """Entries of a subject, an actor, an action and a time; what comes meanwhile stands in front of the first."""
        query = read_query(request, AuditQuery)
        wanted = _filter(query)
        place = self._cursors.open(query.after, wanted, AuditPlace) if query.after else None
        before = place.number if place else None
        found = await self._workers.run(self._rows, wanted, query.limit, before)
        rows, more = found[: query.limit], found[query.limit :]
        end = self._cursors.seal(AuditPlace(rows[-1].number), wanted) if more else None
        return answer(AuditPage(tuple(rows), end))

    def _rows(self, wanted: LogFilter, limit: int, before: int | None) -> list[Logged]:
        """One more than a page has, which tells whether there is another."""
        return self._log.page(wanted, limit=limit + 1, before=before)


def _filter(query: AuditQuery) -> LogFilter:
    return LogFilter(
        subject=query.subject,
        actor=query.actor,
        action=None if query.action == "all" else query.action,
        since=_moment("since", query.since),
        until=_moment("until", query.until),
    )


def _moment(name: str, text: str | None) -> datetime | None:
    try:
        return None if text is None else datetime.fromisoformat(text)
    except ValueError:
        fault = Fault(f"/{name}", "is no day and time that there is")
        raise RequestError(
            422, "bad-query", "the address asks for what there is not", faults=[fault]
        ) from None
