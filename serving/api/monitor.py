"""``/v1/blind-checks``, ``/v1/monitor``, ``/v1/incidents`` and what came out later of an automatic item."""

from __future__ import annotations

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from features.errors import BadInputError
from serving.api.bodies import answer, read_json
from serving.api.items import DEFAULT_LIMIT, LARGEST_LIMIT, LARGEST_OFFSET, number
from serving.decoding import decode
from serving.monitor.monitor import Monitor
from serving.monitor.records import BlindAction, BlindCheck, LateSource, LateVerdict
from serving.problem_details import Fault, RequestError


class CheckInput(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a blind check."""

    action: BlindAction
    reviewer: str
    claim_reference: str | None = None
    reason: str | None = None


class VerdictInput(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a later verdict."""

    source: LateSource
    wrong: bool
    reviewer: str
    reason: str | None = None


class MonitorEndpoints:
    """The monitor over HTTP."""

    def __init__(self, monitor: Monitor) -> None:
        self._monitor = monitor

    async def waiting(self, request: Request) -> Response:
        """Items that wait for a blind check, the earliest due first."""
        faults: list[Fault] = []
        offset = number(request.query_params, "offset", 0, 0, LARGEST_OFFSET, faults)
        limit = number(request.query_params, "limit", DEFAULT_LIMIT, 1, LARGEST_LIMIT, faults)
        if faults:
            raise RequestError(422, "bad-query", "the address asks for what there is not", faults=faults)
        return answer(await self._monitor.waiting(offset=offset, limit=limit))

    async def blind(self, request: Request) -> Response:
        """One of them, without anything that a model said."""
        return answer(await self._monitor.blind(request.path_params["id"]))

    async def check(self, request: Request) -> Response:
        """Record a blind check; the answer says what the lane had done, and whether that was wrong."""
        body = decode(await read_json(request), CheckInput)
        given = BlindCheck(body.action, body.reviewer, body.claim_reference, body.reason)
        try:
            return answer(await self._monitor.check(request.path_params["id"], given))
        except BadInputError as error:
            if error.where not in CheckInput.__struct_fields__:
                raise
            fault = Fault(f"/{error.where}", error.what)
            raise RequestError(error.http_status, error.code, str(error), faults=[fault]) from None

    async def verdict(self, request: Request) -> Response:
        """Record what came out later of an automatic item that nobody drew."""
        body = decode(await read_json(request), VerdictInput)
        if not body.reviewer.strip():
            raise RequestError(
                422, "bad-input", "a verdict names its reviewer", faults=[Fault("/reviewer", "is empty")]
            )
        given = LateVerdict(body.source, body.wrong, body.reviewer, body.reason)
        await self._monitor.late(request.path_params["id"], given)
        return Response(status_code=204)

    async def watches(self, _: Request) -> Response:
        """How each certificate stands: checked, wrong, estimate, detector."""
        return answer(await self._monitor.watches())

    async def incidents(self, _: Request) -> Response:
        """Every revocation with the items that want a second look, the latest first."""
        return answer(await self._monitor.incidents())
