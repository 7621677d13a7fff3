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

from serving.access.entrance import Entrance, refuse_call
from serving.access.permits import addresses, guard_routes
from serving.access.settings import AccessSettings
from serving.api.audit import AuditEndpoint
from serving.api.certificates import CertificateEndpoint
from serving.api.contract import contract
from serving.api.cursors import Cursors
from serving.api.fhir import FhirEndpoints
from serving.api.files import Files
from serving.api.items import ItemEndpoints
from serving.api.jobs import JobEndpoint
from serving.api.monitor import MonitorEndpoints
from serving.api.once import Once
from serving.api.outbox import OutboxEndpoints
from serving.api.patterns import PatternEndpoint
from serving.api.postings import PostingEndpoints
from serving.api.room import BodyRoomMiddleware
from serving.api.scores import Scores
from serving.api.shadow import ShadowEndpoint
from serving.api.worklists import WorklistEndpoints
from serving.certificates import CertificateBook
from serving.champions import Champions
from serving.clock import utc_now
from serving.contract import endpoints
from serving.contract.routing import routes_of
from serving.hosts import HostMiddleware
from serving.jobs.runner import Runner
from serving.metrics import exposition
from serving.monitor.live import LiveCertificates
from serving.monitor.monitor import Monitor
from serving.observing import TIMEOUT_SECONDS, ObservingMiddleware, TimeLimitMiddleware
from serving.origins import OwnSiteMiddleware
from serving.outbox.dispatcher import Dispatcher
from serving.outbox.schedule import Schedule
from serving.outbox.settings import OutboxSettings
from serving.pages import create_pages
from serving.pages.outbox import OutboxPages
from serving.pages.undoing import Postings
from serving.pages.worklists import Desk
from serving.patient_history import PatientHistory
from serving.patterns import PatternReports
from serving.probes import PROBES
from serving.problem_details import ProblemMiddleware, problem
from serving.queue import Queue
from serving.store.audit_reading import AuditStore
from serving.store.idempotency import IdempotencyKeys
from serving.store.jobs import Jobs
from serving.store.monitor import MonitorStore
from serving.store.outbox import OutboxStore
from serving.store.posting_batches import PostingBatches
from serving.store.shadow_reading import ShadowReading
from serving.store.store import Store
from serving.traceparent import TraceMiddleware
from serving.workers import Workers
from serving.worklists.backlog import Backlogs
from serving.worklists.planning import Worklists
from serving.worklists.reviewers import Team

READERS, SCORERS, INGESTERS = 4, 2, 2


@dataclass(frozen=True)
class Application:
    """The application with what has to be closed at its end; the store may serve another one after it."""

    asgi: ASGIApp
    store: Store
    workers: tuple[Workers, ...]
    monitor: Monitor
    addresses: tuple[tuple[str, str], ...]  # the method and the template of every route
    dispatcher: Dispatcher  # neither is started: a process that only answers sends nothing and does no job
    runner: Runner
    entrance: Entrance

    def start(self) -> None:
        """Begin to deliver events and to do jobs, beside answering."""
        self.dispatcher.start()
        self.runner.start()
        self.entrance.start()

    def check(self) -> None:
        """Raises StoreError where the store does not answer or takes no changes, or certificates are in doubt."""
        self.store.check()
        self.monitor.check_certificates()

    def finish(self) -> None:
        """Finish what runs."""
        self.dispatcher.close()
        self.runner.close()
        self.entrance.close()
        for workers in self.workers:
            workers.close()

    def close(self) -> None:
        """Finish what runs, then let go of the store."""
        self.finish()
        self.store.close()


def build(
    store: Store,
    champions: Champions,
    *,
    clock: Callable[[], datetime] = utc_now,
    hosts: Sequence[str] = (),
    patterns: Path | None = None,
    team: Team | None = None,
    access: AccessSettings | None = None,
    listening: Sequence[str] = (),
    events: OutboxSettings = OutboxSettings(),  # noqa: B008 - frozen
    schedule: Schedule = Schedule(),  # noqa: B008 - frozen
    answers_logged: bool = True,
    time_limit: float = TIMEOUT_SECONDS,
) -> Application:
    """Wire the endpoints to a store and the champions; ``hosts`` as ``HostMiddleware`` takes them.

    ``patterns`` is the folder that holds the report of patterns, that of the champions; ``team`` are the
    reviewers that worklists are made for, nobody by default. ``access`` says whether callers are asked who they are,
    where the service listens at the hosts ``listening`` and is reached as ``hosts``; by default nobody is, and everyone
    is anonymous. ``events``
    says where events may be sent and ``schedule`` how often it is tried, by default nowhere. ``time_limit`` are the
    seconds that a request may take. ``answers_logged``: the audit log tells of scores that are answered and not stored.

    Raises AccessError where the service would be open to other machines, or closed to everyone.

    Four pools of threads, so that long files never keep a reviewer, a scoring caller or a small file waiting.
    """
    entrance = Entrance(access, store, hosts=listening, names=hosts)
    reading = Workers(threads=READERS, waiting=256, name="reading")
    scoring = Workers(threads=SCORERS, waiting=64, name="scoring")
    taking = Workers(threads=INGESTERS, waiting=16, name="taking")
    few = Workers(threads=1, waiting=4, name="taking-small")  # all that come at the same time together
    kept = MonitorStore.of(store)
    champions, live = LiveCertificates.over(champions.informed_by(store), kept.incidents)
    monitor = Monitor(store, live, reading, clock=clock)
    history = champions.known or PatientHistory(store)
    queue = Queue(store, replace(champions, known=history), reading, clock=clock)
    scores = Scores(champions, store, scoring, clock, explaining=reading, logged=answers_logged)
    once = Once(IdempotencyKeys.of(store), store.identifiers, reading, clock)
    cursors = Cursors(store.identifiers.key)
    items = ItemEndpoints(queue, once, cursors)
    fhir = FhirEndpoints(store, reading)
    reports = PatternReports(patterns)
    book = CertificateBook(champions, monitor.revocations)
    desk = Desk(Worklists(store, team or Team(), clock=clock), Backlogs(store, clock=clock))
    days = WorklistEndpoints(desk.worklists, desk.backlogs, reading)
    watching = MonitorEndpoints(monitor, once, cursors)
    store.tells(events.subscribers, schedule.end)
    outbox = OutboxStore.of(store)
    books = PostingBatches.of(store)
    batches = PostingEndpoints(books, reading, once, cursors, clock)
    told = OutboxEndpoints(outbox, reading, once, cursors, tries_for=schedule.end)
    runner = Runner(Jobs.of(store), store, champions, clock=clock)
    files = Files(
        champions,
        store,
        taking,
        clock,
        once,
        few=few,
        leaving=reading,
        runner=runner,
        allowed=events.allowed,
    )
    routes = routes_of(
        {
            endpoints.DENIAL_RISK: scores.denial_risk,
            endpoints.REMITTANCE_MATCH: scores.remittance_match,
            endpoints.FILES: files.take,
            endpoints.JOB: JobEndpoint(Jobs.of(store), reading).get,
            endpoints.ITEMS: items.page,
            endpoints.ITEM: items.get,
            endpoints.FHIR_CLAIM: fhir.claim,
            endpoints.FHIR_BENEFIT: fhir.benefit,
            endpoints.DECIDE: items.decide,
            endpoints.UNDO: items.undo,
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
            endpoints.AUDIT: AuditEndpoint(AuditStore.of(store), reading, cursors).page,
            endpoints.CLOSE_BATCH: batches.close,
            endpoints.BATCHES: batches.page,
            endpoints.BATCH: batches.get,
            endpoints.BATCH_CSV: batches.csv,
            endpoints.OUTBOX: told.page,
            endpoints.RETRY: told.retry,
            endpoints.SHADOW: ShadowEndpoint(ShadowReading.of(store), reading, clock).get,
            endpoints.DOCUMENT: contract,
            endpoints.METRICS: _metrics,
        }
    )
    pages = create_pages(
        queue,
        clock=clock,
        patterns=reports,
        certificates=book,
        desk=desk,
        monitor=monitor,
        sessions=entrance.sessions,
        outbox=OutboxPages(outbox, reading, tries_for=schedule.end, clock=utc_now),
        postings=Postings(books.of_item, reading),
        workers=reading,
    )
    guard_routes(routes, refuse_call)
    router = Router(routes=routes, redirect_slashes=False, default=_Pages(pages))
    known = [*(route.path for route in routes), *pages.paths, *PROBES]
    answering = OwnSiteMiddleware(BodyRoomMiddleware(TimeLimitMiddleware(router, time_limit)))
    entered = ProblemMiddleware(entrance.around(answering, pages.refuse))
    app = ObservingMiddleware(HostMiddleware(entered, hosts), known)
    answered = addresses([*routes, *pages.routes])
    dispatcher = Dispatcher(outbox, events, schedule=schedule)
    workers = (reading, scoring, taking, few)
    return Application(
        TraceMiddleware(app), store, workers, monitor, tuple(answered), dispatcher, runner, entrance
    )


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
