"""``POST /v1/files``: an X12 file or a table of what came on paper, as a form's part or as the body itself."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator, Callable
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
from serving.api.once import Once
from serving.api.queries import FileQuery, read_query
from serving.champions import Champions
from serving.intake import Receipt
from serving.metrics import metrics
from serving.problem_details import RequestError
from serving.store.idempotency import Done
from serving.store.store import Store
from serving.workers import Workers

ROOM_FOR_THE_FORM = 64 * 1024  # bytes: a form's own lines beside its file


class Files:
    """The endpoint that takes files in."""

    def __init__(
        self, champions: Champions, store: Store, workers: Workers, clock: Callable[[], datetime], once: Once
    ) -> None:
        self._champions = champions
        self._store = store
        self._workers = workers
        self._clock = clock
        self._once = once

    async def take(self, request: Request) -> Response:
        """201 for a new file, 200 for one that was taken before."""
        if request.headers.get("sec-fetch-site") == "cross-site":
            raise RequestError(403, "cross-site", "files are not taken from another site's page")
        name, data = await _file(request)
        return await self._once.answer(
            request,
            "files",
            [name, hashlib.sha256(data).hexdigest()],
            work=partial(self._take, name, data),
            respond=_answered,
            again=_told_again,
            kept=lambda receipt: Done(_status(receipt), msgspec.json.encode(receipt).decode()),
        )

    async def _take(self, name: str, data: bytes) -> Receipt:
        try:
            receipt = await self._workers.run(
                ingestion.take,
                data,
                name=name,
                store=self._store,
                champions=self._champions,
                at=self._clock(),
            )
        except ClearlaneError as error:
            metrics().files.labels("refused").inc()
            error.where = _without(ingestion.plain_name(name), error.where)
            raise
        metrics().files.labels("known" if receipt.already_taken else "taken").inc()
        return receipt


def _without(name: str, where: str) -> str:
    """A place in the file without the file's name, which may be a patient's: problems reach the logs of callers.

    >>> _without("JANE DOE.csv", "JANE DOE.csv, row 3"), _without("a", "row 3")
    ('the file, row 3', 'row 3')
    """
    return f"the file{where.removeprefix(name)}" if where.startswith(name) else where


def _answered(receipt: Receipt) -> Response:
    return answer(receipt, status=_status(receipt))


def _status(receipt: Receipt) -> int:
    return 200 if receipt.already_taken else 201


async def _told_again(done: Done) -> Receipt:
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


async def _form_file(request: Request) -> tuple[str, bytes]:
    body = await read_body(request, largest=LARGEST_BODY + ROOM_FOR_THE_FORM)

    async def once() -> AsyncGenerator[bytes, None]:
        yield body

    try:
        parser = MultiPartParser(request.headers, once(), max_files=2, max_fields=10)
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
