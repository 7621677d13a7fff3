"""A job as the store, the runner and the API share it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from serving.access.actor import Actor
from serving.intake import Receipt
from serving.problem_details import ProblemDetails

JobStatus = Literal["queued", "running", "done", "failed"]
Stage = Literal["waiting", "reading", "scoring", "storing", "over"]
OVER: frozenset[str] = frozenset({"done", "failed"})


class Job(Struct, frozen=True):
    """A file that was taken to be worked on."""

    id: str
    status: JobStatus
    stage: Stage  # how far it is
    records: int | None  # that were read from the file; None until it is read
    attempts: int  # how often it was taken up: more than once where a process died
    made_at: datetime  # UTC
    started_at: datetime | None
    finished_at: datetime | None
    receipt: Receipt | None = None  # of a job that is done: what ``POST /v1/files`` would have answered
    problem: ProblemDetails | None = None  # of one that failed


class NewJob(Struct, frozen=True):
    """A file as it came."""

    name: str
    data: bytes
    callback: str | None


class Work(Struct, frozen=True):
    """A job that a process has taken up."""

    id: str
    holder: str
    name: str
    data: bytes
    actor: Actor  # who sent the file: the work is done with no more than its rights
    attempts: int
    traceparent: str | None = None  # of the request that it came with
