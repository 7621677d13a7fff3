"""Whoever a request is for is known where its work is done, and nowhere else."""

from __future__ import annotations

import asyncio

import pytest

from serving.access.actor import ANONYMOUS, SERVICE, Actor, acting_as, current_actor
from serving.store.scope import OtherFacilityError, check_own
from serving.workers import Workers
from tests.support.builders import make_claim_payment

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


def test_an_actor_of_no_facility_may_send_what_names_none_and_nothing_that_names_one() -> None:
    with acting_as(Actor("ann", frozenset({"engine"}), frozenset())):
        check_own([make_claim_payment(payee_npi=None)])
        with pytest.raises(OtherFacilityError):
            check_own([make_claim_payment(payee_npi="1234567893")])
