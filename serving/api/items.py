"""``GET /v1/items``, ``GET /v1/items/{id}`` and ``POST /v1/items/{id}/decision``."""

from __future__ import annotations

import re
import typing

import msgspec
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from features.errors import BadInputError
from serving.api.bodies import answer, read_json
from serving.decoding import decode
from serving.inputs import DecisionInput
from serving.items import Decision, ItemDetail, ItemFilter, Items, Kind, LaneName, QueueName, Status
from serving.problem_details import Fault, RequestError

ALL = "all"
CHOICES = {
    name: typing.get_args(kind)
    for name, kind in (("lane", LaneName), ("kind", Kind), ("status", Status), ("queue", QueueName))
}
DEFAULT_LIMIT, LARGEST_LIMIT = 50, 200
LARGEST_OFFSET = 10_000_000


class ItemEndpoints:
    """The queue over HTTP."""

    def __init__(self, items: Items) -> None:
        self._items = items

    async def page(self, request: Request) -> Response:
        """Part of the list: strictest lane first, then what is lost a minute by leaving it (``models.priority``)."""
        wanted, offset, limit = _wanted(request.query_params)
        return answer(await self._items.page(wanted, offset=offset, limit=limit))

    async def get(self, request: Request) -> Response:
        """One item; its ``ETag`` is the version that a decision names."""
        return _detail(await self._items.get(request.path_params["id"]))

    async def decide(self, request: Request) -> Response:
        """Record a decision on the version that ``If-Match`` names."""
        version = _version(request)
        body = decode(await read_json(request), DecisionInput)
        decision = Decision(
            action=body.action,
            reviewer=body.reviewer,
            claim_reference=body.claim_reference,
            reason=body.reason,
        )
        item_id = request.path_params["id"]
        try:
            return _detail(await self._items.decide(item_id, decision, version=version))
        except BadInputError as error:
            raise _with_pointer(error) from None


def _detail(item: ItemDetail) -> Response:
    return answer(item, headers={"ETag": f'"{item.row.version}"'})


def _with_pointer(error: BadInputError) -> Exception:
    """The same error, pointing to the field of the body that it is about."""
    if error.where not in DecisionInput.__struct_fields__:
        return error
    fault = Fault(f"/{error.where}", error.what)
    return RequestError(error.http_status, error.code, str(error), faults=[fault])


def _wanted(query: QueryParams) -> tuple[ItemFilter, int, int]:
    faults = [
        Fault(f"/{name}", f"should be one of {', '.join((*CHOICES[name], ALL))}")
        for name in CHOICES
        if query.get(name, ALL) not in (*CHOICES[name], ALL)
    ]
    offset = number(query, "offset", 0, 0, LARGEST_OFFSET, faults)
    limit = number(query, "limit", DEFAULT_LIMIT, 1, LARGEST_LIMIT, faults)
    if set(query) - {*CHOICES, "offset", "limit"}:
        faults.append(Fault("", "has a parameter that is not known here"))
    if faults:
        raise RequestError(422, "bad-query", "the address asks for what there is not", faults=faults)
    status = query.get("status", "open")
    given = {name: query[name] for name in ("lane", "kind", "queue") if query.get(name, ALL) != ALL}
    plain = {**given, "status": None if status == ALL else status}
    return msgspec.convert(plain, type=ItemFilter), offset, limit


def number(query: QueryParams, name: str, default: int, least: int, most: int, faults: list[Fault]) -> int:
    """A whole number of an address; what is none is added to the faults, and the default then stands in for it."""
    text = query.get(name, str(default))
    if re.fullmatch(r"[0-9]{1,9}", text) and least <= int(text) <= most:
        return int(text)
    faults.append(Fault(f"/{name}", f"should be a whole number from {least} to {most}"))
    return default


def _version(request: Request) -> int:
    given = request.headers.get("if-match")
    if given is None:
        raise RequestError(
            428, "version-needed", "send If-Match with the item's ETag: it says which version you decided on"
        )
    found = re.fullmatch(r'(?:W/)?"?([0-9]{1,9})"?', given.strip())
    if not found:
        raise RequestError(412, "version-unknown", "If-Match names no version of this item")
    return int(found[1])
