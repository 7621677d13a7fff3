"""``Idempotency-Key``: a request that is sent again is answered again, and its change is made once."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from serving.access.actor import current_actor
from serving.identifiers import Identifiers
from serving.problem_details import RequestError
from serving.store.idempotency import Done, IdempotencyKeys, Taken, Waiting, held
from serving.workers import Workers

HEADER, REPLAYED = "Idempotency-Key", "Idempotency-Replayed"
PATTERN = r"^[!-~]{1,200}$"

T = TypeVar("T")


class Once:
    """Keeps the keys of the requests that change something."""

    def __init__(
        self,
        keys: IdempotencyKeys,
        identifiers: Identifiers,
        workers: Workers,
        clock: Callable[[], datetime],
    ) -> None:
        self._keys = keys
        self._identifiers = identifiers
        self._workers = workers
        self._clock = clock

    async def answer(
        self,
        request: Request,
        route: str,
        asked: Any,
        *,
        work: Callable[[], Awaitable[T]],
        respond: Callable[[T], Response],
        again: Callable[[Done], Awaitable[T]],
        kept: Callable[[T], Done],
    ) -> Response:
        """Do the work, or say again what came of it where the same key came with the same request before.

        ``route`` names the endpoint, ``asked`` is what the request asks for, as values that msgspec encodes; ``kept``
        says what of the result is kept, and ``again`` makes the result anew from it. Raises RequestError: 422 for a
        key that came with another request, 409 with Retry-After while the first one is worked on.
        """
        key = request.headers.get(HEADER)
        if key is None:
            return respond(await work())
        found = await self._workers.run(
            self._keys.take, *self._digests(request, route, key, asked), self._clock()
        )
        if isinstance(found, Taken):
            try:
                result = await self._work(found, work, kept)
            except (
                asyncio.CancelledError
            ):  # the thread goes on: the key stays taken until it is done, or lost
                raise
            except Exception:
                done = await self._workers.run(self._keys.leave, found)
                if done is None or found.done:
                    raise
                found = done  # another one was first, and this one changed nothing
            else:
                return respond(result)
        if not isinstance(found, Done):
            raise _refusal(found)
        response = respond(await again(found))
        response.headers[REPLAYED] = "true"
        return response

    async def _work(self, taken: Taken, work: Callable[[], Awaitable[T]], kept: Callable[[T], Done]) -> T:
        token = held.set(taken)
        try:
            result = await work()
        finally:
            held.reset(token)
        if not taken.done:
            await self._workers.run(self._keys.finish, taken, kept(result), self._clock())
        return result

    def _digests(self, request: Request, route: str, key: str, asked: Any) -> tuple[str, str]:
        """Of who uses the key where, and of what is asked for; neither can be read back."""
        if not re.fullmatch(PATTERN.strip("^$"), key):
            raise RequestError(
                422, "bad-idempotency-key", f"{HEADER} should be 1 to 200 visible ASCII characters"
            )
        names = [str(value) for value in request.path_params.values()]
        scope = self._identifiers.of("idempotency", current_actor().name, route, *names, key)
        plain = msgspec.json.encode([request.path_params, asked]).decode()
        return scope, self._identifiers.of("request", plain)


def _refusal(found: Waiting | str) -> RequestError:
    if isinstance(found, Waiting):
        return RequestError(
            409,
            "idempotency-key-in-use",
            "the first request with this key is still being worked on; send it again in a moment",
            headers={"Retry-After": str(min(found.seconds, 5))},
        )
    return RequestError(
        422, "idempotency-key-reused", f"this {HEADER} came with another request before; use a new one"
    )
