"""One attempt to deliver an event: a POST to the address that was checked, within a time limit, following nothing."""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from functools import cache

import httpx
from msgspec import Struct

from serving.outbox.addresses import Allowed, NotAllowedError, host_of, port_of
from serving.outbox.events import MEDIA_TYPE
from serving.outbox.schedule import wish_of
from serving.outbox.signing import headers_of
from serving.telemetry.spans import came_to, span

SECONDS = 20.0  # for all of an attempt: the name, the connection, and the answer's head
GONE = 410


class Letter(Struct, frozen=True):
    """What is to be sent."""

    id: str  # of the delivery
    event_id: str
    target: str
    body: bytes
    attempts: int  # so far
    until: datetime  # after which it is not tried again


class Answered(Struct, frozen=True):
    """What came of it."""

    status: int | None = None  # HTTP; None where no answer came
    error: str | None = None  # kebab-case, of a closed set; None where it was delivered
    wish: timedelta | None = None  # Retry-After


async def attempt(
    letter: Letter, *, allowed: Allowed, secrets: tuple[bytes, ...], seconds: float = SECONDS
) -> Answered:
    """Send it once; never raises for anything that the other side does."""
    with span("event delivery", {"http.request.method": "POST"}, outgoing=True) as made:
        answered = await _attempted(letter, allowed, secrets, seconds)
        came_to(made, status=answered.status, error=answered.error)
    return answered


async def _attempted(
    letter: Letter, allowed: Allowed, secrets: tuple[bytes, ...], seconds: float
) -> Answered:
    try:
        async with asyncio.timeout(seconds):
            return await _sent(letter, allowed, secrets)
    except TimeoutError:
        return Answered(error="timeout")
    except NotAllowedError:
        return Answered(error="not-allowed")
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        return Answered(error="certificate" if _of_certificate(error) else "no-connection")


async def _sent(letter: Letter, allowed: Allowed, secrets: tuple[bytes, ...]) -> Answered:
    """The name is looked up once, and what it led to is connected to; the certificate is asked for the name."""
    parts = allowed.check(letter.target)
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host_of(parts), port_of(parts), type=1)
    address = allowed.reachable([str(one[4][0]) for one in found])
    now = datetime.now(UTC)
    headers = {
        "Host": parts.netloc,
        "Content-Type": MEDIA_TYPE,
        "User-Agent": "clearlane",
        **headers_of(secrets, event_id=letter.event_id, timestamp=int(now.timestamp()), body=letter.body),
    }
    literal = f"[{address}]" if ":" in address else address
    url = httpx.URL(letter.target).copy_with(host=literal)
    async with httpx.AsyncClient(
        verify=_certificates(),
        trust_env=False,
        follow_redirects=False,
        timeout=None,  # noqa: S113 - the caller's
    ) as client:
        request = client.build_request(
            "POST", url, content=letter.body, headers=headers, extensions={"sni_hostname": host_of(parts)}
        )
        answer = await client.send(request, stream=True)  # the body is of no interest, however long it is
        await answer.aclose()
    if answer.is_success:
        return Answered(answer.status_code)
    return Answered(
        answer.status_code,
        "redirect" if answer.is_redirect else "refused",
        wish_of(answer.headers.get("retry-after"), now),
    )


def _of_certificate(error: BaseException | None) -> bool:
    """The client wraps what it met, more than once."""
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error is not None


@cache
def _certificates() -> ssl.SSLContext:
    """Read once: it takes longer than all the rest."""
    return httpx.create_ssl_context(trust_env=False)
