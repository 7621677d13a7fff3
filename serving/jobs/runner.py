"""The runner: a thread of each process that takes jobs up, one at a time, with the rights of who sent them."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import msgspec

from features.errors import ClearlaneError, ConflictError
from serving import ingestion
from serving.access.actor import acting_as
from serving.champions import Champions
from serving.clock import utc_now
from serving.jobs.progress import telling
from serving.jobs.records import Stage, Work
from serving.metrics import metrics
from serving.periodic import Periodic
from serving.problem_details import ProblemDetails, problem, problem_of
from serving.store.connections import StoreError, StoreGoneError
from serving.store.jobs import Holding, Jobs, holding
from serving.store.store import Store
from serving.traceparent import following

EVERY: Final = 1.0  # seconds between two looks; a file that came to this process is begun at once
LEASE: Final = 30.0  # seconds after which a process that said nothing counts as dead
LATER: Final = timedelta(seconds=10)  # before a job is begun again whose database could not be used
ATTEMPTS: Final = 5  # a file that ends its process so often is not begun again
logger = logging.getLogger("clearlane.serving.jobs")


class Runner:
    """Several processes may run one: a job is taken up by one of them."""

    def __init__(
        self,
        jobs: Jobs,
        store: Store,
        champions: Champions,
        *,
        clock: Callable[[], datetime],
        lease: float = LEASE,
        every: float = EVERY,
    ) -> None:
        """``clock`` is the service's; leases go by the real time."""
        self._jobs = jobs
        self._store = store
        self._champions = champions
        self._clock = clock
        self._lease = lease
        self._holder = secrets.token_hex(16)
        self._to_put_back: tuple[Work, bool] | None = None
        self._periodic = Periodic(
            "jobs", self.once, every=every, logger=logger, failing="jobs were left for now"
        )

    def start(self) -> None:
        """Begin to look."""
        self._periodic.start()

    def wake(self) -> None:
        """Look now: a job was made."""
        self._periodic.wake()

    def close(self, patience: float = 20.0) -> None:
        """End after the job that runs; one that takes longer goes on while the process lives, or is begun anew."""
        self._periodic.close(patience)

    def once(self) -> bool:
        """Do one job; False where none waits. Raises StoreError."""
        self._put_back()
        work = self._jobs.take_up(self._holder, self._clock(), utc_now(), self._lease)
        if work is None:
            return False
        with following(work.traceparent):
            if work.attempts > ATTEMPTS:
                self._failed(work, _given_up())
                return True
            with self._kept(work), acting_as(work.actor):
                self._do(work)
        return True

    def _do(self, work: Work) -> None:
        mine = Holding(work.id, work.holder)
        token = holding.set(mine)
        try:
            with telling(partial(self._reached, work)):
                receipt = ingestion.take(
                    work.data,
                    name=work.name,
                    store=self._store,
                    champions=self._champions,
                    at=self._clock(),
                )
            if not mine.done:
                self._jobs.finish(receipt, self._clock())
            metrics().files.labels("known" if receipt.already_taken else "taken").inc()
        except ConflictError:  # another process has it, and does it
            logger.warning("job %s was lost to another process", work.id)
        except StoreError as error:
            logger.warning("job %s was put back: %s", work.id, error)
            self._to_put_back = work, not isinstance(error, StoreGoneError)
            self._put_back()
        except Exception as error:  # nothing a file holds ends the thread
            metrics().files.labels("refused").inc()
            if isinstance(error, ClearlaneError):
                error.where = ingestion.without_name(work.name, error.where)
            self._failed(work, msgspec.json.decode(bytes(problem_of(error).body), type=ProblemDetails))
        finally:
            holding.reset(token)

    def _put_back(self) -> None:
        """What was left for a database that could not be used; it may be so still, then at the next turn."""
        if self._to_put_back is not None:
            work, counted = self._to_put_back
            self._jobs.put_back(work, utc_now() + LATER, counted=counted)
            self._to_put_back = None

    def _reached(self, work: Work, stage: Stage, records: int | None) -> None:
        self._jobs.reach(work, stage, records)

    def _failed(self, work: Work, what: ProblemDetails) -> None:
        try:
            self._jobs.fail(work, what, self._clock())
        except ConflictError:
            logger.warning("job %s was lost to another process", work.id)

    def _kept(self, work: Work) -> Periodic:
        """Says every now and then, from a thread of its own, that the job is worked on, until it is lost."""

        def beat() -> bool:
            if not self._jobs.keep(work, utc_now(), self._lease):
                beating.end()
            return False

        beating = Periodic(
            "job-kept",
            beat,
            every=self._lease / 5,
            logger=logger,
            failing=f"job {work.id} could not be kept",
            wait_first=True,
        )
        return beating


def _given_up() -> ProblemDetails:
    said = f"the work on this file ended its process {ATTEMPTS} times, so it is not begun again"
    return msgspec.json.decode(bytes(problem(500, "internal", said).body), type=ProblemDetails)
