"""``GET /v1/outbox`` and ``POST /v1/outbox/{id}/retry``: what was told to others, and what nobody took."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from serving.api.bodies import answer
from serving.api.cursors import Cursors
from serving.api.once import Once
from serving.api.queries import OutboxQuery, read_query
from serving.clock import utc_now
from serving.store.idempotency import Done
from serving.store.outbox import Delivery, DeliveryPlace, OutboxStore
from serving.workers import Workers


class DeliveryFilter(Struct, frozen=True):
    """What a cursor of this list is for."""

    status: str


class DeliveryList(Struct, frozen=True):
    """One page, the latest first."""

    rows: tuple[Delivery, ...]
    waiting: int  # of all
    dead: int
    next: str | None  # to be sent as `after` for the next page; None: this is the last


class OutboxEndpoints:
    """The outbox over HTTP."""

    def __init__(
        self,
        outbox: OutboxStore,
        workers: Workers,
        once: Once,
        cursors: Cursors,
        *,
        tries_for: timedelta,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._outbox = outbox
        self._workers = workers
        self._once = once
        self._cursors = cursors
        self._tries_for = tries_for
        self._clock = clock

    async def page(self, request: Request) -> Response:
        """Deliveries, the latest first."""
        query = read_query(request, OutboxQuery)
        listing = DeliveryFilter(query.status)
        after = self._cursors.open(query.after, listing, DeliveryPlace) if query.after else None
        status = None if query.status == "all" else query.status
        rows, end = await self._workers.run(self._outbox.page, status, limit=query.limit, after=after)
        counts = await self._workers.run(self._outbox.counts)
        further = self._cursors.seal(end, listing) if end else None
        return answer(DeliveryList(tuple(rows), counts["waiting"], counts["dead"], further))

    async def retry(self, request: Request) -> Response:
        """Have a dead delivery sent again."""
        delivery = request.path_params["id"]
        return await self._once.answer(
            request,
            "retry",
            None,
            work=lambda: self._again(delivery),
            respond=lambda _: Response(status_code=204),
            again=_nothing,
            kept=lambda _: Done(204, None),
        )

    async def _again(self, delivery: str) -> None:
        await self._workers.run(self._outbox.send_again, delivery, self._clock(), self._tries_for)


async def _nothing(_: Done) -> None:
    return None
