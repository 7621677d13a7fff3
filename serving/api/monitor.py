"""``/v1/blind-checks``, ``/v1/monitor``, ``/v1/incidents`` and what came out later of an automatic item."""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from features.errors import BadInputError
from serving.api.bodies import answer, read_json
from serving.api.once import Once
from serving.api.queries import PageQuery, read_query
from serving.decoding import decode
from serving.inputs import CheckInput, VerdictInput
from serving.monitor.monitor import Monitor
from serving.monitor.records import BlindCheck, CheckOutcome, LateVerdict
from serving.problem_details import Fault, RequestError
from serving.store.idempotency import Done


class MonitorEndpoints:
    """The monitor over HTTP."""

    def __init__(self, monitor: Monitor, once: Once) -> None:
        self._monitor = monitor
        self._once = once

    async def waiting(self, request: Request) -> Response:
        """Items that wait for a blind check, the earliest due first."""
        query = read_query(request, PageQuery)
        return answer(await self._monitor.waiting(offset=query.offset, limit=query.limit))

    async def blind(self, request: Request) -> Response:
        """One of them, without anything that a model said."""
        return answer(await self._monitor.blind(request.path_params["id"]))

    async def check(self, request: Request) -> Response:
        """Record a blind check; the answer says what the lane had done, and whether that was wrong."""
        body = decode(await read_json(request), CheckInput)
        given = BlindCheck(body.action, body.reviewer, body.claim_reference, body.reason)
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
        if not body.reviewer.strip():
            raise RequestError(
                422, "bad-input", "a verdict names its reviewer", faults=[Fault("/reviewer", "is empty")]
            )
        given = LateVerdict(body.source, body.wrong, body.reviewer, body.reason)
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
        return answer(await self._monitor.watches())

    async def incidents(self, _: Request) -> Response:
        """Every revocation with the items that want a second look, the latest first."""
        return answer(await self._monitor.incidents())


async def _told_again(done: Done) -> CheckOutcome:
    return msgspec.json.decode(done.answer or "", type=CheckOutcome)


async def _nothing(_: Done) -> None:
    return None
