"""``/v1/blind-checks``, ``/v1/monitor``, ``/v1/incidents`` and what came out later of an automatic item."""

from __future__ import annotations

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from features.errors import BadInputError
from serving.access.actor import signature
from serving.api.bodies import answer, read_json
from serving.api.cursors import Cursors
from serving.api.deprecation import of_offset
from serving.api.once import Once
from serving.api.queries import CursorQuery, PageQuery, read_query
from serving.decoding import decode
from serving.inputs import CheckInput, VerdictInput
from serving.monitor.monitor import Monitor
from serving.monitor.records import (
    BlindCheck,
    BlindPlace,
    BlindRow,
    CheckOutcome,
    IncidentDetail,
    IncidentPlace,
    LateVerdict,
    Watch,
)
from serving.problem_details import Fault, RequestError
from serving.store.idempotency import Done


class BlindChecks(Struct, frozen=True):
    """What a cursor of this list is for."""


class Incidents(Struct, frozen=True):
    """What a cursor of this list is for."""


class BlindList(Struct, frozen=True):
    """One page, the earliest due first."""

    rows: tuple[BlindRow, ...]
    total: int
    late: int  # of all, those whose check should be in
    next: str | None  # to be sent as `after` for the next page; None: this is the last


class IncidentList(Struct, frozen=True):
    """One page, the latest first."""

    rows: tuple[IncidentDetail, ...]
    total: int
    next: str | None  # to be sent as `after` for the next page; None: this is the last


class WatchList(Struct, frozen=True):
    """Every certificate under which an item went."""

    rows: tuple[Watch, ...]


class MonitorEndpoints:
    """The monitor over HTTP."""

    def __init__(self, monitor: Monitor, once: Once, cursors: Cursors) -> None:
        self._cursors = cursors
        self._monitor = monitor
        self._once = once

    async def waiting(self, request: Request) -> Response:
        """Items that wait for a blind check, the earliest due first."""
        query = read_query(request, PageQuery)
        listing = BlindChecks()
        after = self._cursors.open(query.after, listing, BlindPlace) if query.after else None
        page = await self._monitor.waiting(offset=query.offset, limit=query.limit, after=after)
        end = self._cursors.seal(page.end, listing) if page.end else None
        return answer(BlindList(page.rows, page.total, page.late, end), headers=of_offset(request))

    async def blind(self, request: Request) -> Response:
        """One of them, without anything that a model said."""
        return answer(await self._monitor.blind(request.path_params["id"]))

    async def check(self, request: Request) -> Response:
        """Record a blind check; the answer says what the lane had done, and whether that was wrong."""
        body = decode(await read_json(request), CheckInput)
        given = BlindCheck(body.action, body.reviewer or "", body.claim_reference, body.reason)
        item_id = request.path_params["id"]

        async def checked() -> CheckOutcome:
            try:
                return await self._monitor.check(item_id, given)
            except BadInputError as error:
                if error.where not in CheckInput.__struct_fields__:
                    raise
                fault = Fault(f"/{error.where}", error.what)
                raise RequestError(error.http_status, error.code, str(error), faults=[fault]) from None

        return await self._once.answer(
            request,
            "blind-check",
            body,
            work=checked,
            respond=answer,
            again=_told_again,
            kept=lambda outcome: Done(200, msgspec.json.encode(outcome).decode()),
        )

    async def verdict(self, request: Request) -> Response:
        """Record what came out later of an automatic item that nobody drew."""
        body = decode(await read_json(request), VerdictInput)
        signed = signature(body.reviewer or "")
        if not signed.strip():
            raise RequestError(
                422, "bad-input", "a verdict names its reviewer", faults=[Fault("/reviewer", "is empty")]
            )
        given = LateVerdict(body.source, body.wrong, signed, body.reason)
        item_id = request.path_params["id"]
        return await self._once.answer(
            request,
            "verdict",
            body,
            work=lambda: self._monitor.late(item_id, given),
            respond=lambda _: Response(status_code=204),
            again=_nothing,
            kept=lambda _: Done(204, None),
        )

    async def watches(self, _: Request) -> Response:
        """How each certificate stands: checked, wrong, estimate, detector."""
        return answer(WatchList(tuple(await self._monitor.watches())))

    async def incidents(self, request: Request) -> Response:
        """Revocations with the items that want a second look, the latest first."""
        query = read_query(request, CursorQuery)
        listing = Incidents()
        after = self._cursors.open(query.after, listing, IncidentPlace) if query.after else None
        page = await self._monitor.incident_page(limit=query.limit, after=after)
        end = self._cursors.seal(page.end, listing) if page.end else None
        return answer(IncidentList(page.rows, page.total, end))


async def _told_again(done: Done) -> CheckOutcome:
    return msgspec.json.decode(done.answer or "", type=CheckOutcome)


async def _nothing(_: Done) -> None:
    return None
