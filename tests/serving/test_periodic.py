"""What is done every so often beside answering: it goes on whatever fails, and nothing of it is left once closed."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count

import pytest

from serving.ageing.rounds import Rounds
from serving.jobs.runner import Runner
from serving.metrics import metrics
from serving.outbox.dispatcher import Dispatcher
from serving.outbox.settings import OutboxSettings
from serving.periodic import Periodic
from serving.store.database import StoreError
from serving.store.jobs import Jobs
from serving.store.outbox import OutboxStore
from serving.store.store import Store
from tests.support.fake_champions import fake_champions

HOURS = 3600.0
logger = logging.getLogger("clearlane.serving.tests")
WaitFor = Callable[[Callable[[], bool]], None]


def periodic(action: Callable[[], bool], *, every: float = HOURS, **more: object) -> Periodic:
    return Periodic("tested", action, every=every, logger=logger, failing="it was left", **more)  # type: ignore[arg-type]


def running() -> set[str]:
    return {one.name for one in threading.enumerate()}


class Turns:
    """Counts, and says that there is more as often as it is told."""

    def __init__(self, more: int = 0) -> None:
        self.done = 0
        self.more = more

    def __call__(self) -> bool:
        self.done += 1
        return self.done <= self.more


def test_the_first_turn_comes_at_once_and_the_others_every_so_often(wait_for: WaitFor) -> None:
    rare, often = Turns(), Turns()
    with periodic(rare), periodic(often, every=0.01):
        wait_for(lambda: often.done > 3)
    assert rare.done == 1


def test_one_that_waits_first_does_nothing_at_once(wait_for: WaitFor) -> None:
    waiting, other = Turns(), Turns()
    with periodic(waiting, wait_first=True), periodic(other, every=0.01, wait_first=True):
        wait_for(lambda: other.done > 3)
    assert waiting.done == 0


def test_where_there_is_more_it_does_not_wait(wait_for: WaitFor) -> None:
    turns = Turns(more=5)
    with periodic(turns):
        wait_for(lambda: turns.done == 6)


def test_it_can_be_woken_even_in_the_midst_of_a_turn(wait_for: WaitFor) -> None:
    begun, go_on = threading.Event(), threading.Event()
    turns = count()

    def turn() -> bool:
        begun.set()
        next(turns)
        return not go_on.wait(10)

    with periodic(turn) as woken:
        assert begun.wait(10)
        woken.wake()
        go_on.set()
        wait_for(lambda: repr(turns) == "count(2)")
        woken.wake()
        wait_for(lambda: repr(turns) == "count(3)")


def test_what_fails_is_told_without_data_and_tried_again(
    wait_for: WaitFor, caplog: pytest.LogCaptureFixture
) -> None:
    errors = iter([StoreError("the store cannot be used now"), ValueError("JANE DOE was born in 1950")])
    turns = Turns()

    def turn() -> bool:
        for error in errors:
            raise error
        return turns()

    failures = metrics().background_failures.labels("tested")._value
    before = failures.get()
    with caplog.at_level(logging.INFO, logger=logger.name), periodic(turn, every=0.01):
        wait_for(lambda: turns.done > 0)
    told, unknown = (one for one in caplog.records if one.name == logger.name)
    assert (told.levelname, unknown.levelname) == ("WARNING", "ERROR")
    assert told.getMessage().startswith("it was left: the store cannot be used now")
    assert "ValueError at " in unknown.getMessage()
    assert "JANE" not in caplog.text
    assert failures.get() == before + 2


def test_nothing_runs_any_more_once_it_is_closed() -> None:
    before = running()
    turns = Turns()
    closed = periodic(turns, every=0.001)
    closed.start()
    assert "tested" in running()
    assert closed.close()
    done = turns.done
    closed.wake()
    closed.start()
    time.sleep(0.05)
    assert turns.done == done
    assert running() == before
    assert closed.close(), "again"


def test_one_that_never_began_does_nothing_at_its_end() -> None:
    turns = Turns()
    assert periodic(turns, last=turns).close()
    assert turns.done == 0


def test_closing_waits_for_the_turn_that_runs_but_only_so_long() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def turn() -> bool:
        begun.set()
        return not go_on.wait(10)

    slow = periodic(turn)
    slow.start()
    assert begun.wait(10)
    assert not slow.close(patience=0.05)
    go_on.set()
    assert slow.close()


def test_a_long_turn_can_see_that_it_should_end(wait_for: WaitFor) -> None:
    steps = count()

    def turn() -> bool:
        while not long.ending:
            next(steps)
            long.breathe(HOURS)
        return True

    long = periodic(turn)
    long.start()
    wait_for(lambda: repr(steps) == "count(1)")
    assert long.close()
    assert next(steps) == 1


def test_a_turn_can_be_the_last_and_what_comes_at_the_end_comes_once(wait_for: WaitFor) -> None:
    last = Turns()

    def turn() -> bool:
        ended.end()
        return True

    ended = periodic(turn, last=last)
    ended.start()
    wait_for(lambda: last.done == 1)
    assert ended.close()
    assert last.done == 1


def test_of_all_that_the_service_does_beside_answering_no_thread_is_left(store: Store) -> None:
    before = running()
    champions = fake_champions()
    clock = lambda: datetime(2024, 4, 3, tzinfo=UTC)  # noqa: E731
    several: list[Rounds | Dispatcher | Runner] = [
        Rounds(store, champions.policy, clock=clock),
        Dispatcher(OutboxStore.of(store), OutboxSettings()),
        Runner(Jobs.of(store), store, champions, clock=clock),
    ]
    for one in several:
        one.start()
    assert running() - before == {"ageing", "outbox", "jobs"}
    for one in several:
        one.close()
    assert running() == before
