"""Whoever a request is for is known where its work is done, and nowhere else."""

from __future__ import annotations

import asyncio

from serving.access.actor import ANONYMOUS, SERVICE, Actor, acting_as, current_actor
from serving.workers import Workers

ANN = Actor("ann", frozenset({"reviewer"}), frozenset({"1234567893"}))


async def asked_by(actor: Actor, workers: Workers) -> Actor:
    with acting_as(actor):
        await asyncio.sleep(0)
        return await workers.run(current_actor)


def test_a_worker_s_thread_acts_for_whoever_asked() -> None:
    async def ask() -> tuple[Actor, Actor]:
        workers = Workers(threads=1, waiting=1, name="test")
        return await asked_by(ANN, workers), await workers.run(current_actor)

    assert asyncio.run(ask()) == (ANN, SERVICE)


def test_two_requests_at_once_do_not_take_each_other_s_actor() -> None:
    async def ask() -> list[Actor]:
        workers = Workers(threads=2, waiting=2, name="test")
        return list(await asyncio.gather(asked_by(ANN, workers), asked_by(ANONYMOUS, workers)))

    assert asyncio.run(ask()) == [ANN, ANONYMOUS]


def test_the_actor_before_comes_back_when_work_fails() -> None:
    try:
        with acting_as(ANN):
            raise LookupError
    except LookupError:
        pass
    assert current_actor() == SERVICE
