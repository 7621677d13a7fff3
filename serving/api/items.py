"""``GET /v1/items``, ``GET /v1/items/{id}`` and ``POST /v1/items/{id}/decision``."""

from __future__ import annotations

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from features.errors import BadInputError
from serving.api.bodies import answer, read_json
from serving.api.cursors import Cursors
from serving.api.deprecation import of_offset
from serving.api.once import Once
from serving.api.preconditions import on_one_of, versions_of
from serving.api.queries import ItemsQuery, read_query
from serving.api.validators import etag_of, unless_known
from serving.decoding import decode
from serving.inputs import DecisionInput, UndoInput
from serving.items import Decision, ItemDetail, ItemFilter, ItemPlace, ItemRow, Items
from serving.problem_details import Fault, RequestError
from serving.store.idempotency import Done

ALL = "all"


class ItemList(Struct, frozen=True):
    """One page of the list: strictest lane first, then what is lost a minute by leaving it, passed deadlines last."""

    rows: tuple[ItemRow, ...]
    total: int  # of the whole list
    lanes: dict[str, int]  # items a lane under the same kind and status
    next: str | None  # to be sent as `after` for the next page; None: this is the last


class ItemEndpoints:
    """The queue over HTTP."""

    def __init__(self, items: Items, once: Once, cursors: Cursors) -> None:
        self._items = items
        self._cursors = cursors
        self._once = once

    async def page(self, request: Request) -> Response:
        """Part of the list: strictest lane first, then what is lost a minute by leaving it (``models.priority``)."""
        query = read_query(request, ItemsQuery)
        wanted = _wanted(query)
        after = self._cursors.open(query.after, wanted, ItemPlace) if query.after else None
        try:
            page = await self._items.page(wanted, offset=query.offset, limit=query.limit, after=after)
        except BadInputError as error:
            raise _pointing(error, ItemsQuery, "bad-query") from None
        end = self._cursors.seal(page.end, wanted) if page.end else None
        return answer(ItemList(page.rows, page.total, page.lanes, end), headers=of_offset(request))

    async def get(self, request: Request) -> Response:
        """One item; its ``ETag`` names the version that a decision is on. 304 where the caller has it as it is."""
        return unless_known(request, _detail(await self._items.get(request.path_params["id"])))

    async def decide(self, request: Request) -> Response:
        """Record a decision on the version that ``If-Match`` names."""
        versions = versions_of(request)
        body = decode(await read_json(request), DecisionInput)
        decision = Decision(
            action=body.action,
            reviewer=body.reviewer or "",
            claim_reference=body.claim_reference,
            reason=body.reason,
        )
        item_id = request.path_params["id"]

        async def decided() -> ItemDetail:
            try:
                return await on_one_of(
                    versions, lambda version: self._items.decide(item_id, decision, version=version)
                )
            except BadInputError as error:
                raise _pointing(error, DecisionInput, error.code) from None

        return await self._once.answer(
            request,
            "decision",
            [*(versions or "*"), body],
            work=decided,
            respond=_detail,
            again=lambda _: self._items.get(item_id),
            kept=lambda _: Done(200, None),
        )

    async def undo(self, request: Request) -> Response:
        """Take back the decision of the version that ``If-Match`` names: the item is open again."""
        versions = versions_of(request)
        body = decode(await read_json(request), UndoInput)
        item_id = request.path_params["id"]

        async def undone() -> ItemDetail:
            try:
                return await on_one_of(
                    versions,
                    lambda version: self._items.undo(
                        item_id, reviewer=body.reviewer or "", reason=body.reason, version=version
                    ),
                )
            except BadInputError as error:
                raise _pointing(error, UndoInput, error.code) from None

        return await self._once.answer(
            request,
            "undo",
            [*(versions or "*"), body],
            work=undone,
            respond=_detail,
            again=lambda _: self._items.get(item_id),
            kept=lambda _: Done(200, None),
        )


def _detail(item: ItemDetail) -> Response:
    response = answer(item)
    response.headers["ETag"] = etag_of(item.row.version, bytes(response.body))
    return response


def _pointing(error: BadInputError, type_: type[Struct], code: str) -> Exception:
    """The same error, pointing to the field of the body or of the query that it is about."""
    if error.where not in type_.__struct_fields__:
        return error
    fault = Fault(f"/{error.where}", error.what)
    return RequestError(error.http_status, code, str(error), faults=[fault])


def _wanted(query: ItemsQuery) -> ItemFilter:
    given = {name: getattr(query, name) for name in ItemFilter.__struct_fields__}
    return ItemFilter(**{name: None if value == ALL else value for name, value in given.items()})
