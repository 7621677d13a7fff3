"""Each payer's habit does to a payment what its name says, and never touches what was paid."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace

import pytest

from tests.training.simulate.conftest import Simulated
from training.simulate import rates
from training.simulate.draws import Draws
from training.simulate.payments import Payment
from training.simulate.quirks import ACTIONS

EXPECTED: dict[str, Callable[[Payment, Payment], bool]] = {
    "control-padded": lambda was, now: now.claim_id.lstrip("0") == was.claim_id and len(now.claim_id) == 20,
    "control-cut": lambda was, now: was.claim_id.startswith(now.claim_id) and len(now.claim_id) <= 20,
    "control-case": lambda was, now: now.claim_id == was.claim_id.upper(),
    "control-prefixed": lambda was, now: now.claim_id.endswith(was.claim_id) and now.claim_id != was.claim_id,
    "control-transposed": lambda was, now: sorted(now.claim_id) == sorted(was.claim_id),
    "control-sibling": lambda was, now: now.claim_id in {s.claim_id for s in was.claim.siblings},
    "control-account": lambda was, now: now.claim_id == was.claim.patient.account,
    "control-zero": lambda _, now: now.claim_id == "0",
    "name-ocr": lambda was, now: now.last != was.last and now.first == was.first,
    "name-cut": lambda was, now: was.last.startswith(now.last) and len(now.last) <= 8,
    "name-nickname": lambda _, now: now.first == "BILL",
    "name-swapped": lambda was, now: (now.last, now.first) == (was.first, was.last),
    "member-suffix": lambda was, now: was.member_id == now.member_id + "01",
    "date-off": lambda was, now: (
        now.service_from != was.service_from and now.lines[0].day_to != was.lines[0].day_to
    ),
    "date-range": lambda was, now: now.service_from == was.service_from and now.service_to > was.service_to,
    "modifiers-dropped": lambda _, now: all(line.modifiers == () for line in now.lines),
    "procedure-changed": lambda _, now: any(line.original for line in now.lines),
    "lines-merged": lambda was, now: len(now.lines) == len(was.lines) - 1,
    "no-line-control": lambda _, now: all(line.control is None for line in now.lines),
}


@pytest.fixture
def payment(network: Simulated) -> Payment:
    """A paid claim of three office lines and a sibling, under a name that has everything."""
    chosen = next(
        p
        for batch in network.batches
        for p in batch.payments
        if p.event == "plain" and p.claim.siblings and len(p.lines) > 2 and not p.misprint
    )
    payer = deepcopy(chosen.payer)
    payer.member_style = "suffix"
    lines = [replace(line, procedure="99213", allowed=line.charge, original=None) for line in chosen.lines]
    return replace(chosen, payer=payer, claim_id="7a41993", last="CARNELLO", first="WILLIAM", member_id="88120034501",
                   lines=lines)  # fmt: skip


def test_every_quirk_that_has_a_rate_is_expected_here() -> None:
    assert set(EXPECTED) == set(ACTIONS) == set(rates.QUIRKS)


@pytest.mark.parametrize("quirk", EXPECTED)
def test_the_quirk_does_what_its_name_says_and_leaves_the_money_alone(quirk: str, payment: Payment) -> None:
    now = replace(
        payment, lines=[replace(line, adjustments=list(line.adjustments)) for line in payment.lines]
    )
    ACTIONS[quirk](Draws(1, quirk), now)
    assert EXPECTED[quirk](payment, now)
    assert (now.charge, now.paid) == (payment.charge, payment.paid)
    assert sum(line.charge for line in now.lines) == sum(line.charge for line in payment.lines)
    assert sum(line.paid for line in now.lines) == sum(line.paid for line in payment.lines)


def test_a_number_of_one_character_is_left_as_it_is(payment: Payment) -> None:
    zero = replace(payment, claim_id="0")
    ACTIONS["control-transposed"](Draws(1, "control-transposed"), zero)
    assert zero.claim_id == "0"
