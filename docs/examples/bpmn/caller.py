"""Requests as an engine sends them: under its own key, again until they are answered, and never twice in effect."""

from __future__ import annotations

import time
from typing import Any

import httpx

AGAIN_IN = 0.5  # seconds, where no answer says how long to wait
LONGEST_WAIT = 30.0
LEFT = 202  # the file is kept, and worked on


class ServiceAwayError(Exception):
    """No answer that counts came within the caller's patience; what was asked may or may not have happened."""


class FileFailedError(Exception):
    """The service left a file to a job, and the job could not take it: asking again is of no use."""


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
                wait = _seconds(answer)
            if time.monotonic() + wait > deadline:
                raise ServiceAwayError(f"{method} was not answered within {self._patience:.0f} s")
            time.sleep(wait)
            self.sent_again += 1

    def get(self, path: str, **parameters: str | int) -> Any:
        """What stands at an address; raises ServiceAwayError, and httpx.HTTPStatusError where it is refused."""
        return self.ask("GET", path, params=parameters).raise_for_status().json()

    def receipt(self, answer: httpx.Response) -> Any:
        """What came of a file that was sent; one that is left to a job (202) is waited for.

        Raises FileFailedError where the job failed, ServiceAwayError, and httpx.HTTPStatusError where it is refused.
        """
        if answer.raise_for_status().status_code != LEFT:
            return answer.json()
        path = answer.headers["Location"]
        while True:
            time.sleep(_seconds(answer))
            answer = self.ask("GET", path).raise_for_status()
            job = answer.json()
            if job["status"] == "done":
                return job["receipt"]
            if job["status"] == "failed":
                problem = job["problem"]
                raise FileFailedError(f"the file was not taken: {problem['code']}: {problem['detail']}")

    def close(self) -> None:
        """Give up the connections."""
        self._client.close()


def _come_again(answer: httpx.Response) -> bool:
    """429, 503, 504, and a 409 whose first request is still worked on, say when; other answers are answers."""
    return answer.status_code in (409, 429, 503, 504) and answer.headers.get("Retry-After", "").isdigit()


def _seconds(answer: httpx.Response) -> float:
    """How long the answer says to wait."""
    said = answer.headers.get("Retry-After", "")
    return min(float(said), LONGEST_WAIT) if said.isdigit() else AGAIN_IN
