"""``/v1/postings/batches``: accepted matches as balanced batches, for the books of the hospital."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from serving.api.bodies import answer
from serving.api.cursors import Cursors
from serving.api.once import Once
from serving.api.queries import CursorQuery, read_query
from serving.postings.csv_file import csv_of
from serving.postings.records import BatchHead, BatchPlace
from serving.store.idempotency import Done
from serving.store.posting_batches import PostingBatches
from serving.workers import Workers


class Batches(Struct, frozen=True):
    """What a cursor of this list is for."""


class BatchList(Struct, frozen=True):
    """One page, the latest first."""

    rows: tuple[BatchHead, ...]
    waiting: int  # postings that are in no batch yet
    next: str | None  # to be sent as `after` for the next page; None: this is the last


class PostingEndpoints:
    """Batches over HTTP."""

    def __init__(
        self,
        batches: PostingBatches,
        workers: Workers,
        once: Once,
        cursors: Cursors,
        clock: Callable[[], datetime],
    ) -> None:
        self._batches = batches
        self._workers = workers
        self._once = once
        self._cursors = cursors
        self._clock = clock

    async def close(self, request: Request) -> Response:
        """Close a batch over what waits: 201, or 204 where nothing does."""
        return await self._once.answer(
            request,
            "batch",
            None,
            work=lambda: self._workers.run(self._batches.close, self._clock()),
            respond=_answered,
            again=_told_again,
            kept=lambda head: Done(201, msgspec.json.encode(head).decode()) if head else Done(204, None),
        )

    async def page(self, request: Request) -> Response:
        """Closed batches, the latest first."""
        query = read_query(request, CursorQuery)
        after = self._cursors.open(query.after, Batches(), BatchPlace) if query.after else None
        rows, end = await self._workers.run(self._batches.page, limit=query.limit, after=after)
        waiting = await self._workers.run(self._batches.waiting)
        return answer(BatchList(rows, waiting, self._cursors.seal(end, Batches()) if end else None))

    async def get(self, request: Request) -> Response:
        """One batch with its lines."""
        return answer(await self._workers.run(self._batches.get, request.path_params["id"]))

    async def csv(self, request: Request) -> Response:
        """Its lines as a file."""
        batch = await self._workers.run(self._batches.get, request.path_params["id"])
        name = f"batch-{batch.head.number:06d}.csv"
        headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{name}"'}
        data = csv_of(batch.head.number, batch.lines)
        return Response(data, headers=headers, media_type="text/csv")


def _answered(head: BatchHead | None) -> Response:
    return Response(status_code=204) if head is None else answer(head, status=201)


async def _told_again(done: Done) -> BatchHead | None:
    return msgspec.json.decode(done.answer, type=BatchHead) if done.answer else None
