"""``kill -9`` of workers and of the whole service while jobs are worked on and events are delivered."""

from __future__ import annotations

import random
import time
from collections import Counter
from pathlib import Path

import httpx
from sqlalchemy import create_engine, text

from serving.items import ItemFilter
from serving.store.store import Store
from tests.serving.audit.logs import of_store
from tests.serving.outbox.desk import SECRET_TEXT
from tests.support import earlier_stores
from tests.support.receiver import Say, receiving
from tests.support.small_x12 import BilledClaim, professional
from training.benchmarks.service.process import Service

FILES, CLAIMS, KILLS = 10, 400, 4


def test_no_job_is_lost_or_doubled_and_each_end_is_told(url: str, tmp_path: Path) -> None:
    Store(url).close()
    with receiving([Say(500), Say(204)]) as receiver:
        environment = {
            "CLEARLANE_DATABASE_URL": url,
            "CLEARLANE_CALLBACKS": f"{receiver.address}/,127.0.0.1",
            "CLEARLANE_EVENTS_TO": f"{receiver.address}/in",
            "CLEARLANE_EVENTS_SECRET": SECRET_TEXT,
        }
        with Service(tmp_path, environment, ("--without-models",)) as service:
            jobs = [send(service.address, number) for number in range(FILES)]
            for kill in range(KILLS):
                time.sleep(random.uniform(0.2, 1.5))
                service.kill_worker(kill)
            time.sleep(0.3)
            service.kill()
            hasten(url)
            service.start()
            ended = wait(service.address, jobs)
            receiver.wait(FILES, 120)
            deadline = time.monotonic() + 120
            while len({one.event["data"]["job"] for one in receiver.came}) < FILES:
                assert time.monotonic() < deadline
                time.sleep(0.2)
    assert Counter(job["status"] for job in ended) == {"done": FILES}
    assert {job["receipt"]["already_taken"] for job in ended} == {False}
    assert {one.event["data"]["job"] for one in receiver.came} == set(jobs)
    assert {one.event["type"] for one in receiver.came} == {"clearlane.job.done"}
    stored = earlier_stores.contents(url)
    assert (len(stored["files"]), len(stored["claims"])) == (FILES, FILES * CLAIMS)
    assert {row["body"] for row in stored["jobs"]} == {None}
    store = Store(url)
    assert store.page(ItemFilter(status=None), offset=0, limit=1).total == FILES * CLAIMS
    assert not of_store(store).faults
    store.close()


def send(address: str, number: int) -> str:
    """A file as a job, sent again with its key until it is answered; the job's id."""
    claims = [BilledClaim(f"K{number}-{place}", member=f"M{number}-{place}") for place in range(CLAIMS)]
    data = professional(claims, control=f"{number + 1:09d}")
    headers = {"Prefer": "respond-async", "Idempotency-Key": f"key-{number}"}
    for _ in range(200):
        try:
            answer = httpx.post(f"{address}/v1/files", content=data, headers=headers, timeout=60)
            if answer.status_code == 202:
                return str(answer.json()["id"])
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise AssertionError("the file was never taken")


def hasten(url: str) -> None:
    """What the dead held is free at once, as it would be half a minute later."""
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE jobs SET until = made_at WHERE until IS NOT NULL"))
        connection.execute(text("DELETE FROM leases"))
    engine.dispose()


def wait(address: str, jobs: list[str]) -> list[dict[str, object]]:
    """All jobs once they are over."""
    deadline = time.monotonic() + 300
    while True:
        found = [httpx.get(f"{address}/v1/jobs/{job}", timeout=60).json() for job in jobs]
        if all(one["status"] in ("done", "failed") for one in found):
            return found
        assert time.monotonic() < deadline, Counter(one["status"] for one in found)
        time.sleep(0.5)
