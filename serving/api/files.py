"""``POST /v1/files``: an X12 file or a table of what came on paper, as a form's part or as the body itself.

A large one, or one whose sender asks for it, is kept and worked on behind the answer (``serving.jobs``).
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator, Callable, Sequence
from contextvars import copy_context
from datetime import datetime
from functools import partial

import msgspec
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import Response

from features.errors import ClearlaneError
from serving import ingestion
from serving.api.bodies import LARGEST_BODY, answer, read_body
from serving.api.jobs import LARGE, accepted, check_callback, prefers_async
from serving.api.once import Once
from serving.api.queries import FileQuery, read_query
from serving.champions import Champions
from serving.clock import utc_now
from serving.gathering import Gathering
from serving.ingestion import Sent
from serving.intake import Receipt
from serving.jobs.records import Job, NewJob
from serving.jobs.runner import Runner
from serving.metrics import metrics
from serving.outbox.addresses import Allowed
from serving.problem_details import RequestError
from serving.store.idempotency import Done
from serving.store.jobs import Jobs
from serving.store.store import Store
from serving.workers import Workers

ROOM_FOR_THE_FORM = 64 * 1024  # bytes: a form's own lines beside its file
SMALL = 32 * 1024  # bytes of a file that is taken together with others
PIECE = 256 * 1024  # bytes of a form that are parsed at once: each is copied on the way


class Files:
    """The endpoint that takes files in."""

    def __init__(
        self,
        champions: Champions,
        store: Store,
        workers: Workers,
        clock: Callable[[], datetime],
        once: Once,
        *,
        few: Workers,
        leaving: Workers,
        runner: Runner,
        allowed: Allowed,
    ) -> None:
        self._champions = champions
        self._store = store
        self._workers = workers
        self._clock = clock
        self._once = once
        self._leaving = (
            leaving  # so that a file which is worked on keeps none waiting that is only to be kept
        )
        self._runner = runner
        self._jobs = Jobs.of(store)
        self._allowed = allowed
        self._small: Gathering[Sent, Receipt] = Gathering(few, self._take_together)

    async def take(self, request: Request) -> Response:
        """201 for a new file, 200 for one that was taken before, 202 for one that is left to a job."""
        callback = read_query(request, FileQuery).callback
        check_callback(callback, self._allowed)
        name, data = await _file(request)
        asked = prefers_async(request)
        later = asked or callback is not None or len(data) > LARGE
        more = [later, callback] if later else []
        return await self._once.answer(
            request,
            "files",
            [name, hashlib.sha256(data).hexdigest(), *more],
            work=partial(self._leave, NewJob(name, data, callback))
            if later
            else partial(self._take, name, data),
            respond=partial(_answered, asked),
            again=_told_again,
            kept=_kept,
        )

    async def _leave(self, new: NewJob) -> Receipt | Job:
        job = await self._leaving.run(self._jobs.make, new, self._clock(), utc_now())
        self._runner.wake()
        return job

    async def _take(self, name: str, data: bytes) -> Receipt | Job:
        try:
            if len(data) <= SMALL and ingestion.may_meet_others(data):
                receipt = await self._small.run(Sent(name, data, copy_context()))
            else:
                receipt = await self._workers.run(self._take_alone, name, data)
        except ClearlaneError as error:
            metrics().files.labels("refused").inc()
            error.where = ingestion.without_name(name, error.where)
            raise
        metrics().files.labels("known" if receipt.already_taken else "taken").inc()
        return receipt

    def _take_alone(self, name: str, data: bytes) -> Receipt:
        return ingestion.take(data, name=name, store=self._store, champions=self._champions, at=self._clock())

    def _take_together(self, files: Sequence[Sent]) -> Sequence[Receipt | Exception]:
        if len(files) == 1:
            return [self._taken_alone(files[0])]
        receipts = ingestion.take_together(
            files, store=self._store, champions=self._champions, at=self._clock()
        )
        return [receipt or self._taken_alone(one) for receipt, one in zip(receipts, files, strict=True)]

    def _taken_alone(self, one: Sent) -> Receipt | Exception:
        try:
            return one.context.run(self._take_alone, one.name, one.data)
        except Exception as error:  # its sender's, and nobody else's
            return error


def _answered(asked: bool, found: Receipt | Job) -> Response:
    return accepted(found, asked=asked) if isinstance(found, Job) else answer(found, status=_status(found))


def _status(receipt: Receipt) -> int:
    return 200 if receipt.already_taken else 201


def _kept(found: Receipt | Job) -> Done:
    status = 202 if isinstance(found, Job) else _status(found)
    return Done(status, msgspec.json.encode(found).decode())


async def _told_again(done: Done) -> Receipt | Job:
    if done.status == 202:
        return msgspec.json.decode(done.answer or "", type=Job)
    return msgspec.json.decode(done.answer or "", type=Receipt)


async def _file(request: Request) -> tuple[str, bytes]:
    """The file's name and bytes; raises RequestError."""
    name = read_query(request, FileQuery).name
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        data = await read_body(request)
    else:
        named, data = await _form_file(request)
        name = named or name
    if not data:
        raise RequestError(422, "empty-file", "there is no file in the request, or it is empty")
    return name, data


class InMemory(MultiPartParser):
    """Keeps files where they are: otherwise those of more than 1 MB would lie in clear in the temporary folder."""

    spool_max_size = LARGEST_BODY + ROOM_FOR_THE_FORM


async def _form_file(request: Request) -> tuple[str, bytes]:
    body = await read_body(request, largest=LARGEST_BODY + ROOM_FOR_THE_FORM)

    async def pieces() -> AsyncGenerator[bytes, None]:
        for start in range(0, len(body), PIECE):
            yield body[start : start + PIECE]

    try:
        parser = InMemory(request.headers, pieces(), max_files=2, max_fields=10)
        form = await parser.parse()
    except (MultiPartException, HTTPException, KeyError, ValueError):
        raise RequestError(400, "malformed-form", "the form cannot be read") from None
    try:
        parts = form.multi_items()
        files = [part for name, part in parts if name == "file" and isinstance(part, UploadFile)]
        if len(files) != 1 or len(parts) != 1:
            said = f"the form holds {len(files)} files named `file` and {len(parts) - len(files)} other parts"
            raise RequestError(
                422, "one-file", f"{said}; send one file, as its part `file`, and nothing else"
            )
        return files[0].filename or "", await files[0].read()
    finally:
        await form.close()
