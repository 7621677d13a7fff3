"""``GET /v1/certificates``: what may go without a person today, and what other cells want."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from serving.api.bodies import answer
from serving.certificates import CertificateBook, Told
from serving.workers import Workers


class CertificateList(Struct, frozen=True):
    """Every certificate as it stands now; none where none was issued."""

    certificates: tuple[Told, ...]


class CertificateEndpoint:
    """The certificates over HTTP."""

    def __init__(self, book: CertificateBook, workers: Workers, clock: Callable[[], datetime]) -> None:
        self._book = book
        self._workers = workers
        self._clock = clock

    async def get(self, _: Request) -> Response:
        """The whole list."""
        day = self._clock().date()
        return answer(CertificateList(await self._workers.run(lambda: self._book.told(day))))
