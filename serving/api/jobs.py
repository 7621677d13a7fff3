"""``GET /v1/jobs/{id}``, and what makes ``POST /v1/files`` a job."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response

from serving.api.bodies import answer
from serving.jobs.records import OVER, Job
from serving.outbox.addresses import Allowed, NotAllowedError
from serving.problem_details import Fault, RequestError
from serving.store.jobs import Jobs
from serving.workers import Workers

LARGE = 5 * 1024 * 1024  # bytes: a larger file is always a job
AGAIN = "2"  # seconds after which a caller may look again


class JobEndpoint:
    """Jobs over HTTP."""

    def __init__(self, jobs: Jobs, workers: Workers) -> None:
        self._jobs = jobs
        self._workers = workers

    async def get(self, request: Request) -> Response:
        """How a job stands; ``Retry-After`` while it is not over."""
        job = await self._workers.run(self._jobs.get, request.path_params["id"])
        return answer(job, headers={} if job.status in OVER else {"Retry-After": AGAIN})


def accepted(job: Job, *, asked: bool) -> Response:
    """202: where the job is to be looked at; ``asked``: the caller preferred it so."""
    headers = {"Location": f"/v1/jobs/{job.id}", "Retry-After": AGAIN}
    return answer(
        job, status=202, headers={**headers, **({"Preference-Applied": "respond-async"} if asked else {})}
    )


def prefers_async(request: Request) -> bool:
    """Whether ``Prefer`` (RFC 7240) asks for an answer before the work is done.

    Preferences stand with commas between, each with parameters of its own behind a semicolon; names ignore their case.
    """
    given = ",".join(request.headers.getlist("prefer"))
    names = (part.partition(";")[0].partition("=")[0].strip().lower() for part in _parts(given))
    return "respond-async" in names


def check_callback(address: str | None, allowed: Allowed) -> None:
    """Raises RequestError for an address that the service may not send to."""
    if address is None:
        return
    try:
        allowed.check(address)
    except NotAllowedError:
        fault = Fault("/callback", "is no address that the service may send to")
        raise RequestError(422, "bad-query", "the callback is not allowed here", faults=[fault]) from None


def _parts(text: str) -> list[str]:
    """What stands between commas, but for those in quotes."""
    return re.findall(r'(?:[^,"]|"(?:\\.|[^"\\])*"?)+', text)
