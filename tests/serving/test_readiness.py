"""Probes of readiness: many of them, while the store hangs, take no more than one thread."""

from __future__ import annotations

import asyncio
import threading

from serving.readiness import Readiness
from serving.store.connections import StoreError


def threads() -> int:
    return sum(one.name.startswith("readiness") for one in threading.enumerate())


def test_probes_of_a_store_that_hangs_share_one_check_and_are_ready_once_it_answers() -> None:
    go_on, asked = threading.Event(), []

    def check() -> None:
        asked.append(threading.current_thread())
        assert go_on.wait(20)

    async def probe() -> None:
        assert await asyncio.gather(*(readiness.now() for _ in range(20))) == [False] * 20
        assert not await readiness.now()
        assert (len(asked), threads()) == (1, 1)
        late = asyncio.gather(readiness.now(), readiness.now())
        await asyncio.sleep(0)
        go_on.set()
        assert list(await late) == [True, True], "they wait for the check that hung"
        assert len(asked) == 1
        assert await readiness.now()
        assert len(asked) == 2

    readiness = Readiness(check, patience=0.2)
    asyncio.run(probe())
    readiness.close()


def test_one_that_fails_is_not_ready_and_asked_again_by_the_next_probe() -> None:
    errors = iter([StoreError("the store cannot be used now")])

    def check() -> None:
        for error in errors:
            raise error

    async def probe() -> list[bool]:
        return [await readiness.now(), await readiness.now()]

    readiness = Readiness(check)
    assert asyncio.run(probe()) == [False, True]
    readiness.close()


def test_one_who_gives_up_calls_off_nothing_that_others_wait_for() -> None:
    go_on = threading.Event()

    async def probe() -> None:
        first = asyncio.create_task(readiness.now())
        second = asyncio.create_task(readiness.now())
        await asyncio.sleep(0.05)
        first.cancel()
        await asyncio.sleep(0)
        go_on.set()
        assert await second

    readiness = Readiness(lambda: go_on.wait(20))
    asyncio.run(probe())
    readiness.close()
