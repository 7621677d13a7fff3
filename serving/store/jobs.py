"""Jobs in the database: what is to be done, by whom it is being done, and what came of it.

A process that takes a job up has it for a while, and longer while it says so; of one that died the next process takes
it up anew. What the job does and that it is done is one transaction, in which the process must still have it: so a job
is done once, however often it was begun.
"""

from __future__ import annotations

import secrets
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)

from features.errors import ClearlaneError, ConflictError, NotFoundError
from serving.access.actor import Actor, current_actor
from serving.audit.chain import Entry, plain
from serving.intake import Receipt
from serving.jobs.records import Job, NewJob, Stage, Work
from serving.outbox.events import Event
from serving.problem_details import ProblemDetails
from serving.store.audit import append
from serving.store.columns import PlainText, UtcTime
from serving.store.idempotency import settle
from serving.store.outbox import tell
from serving.store.part import Part
from serving.store.schema import metadata
from serving.traceparent import current_trace

KEPT = timedelta(days=30)  # that a job is shown for when it is over
MOST_WAITING = 200  # jobs, each with its file: what comes beyond is to come again later

jobs = Table(
    "jobs",
    metadata,
    Column("id", PlainText(24), primary_key=True),
    Column("name", PlainText(255), nullable=False),
    Column("body", LargeBinary),  # the file; None once the job is over
    Column("actor", Text, nullable=False),  # JSON: who sent it, with what rights
    Column("actor_name", PlainText, nullable=False),
    Column("callback", Text),
    Column("status", String(12), nullable=False),
    Column("stage", String(12), nullable=False),
    Column("records", Integer),
    Column("attempts", Integer, nullable=False),
    Column("holder", String(40)),
    Column("until", UtcTime),  # until when its holder has it, or it is left alone; None: it is over
    Column("made_at", UtcTime, nullable=False),
    Column("started_at", UtcTime),
    Column("finished_at", UtcTime),
    Column("receipt", Text),  # JSON
    Column("problem", Text),  # JSON
    Column("traceparent", String(55)),  # of the request that left it, for the events that tell of it
    Index("jobs_to_do", "status", "until"),
)


class TooManyJobsError(ClearlaneError):
    """As many files wait as the store shall hold."""

    code = "too-many-requests"
    http_status = 429


class Holding(Struct):
    """The job that the present work is; ``done`` once that is written."""

    id: str
    holder: str
    done: bool = False


holding: ContextVar[Holding | None] = ContextVar("job", default=None)


def finish(connection: Connection, receipt: Receipt, at: datetime) -> None:
    """Mark the present job as done, inside the transaction of what it did; without one nothing is done.

    Raises ConflictError where another process has taken it up since, so that nothing of it is kept.
    """
    mine = holding.get()
    if mine is not None:
        values = {"status": "done", "stage": "over", "receipt": msgspec.json.encode(receipt).decode()}
        callback = _over(connection, mine, values, at)
        counts = msgspec.to_builtins(receipt.counts)
        data = {"job": mine.id, "file": receipt.file, **counts}
        tell(connection, Event("clearlane.job.done", mine.id, data), also=callback)
        mine.done = True


def _over(connection: Connection, mine: Holding, values: dict[str, Any], at: datetime) -> str | None:
    """The callback of the job."""
    own = (jobs.c.id == mine.id, jobs.c.holder == mine.holder, jobs.c.status == "running")
    callback = connection.execute(select(jobs.c.callback).where(*own)).one_or_none()
    if callback is None:
        raise ConflictError("the job was taken up by another process")
    rest = {"body": None, "holder": None, "until": None, "finished_at": at}
    connection.execute(update(jobs).where(*own).values({**values, **rest}))
    found: str | None = callback.callback
    return found


class Jobs(Part):
    """Files that are left to be worked on."""

    def make(self, new: NewJob, at: datetime, moment: datetime) -> Job:
        """Keep a file to be worked on; ``at`` is the service's time, ``moment`` the real one, by which it is begun.

        Raises TooManyJobsError.
        """
        actor, trace = current_actor(), current_trace()
        row = {
            "id": secrets.token_hex(12),
            "name": new.name[:255],
            "body": new.data,
            "actor": msgspec.json.encode(actor).decode(),
            "actor_name": actor.name,
            "callback": new.callback,
            "traceparent": trace.header if trace else None,
            "status": "queued",
            "stage": "waiting",
            "attempts": 0,
            "until": moment,
            "made_at": at,
        }
        open_ = select(func.count()).select_from(jobs).where(jobs.c.status.in_(("queued", "running")))
        with self._database.writing() as connection:
            if connection.execute(open_).scalar_one() >= MOST_WAITING:
                raise TooManyJobsError("many files wait already", remedy="send this one again later")
            connection.execute(delete(jobs).where(jobs.c.finished_at < at - KEPT))
            connection.execute(insert(jobs), row)
            append(connection, [Entry("job", str(row["id"]), after=plain(did="made", bytes=len(new.data)))])
            job = _job(connection.execute(select(*SHOWN).where(jobs.c.id == row["id"])).one())
            settle(connection, at, status=202, answer=job)
            return job

    def get(self, job_id: str) -> Job:
        """One job; raises NotFoundError, also for one that an actor with a limit did not send."""
        query = select(*SHOWN).where(jobs.c.id == job_id)
        actor = current_actor()
        if actor.facilities is not None:
            query = query.where(jobs.c.actor_name == actor.name)
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise NotFoundError("there is no such job")
        return _job(row)

    def take_up(self, holder: str, at: datetime, moment: datetime, seconds: float) -> Work | None:
        """The job that waits longest, for so long; None where none waits. Nothing is written then."""
        due = (jobs.c.status.in_(("queued", "running")), jobs.c.until <= moment)
        query = select(jobs.c.id).where(*due).order_by(jobs.c.made_at, jobs.c.id).limit(1)
        with self._database.reading() as connection:
            if connection.execute(query).first() is None:
                return None
        with self._database.writing() as connection:
            found = connection.execute(query).scalar()
            if found is None:
                return None
            values = {
                "status": "running",
                "stage": "reading",
                "holder": holder,
                "until": moment + timedelta(seconds=seconds),
                "attempts": jobs.c.attempts + 1,
                "started_at": at,
            }
            connection.execute(update(jobs).where(jobs.c.id == found).values(values))
            row = connection.execute(select(jobs).where(jobs.c.id == found)).one()
            actor = msgspec.json.decode(row.actor, type=Actor)
            return Work(row.id, holder, row.name, bytes(row.body), actor, row.attempts, row.traceparent)

    def keep(self, work: Work, moment: datetime, seconds: float) -> bool:
        """Have a job for longer; False where another process has it."""
        return self._set(work, until=moment + timedelta(seconds=seconds))

    def reach(self, work: Work, stage: Stage, records: int | None) -> bool:
        """Write down how far a job is."""
        return self._set(work, stage=stage, **({} if records is None else {"records": records}))

    def put_back(self, work: Work, moment: datetime, *, counted: bool) -> bool:
        """Leave a job to be taken up again, from a moment on; ``counted``: as one that was tried."""
        attempts = jobs.c.attempts if counted else jobs.c.attempts - 1
        return self._set(work, status="queued", stage="waiting", holder=None, until=moment, attempts=attempts)

    def finish(self, receipt: Receipt, at: datetime) -> None:
        """Mark the present job as done where it changed nothing; raises ConflictError as ``finish`` does."""
        with self._database.writing() as connection:
            finish(connection, receipt, at)

    def fail(self, work: Work, problem: ProblemDetails, at: datetime) -> None:
        """Mark a job as failed; raises ConflictError where another process has it."""
        values = {"status": "failed", "stage": "over", "problem": msgspec.json.encode(problem).decode()}
        with self._database.writing() as connection:
            callback = _over(connection, Holding(work.id, work.holder), values, at)
            append(connection, [Entry("job", work.id, after=plain(did="failed", code=problem.code))])
            event = Event(
                "clearlane.job.failed",
                work.id,
                {"job": work.id, "code": problem.code, "status": problem.status},
            )
            tell(connection, event, also=callback)

    def _set(self, work: Work, **values: Any) -> bool:
        own = (jobs.c.id == work.id, jobs.c.holder == work.holder, jobs.c.status == "running")
        with self._database.writing() as connection:
            return connection.execute(update(jobs).where(*own).values(values)).rowcount == 1


def _job(row: Row[Any]) -> Job:
    values = {name: getattr(row, name) for name in Job.__struct_fields__}
    for name, type_ in (("receipt", Receipt), ("problem", ProblemDetails)):
        values[name] = msgspec.json.decode(values[name], type=type_) if values[name] else None
    return Job(**values)


SHOWN = tuple(jobs.c[name] for name in Job.__struct_fields__)
