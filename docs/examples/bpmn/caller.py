"""Requests as an engine sends them: under its own key, again until they are answered, and never twice in effect."""

from __future__ import annotations

import time
from typing import Any

import httpx

AGAIN_IN = 0.5  # seconds, where no answer says how long to wait
LONGEST_WAIT = 30.0


class ServiceAwayError(Exception):
    """No answer that counts came within the caller's patience; what was asked may or may not have happened."""


class Caller:
    """One actor at the service: the engine, or a person for whom the engine asks.

    ``patience`` is for how many seconds a request is sent again.
    """

    def __init__(self, address: str, key: str | None = None, *, patience: float = 60.0) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._client = httpx.Client(base_url=address, headers=headers, timeout=60)
        self._patience = patience
        self.sent_again = 0

    def ask(self, method: str, path: str, *, once: str | None = None, **content: Any) -> httpx.Response:
        """The first answer that is not "come again"; raises ServiceAwayError.

        ``once`` is the Idempotency-Key of what changes something: with it a request whose answer was lost can be sent
        again, and the service changes things once.
        """
        headers = {**content.pop("headers", {}), **({"Idempotency-Key": once} if once else {})}
        deadline = time.monotonic() + self._patience
        while True:
            wait = AGAIN_IN
            try:
                answer = self._client.request(method, path, headers=headers, **content)
            except httpx.TransportError:
                pass
            else:
                if not _come_again(answer):
                    return answer
                wait = min(float(answer.headers["Retry-After"]), LONGEST_WAIT)
            if time.monotonic() + wait > deadline:
                raise ServiceAwayError(f"{method} was not answered within {self._patience:.0f} s")
            time.sleep(wait)
            self.sent_again += 1

    def get(self, path: str, **parameters: str | int) -> Any:
        """What stands at an address; raises ServiceAwayError, and httpx.HTTPStatusError where it is refused."""
        return self.ask("GET", path, params=parameters).raise_for_status().json()

    def close(self) -> None:
        """Give up the connections."""
        self._client.close()


def _come_again(answer: httpx.Response) -> bool:
    """429, 503, 504, and a 409 whose first request is still worked on, say when; other answers are answers."""
    return answer.status_code in (409, 429, 503, 504) and answer.headers.get("Retry-After", "").isdigit()
