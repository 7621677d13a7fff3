"""The reviewers' pages as one ASGI application over the queue."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, cast

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from features.errors import BadInputError, ClearlaneError, ConflictError
from serving.access.actor import signature
from serving.access.permits import guard_routes
from serving.access.sessions import Sessions
from serving.certificates import CertificateBook
from serving.items import ItemDetail, Items
from serving.monitor.monitor import Monitor
from serving.pages.certificates import certificates_view
from serving.pages.choices import DENIED, INVOICES, read_decision
from serving.pages.detail import detail_view, rank_of
from serving.pages.failures import failure_handlers, refusals
from serving.pages.listing import Filters, list_view
from serving.pages.login import LoginPages
from serving.pages.monitor import MonitorPages
from serving.pages.outbox import OutboxPages
from serving.pages.patterns import patterns_view
from serving.pages.rendering import FOLDER, Renderer, remember_reviewer, reviewer_of, root_path
from serving.pages.security import PageHeaders, is_same_origin, read_form
from serving.pages.undoing import NOTICE, Postings, may_undo, read_undo
from serving.pages.worklists import Desk, backlog_values, worklist_values
from serving.patterns import PatternReports
from serving.problem_details import RequestError
from serving.workers import Workers

_NOTICES = {
    "accept": "The proposal was accepted.",
    "choose": "Your choice was recorded.",
    "none": "Your decision was recorded.",
}
_LAST_PAGE = 1_000_000
Beside = Callable[..., Awaitable[Any]]
"""Calls what blocks on another thread; a pool refuses with a 429 what would wait too long."""


def _now() -> datetime:
    return datetime.now(UTC)


def create_pages(
    items: Items,
    *,
    clock: Callable[[], datetime] = _now,
    patterns: PatternReports | None = None,
    certificates: CertificateBook | None = None,
    desk: Desk | None = None,
    monitor: Monitor | None = None,
    sessions: Sessions | None = None,
    outbox: OutboxPages | None = None,
    postings: Postings | None = None,
    workers: Workers | None = None,
) -> PageHeaders:
    """The list at ``/``, an item at ``/items/{id}``, patterns at ``/patterns``, certificates at ``/certificates``.

    With a ``desk`` also worklists at ``/worklist`` and the backlog at ``/backlog``; with a ``monitor`` how
    certificates stand at ``/monitor`` and blind checks at ``/blind-checks``; with ``sessions`` people sign in at
    ``/login``; with an ``outbox`` what nobody took stands at ``/outbox``; with ``postings`` an item shows its own.

    May be mounted under any path. ``workers`` read what pages show beside items; without them the event loop's own
    threads do. ``clock`` gives the time in UTC that ages are counted from.
    """
    beside: Beside = workers.run if workers else asyncio.to_thread
    pages = _Pages(
        items,
        clock,
        patterns or PatternReports(None),
        certificates or CertificateBook(None),
        postings,
        beside,
    )
    app = Starlette(
        routes=[
            Route("/", pages.list, name="list"),
            Route("/next", pages.next, name="next"),
            Route("/patterns", pages.patterns, name="patterns"),
            Route("/certificates", pages.certificates, name="certificates"),
            *(_desk_routes(desk, pages.render, beside) if desk else ()),
            *(MonitorPages(monitor, pages.render).routes() if monitor else ()),
            *(LoginPages(sessions, pages.render).routes() if sessions else ()),
            *(outbox.routes(pages.render) if outbox else ()),
            Route("/items/{id}", pages.detail, name="detail"),
            Route("/items/{id}/decision", pages.decide, methods=["POST"], name="decide"),
            Route("/items/{id}/undo", pages.undo, methods=["POST"], name="undo"),
            Mount("/static", StaticFiles(directory=FOLDER / "static"), name="static"),
        ],
        exception_handlers=failure_handlers(pages.render),
    )
    refuse = refusals(pages.render, sign_in=sessions is not None)
    guard_routes(app.routes, refuse)
    paths = [_template(route) for route in app.routes]
    return PageHeaders(app, refusing=refuse, routes=app.routes, paths=paths)


def _desk_routes(desk: Desk, render: Callable[..., Response], beside: Beside) -> tuple[Route, Route]:
    async def worklist(request: Request) -> Response:
        name = request.query_params.get("reviewer") or reviewer_of(request)
        return render(request, "worklist.html", **await beside(worklist_values, desk, name))

    async def backlog(request: Request) -> Response:
        return render(request, "backlog.html", **await beside(backlog_values, desk))

    return Route("/worklist", worklist, name="worklist"), Route("/backlog", backlog, name="backlog")


def _template(route: BaseRoute) -> str:
    return f"{route.path}/{{file}}" if isinstance(route, Mount) else cast("Route", route).path


class _Pages:
    def __init__(
        self,
        items: Items,
        clock: Callable[[], datetime],
        patterns: PatternReports,
        certificates: CertificateBook,
        postings: Postings | None,
        beside: Beside,
    ) -> None:
        self._items = items
        self._clock = clock
        self._patterns = patterns
        self._certificates = certificates
        self._postings = postings
        self._beside = beside
        self._renderer = Renderer()

    def render(self, request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        return self._renderer.page(request, template, now=self._clock(), status=status, **values)

    async def list(self, request: Request) -> Response:
        filters = Filters.read(request.query_params)
        view = await list_view(self._items, filters, number=_whole(request, "page") or 1)
        return self.render(request, "list.html", view=view, filters=filters, notice=_notice(request))

    async def next(self, request: Request) -> Response:
        filters = Filters.read(request.query_params)
        target = await self._next_open(request, filters, after=request.query_params.get("after", ""))
        return RedirectResponse(target, status_code=303)

    async def patterns(self, request: Request) -> Response:
        report = await self._beside(self._patterns.latest)
        view = patterns_view(report, today=self._clock().date()) if report else None
        return self.render(request, "patterns.html", view=view)

    async def certificates(self, request: Request) -> Response:
        held = await self._beside(self._certificates.held, self._clock().date())
        return self.render(request, "certificates.html", kinds_held=certificates_view(held))

    async def detail(self, request: Request) -> Response:
        item = await self._items.get(request.path_params["id"])
        told = NOTICE if request.query_params.get("undone") else _next_notice(request)
        return await self._detail_page(request, item, rank=_whole(request, "candidate"), notice=told)

    async def decide(self, request: Request) -> Response:
        if not is_same_origin(request.headers):
            return self.render(
                request, "error.html", status=403, title="This form came from elsewhere", error=None
            )
        form = await read_form(request)
        form["reviewer"] = signature(form.get("reviewer", ""))
        filters, version = Filters.read(form), _version(form)
        item = await self._items.get(request.path_params["id"])
        if not item.is_about(version) or item.row.status != "open":
            return self._conflict_page(request, item, filters)
        try:
            decision = read_decision(item, form)
            await self._items.decide(item.row.id, decision, version=version)
        except BadInputError as error:
            shown = rank_of(item, form.get("candidate"))
            return await self._detail_page(request, item, rank=shown, form=form, error=error, status=422)
        except ConflictError:
            return self._conflict_page(request, await self._items.get(item.row.id), filters)
        target = await self._behind(request, filters, item.row.id, decision.action)
        answer = RedirectResponse(target, status_code=303)
        remember_reviewer(answer, request, decision.reviewer)
        return answer

    async def undo(self, request: Request) -> Response:
        if not is_same_origin(request.headers):
            return self.render(
                request, "error.html", status=403, title="This form came from elsewhere", error=None
            )
        form = await read_form(request)
        form["reviewer"] = signature(form.get("reviewer", ""))
        filters, item_id, version = (
            Filters.read(request.query_params),
            request.path_params["id"],
            _version(form),
        )
        try:
            given = read_undo(form)
            await self._items.undo(item_id, reviewer=given.reviewer, reason=given.reason, version=version)
        except (BadInputError, ConflictError) as error:
            item = await self._items.get(item_id)
            status = error.http_status
            return await self._detail_page(request, item, rank=None, form=form, error=error, status=status)
        target = f"{root_path(request)}/items/{item_id}{filters.query(undone=1)}"
        answer = RedirectResponse(target, status_code=303)
        remember_reviewer(answer, request, given.reviewer)
        return answer

    async def _behind(self, request: Request, filters: Filters, decided: str, action: str) -> str:
        """Where a recorded decision leads to: the next open item, or the list where that cannot be told."""
        try:
            return await self._next_open(request, filters, after=decided, decided=action)
        except (ClearlaneError, RequestError):
            return f"{root_path(request)}/{filters.query(decided=action)}"

    async def _next_open(self, request: Request, filters: Filters, *, after: str, **more: str) -> str:
        found = await self._items.next_open(filters.open_only(), after=after)
        where = "/" if found is None else f"/items/{found}"
        return f"{root_path(request)}{where}{filters.query(**more)}"

    async def _detail_page(
        self,
        request: Request,
        item: ItemDetail,
        *,
        rank: int | None,
        form: dict[str, str] | None = None,
        error: ClearlaneError | None = None,
        notice: str = "",
        status: int = 200,
    ) -> HTMLResponse:
        return self.render(
            request,
            "detail.html",
            status=status,
            view=detail_view(item, rank=rank, today=self._clock().date()),
            filters=Filters.read(form if form is not None else request.query_params),
            form={"reviewer": reviewer_of(request), "reason": "", **(form or {})},
            error=error,
            notice=notice,
            postings=await self._postings.shown(item) if self._postings else (),
            may_undo=may_undo(item),
        )

    def _conflict_page(self, request: Request, item: ItemDetail, filters: Filters) -> HTMLResponse:
        return self.render(request, "conflict.html", status=409, item=item, filters=filters)


def _notice(request: Request) -> str:
    decided = request.query_params.get("decided", "")
    return _NOTICES["none"] if decided in {*DENIED, *INVOICES} else _NOTICES.get(decided, "")


def _next_notice(request: Request) -> str:
    notice = _notice(request)
    return f"{notice} This is the next open item." if notice else ""


def _whole(request: Request, name: str) -> int | None:
    """A whole number from 1 out of the address; None where it is absent, BadInputError where it is something else."""
    given = request.query_params.get(name)
    if given is None:
        return None
    if given.isascii() and given.isdigit() and 1 <= int(given[:9]) <= _LAST_PAGE:
        return int(given[:9])
    raise BadInputError(f"the address has no usable {name} number", remedy="start from the list")


def _version(form: dict[str, str]) -> int:
    given = form.get("version", "")
    if given.isascii() and given.isdigit() and len(given) < 10:
        return int(given)
    raise BadInputError(
        "the form does not say which version of the item it is about", remedy="open the item again"
    )
