"""The whole HTTP surface as one ASGI application, put together from its parts; BentoML serves it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.api.certificates import CertificateEndpoint
from serving.api.contract import contract
from serving.api.cursors import Cursors
from serving.api.files import Files
from serving.api.items import ItemEndpoints
from serving.api.monitor import MonitorEndpoints
from serving.api.once import Once
from serving.api.patterns import PatternEndpoint
from serving.api.scores import Scores
from serving.api.worklists import WorklistEndpoints
from serving.certificates import CertificateBook
from serving.champions import Champions
from serving.clock import utc_now
from serving.contract import endpoints
from serving.contract.routing import routes_of
from serving.hosts import HostMiddleware
from serving.metrics import exposition
from serving.monitor.live import LiveCertificates
from serving.monitor.monitor import Monitor
from serving.observing import ObservingMiddleware, TimeLimitMiddleware
from serving.pages import create_pages
from serving.pages.worklists import Desk
from serving.patient_history import PatientHistory
from serving.patterns import PatternReports
from serving.problem_details import ProblemMiddleware, problem
from serving.queue import Queue
from serving.store.idempotency import IdempotencyKeys
from serving.store.monitor import MonitorStore
from serving.store.store import Store
from serving.workers import Workers
from serving.worklists.backlog import Backlogs
from serving.worklists.planning import Worklists
from serving.worklists.reviewers import Team

PROBES = frozenset({"/livez", "/readyz", "/healthz"})
READERS, SCORERS, INGESTERS = 4, 2, 2


@dataclass(frozen=True)
class Application:
    """The application with what has to be closed at its end."""

    asgi: ASGIApp
    store: Store
    workers: tuple[Workers, ...]
    monitor: Monitor

    def close(self) -> None:
        """Finish what runs, then let go of the store."""
        for workers in self.workers:
            workers.close()
        self.store.close()


def build(
    store: Store,
    champions: Champions,
    *,
    clock: Callable[[], datetime] = utc_now,
    hosts: Sequence[str] = (),
    patterns: Path | None = None,
    team: Team | None = None,
) -> Application:
    """Wire the endpoints to a store and the champions; ``hosts`` as ``HostMiddleware`` takes them.

    ``patterns`` is the folder that holds the report of patterns, that of the champions; ``team`` are the
    reviewers that worklists are made for, nobody by default.

    Three pools of threads, so that long files never keep a reviewer or a scoring caller waiting.
    """
    reading = Workers(threads=READERS, waiting=256, name="reading")
    scoring = Workers(threads=SCORERS, waiting=64, name="scoring")
    taking = Workers(threads=INGESTERS, waiting=16, name="taking")
    kept = MonitorStore.of(store)
    champions, live = LiveCertificates.over(champions.informed_by(store), kept.incidents)
    monitor = Monitor(store, live, reading, clock=clock)
    history = champions.known or PatientHistory(store)
    queue = Queue(store, replace(champions, known=history), reading, clock=clock)
    scores = Scores(champions, store, scoring, clock)
    once = Once(IdempotencyKeys.of(store), store.identifiers, reading, clock)
    cursors = Cursors(store.identifiers.key)
    items = ItemEndpoints(queue, once, cursors)
    reports = PatternReports(patterns)
    book = CertificateBook(champions, monitor.revocations)
    desk = Desk(Worklists(store, team or Team(), clock=clock), Backlogs(store, clock=clock))
    days = WorklistEndpoints(desk.worklists, desk.backlogs, reading)
    watching = MonitorEndpoints(monitor, once, cursors)
    routes = routes_of(
        {
            endpoints.DENIAL_RISK: scores.denial_risk,
            endpoints.REMITTANCE_MATCH: scores.remittance_match,
            endpoints.FILES: Files(champions, store, taking, clock, once).take,
            endpoints.ITEMS: items.page,
            endpoints.ITEM: items.get,
            endpoints.DECIDE: items.decide,
            endpoints.VERDICT: watching.verdict,
            endpoints.PATTERNS: PatternEndpoint(reports, reading).get,
            endpoints.CERTIFICATES: CertificateEndpoint(book, reading, clock).get,
            endpoints.WORKLIST: days.worklist,
            endpoints.BACKLOG: days.backlog,
            endpoints.MONITOR: watching.watches,
            endpoints.INCIDENTS: watching.incidents,
            endpoints.BLIND_CHECKS: watching.waiting,
            endpoints.BLIND_CHECK: watching.blind,
            endpoints.CHECK: watching.check,
            endpoints.DOCUMENT: contract,
            endpoints.METRICS: _metrics,
        }
    )
    pages = create_pages(queue, clock=clock, patterns=reports, certificates=book, desk=desk, monitor=monitor)
    router = Router(routes=routes, redirect_slashes=False, default=_Pages(pages))
    known = [*(route.path for route in routes), *pages.paths, *PROBES]
    app = ObservingMiddleware(HostMiddleware(ProblemMiddleware(TimeLimitMiddleware(router)), hosts), known)
    return Application(app, store, (reading, scoring, taking), monitor)


async def _metrics(_: Request) -> Response:
    text, media_type = exposition()
    return Response(text, headers={"Content-Type": media_type})


class _Pages:
    """What is no route of the API is a page, but for what is below ``/v1``: there it is an error of the API."""

    def __init__(self, pages: ASGIApp) -> None:
        self.pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path in PROBES:  # their GET is BentoML's
            await problem(405, "method-not-allowed", "this address takes GET", headers={"Allow": "GET"})(
                scope, receive, send
            )
        elif path == "/v1" or path.startswith("/v1/"):
            await problem(404, "not-found", "there is nothing at this address")(scope, receive, send)
        else:
            await self.pages(scope, receive, send)
