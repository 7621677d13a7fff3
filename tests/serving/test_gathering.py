"""Calls that come at the same time are done together, and none notices."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from serving.access.actor import Actor, acting_as, current_actor
from serving.gathering import MOST_TOGETHER, MOST_WAITING, Gathering
from serving.problem_details import RequestError
from serving.workers import Workers


class Work:
    """Doubles numbers once it may, and knows which it was given together and for whom."""

    def __init__(self) -> None:
        self.together: list[list[int]] = []
        self.actors: list[str] = []
        self.may = threading.Event()

    def __call__(self, asked: Sequence[int]) -> list[int]:
        self.together.append(list(asked))
        self.actors.append(current_actor().name)
        assert self.may.wait(20)
        if 13 in asked:
            raise ValueError("thirteen")
        return [2 * one for one in asked]


async def answers(
    work: Work, asked: Sequence[int], actors: Sequence[Actor] = ()
) -> list[int | BaseException]:
    workers = Workers(threads=2, waiting=8, name="test")
    gathering: Gathering[int, int] = Gathering(workers, work)

    async def call(place: int, one: int) -> int:
        if not actors:
            return await gathering.run(one)
        with acting_as(actors[place]):
            return await gathering.run(one)

    try:
        calls = [asyncio.create_task(call(place, one)) for place, one in enumerate(asked)]
        await asyncio.sleep(0.1)  # all have come by now
        work.may.set()
        return await asyncio.gather(*calls, return_exceptions=True)
    finally:
        workers.close()


def test_a_call_alone_begins_at_once_and_what_comes_meanwhile_is_done_together() -> None:
    work = Work()
    assert asyncio.run(answers(work, [1, 2, 3, 4])) == [2, 4, 6, 8]
    assert work.together == [[1], [2, 3, 4]]


def test_no_more_than_a_bounded_number_is_done_together() -> None:
    work = Work()
    asyncio.run(answers(work, range(100, 102 + MOST_TOGETHER)))
    assert [len(asked) for asked in work.together] == [1, MOST_TOGETHER, 1]


def test_only_the_call_that_fails_is_told_so() -> None:
    work = Work()
    found = asyncio.run(answers(work, [1, 2, 13, 4]))
    assert isinstance(found[2], ValueError)
    assert [found[0], found[1], found[3]] == [2, 4, 8]


def test_actors_of_different_facilities_are_never_answered_together() -> None:
    one, other = (Actor(name, frozenset(), frozenset({name})) for name in ("one", "other"))
    work = Work()
    assert asyncio.run(answers(work, [1, 2, 3, 4], [one, one, one, other])) == [2, 4, 6, 8]
    assert work.together == [[1], [2, 3], [4]]
    assert work.actors == ["one", "one", "other"]


def test_what_would_wait_too_long_is_refused() -> None:
    found = asyncio.run(answers(Work(), range(100, 102 + MOST_WAITING)))
    assert [place for place, one in enumerate(found) if isinstance(one, RequestError)] == [MOST_WAITING + 1]


def test_a_caller_that_gave_up_harms_nobody() -> None:
    async def scenario() -> int:
        work, workers = Work(), Workers(threads=2, waiting=8, name="test")
        gathering: Gathering[int, int] = Gathering(workers, work)
        gone, stays = (asyncio.create_task(gathering.run(one)) for one in (1, 2))
        await asyncio.sleep(0.05)
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
        work.may.set()
        try:
            return await asyncio.wait_for(stays, 20)
        finally:
            workers.close()

    assert asyncio.run(scenario()) == 4


def test_calls_of_several_event_loops_do_not_meet() -> None:
    """As where an application is asked from several threads, each with a loop of its own."""
    work, workers = Work(), Workers(threads=2, waiting=8, name="test")
    work.may.set()
    gathering: Gathering[int, int] = Gathering(workers, work)
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda one: asyncio.run(gathering.run(one)), range(100, 160)))
    workers.close()
    assert found == [2 * one for one in range(100, 160)]
