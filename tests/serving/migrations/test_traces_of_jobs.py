"""Revision 0008 on a store in which a job waits: it is done as if nothing had been."""

from __future__ import annotations

from sqlalchemy import create_engine, text

from serving.application import build
from serving.clock import utc_now
from serving.jobs.records import NewJob
from serving.store.jobs import Jobs
from serving.store.store import Store
from tests.serving.conftest import NOW
from tests.support.earlier_stores import allow_replacing
from tests.support.fake_champions import fake_champions
from tests.support.small_x12 import professional


def test_a_job_that_was_left_before_is_done_after(url: str) -> None:
    store = Store(url)
    job = Jobs.of(store).make(NewJob("a.837", professional(), None), NOW, utc_now())
    store.close()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE jobs DROP COLUMN traceparent"))
        connection.execute(text("DROP INDEX items_as_listed"))
        connection.execute(text("CREATE INDEX items_in_order ON items (status, strictness, due_at)"))
        allow_replacing(connection)
        connection.execute(text("UPDATE alembic_version SET version_num = '0007'"))
    engine.dispose()
    application = build(Store(url), fake_champions(), clock=lambda: NOW)
    try:
        assert application.runner.once()
        assert Jobs.of(application.store).get(job.id).status == "done"
    finally:
        application.close()
