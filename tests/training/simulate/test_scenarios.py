"""Each scenario changes what it says, on its day, and nothing before it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from features.errors import BadInputError
from tests.training.simulate.conftest import END, START, Simulated, a_run, simulate
from training.simulate.payers import Payer
from training.simulate.scenarios import SCENARIOS, SURGE_DAYS, change_day

CHANGE = change_day(START, END)


def test_every_scenario_is_tested_here() -> None:
    assert set(SCENARIOS) == {"steady", "policy-change", "new-payer", "format-change", "acquisition", "surge"}


def test_a_scenario_that_there_is_not_is_refused_by_name() -> None:
    with pytest.raises(BadInputError, match="no scenario 'storm'"):
        a_run(claims=10, seed=1, scenario="storm")


def expected_denial_rate(simulated: Simulated, of: Callable[[Payer], bool], *, after: bool) -> float:
    some = [
        decision.probability
        for claim, decision in simulated.decided
        if of(claim.payer) and (claim.service_from >= CHANGE) == after
    ]
    return sum(some) / len(some)


def test_a_policy_change_raises_the_denials_of_its_payers_from_its_day_on() -> None:
    changed, usual = (simulate(claims=6000, seed=5, scenario=name) for name in ("policy-change", "steady"))
    largest = {
        max((p for p in usual.network.payers if p.kind == kind), key=lambda p: p.weight).name
        for kind in ("commercial", "advantage")
    }

    def of(payer: Payer) -> bool:
        return payer.name in largest

    rates = {
        after: (expected_denial_rate(usual, of, after=after), expected_denial_rate(changed, of, after=after))
        for after in (False, True)
    }
    assert rates[True][1] > rates[True][0] + 0.02
    assert abs(rates[False][1] - rates[False][0]) < 0.03


def test_a_new_payer_is_met_from_its_day_on_only() -> None:
    days = [
        claim.service_from
        for claim in simulate(claims=4000, seed=5, scenario="new-payer").sent
        if claim.payer.name == "NEWBRIDGE HEALTH"
    ]
    assert len(days) > 40
    assert min(days) >= CHANGE


def test_a_change_of_format_changes_the_numbers_that_payers_give_and_send_back() -> None:
    simulated = simulate(claims=3000, seed=5, scenario="format-change")
    payers = [payer for payer in simulated.network.payers if payer.changed]
    assert len(payers) == 2
    paid = [p for b in simulated.batches for p in b.payments if p.payer in payers and p.event == "plain"]
    before = [p.claim_id == p.claim.claim_id for p in paid if p.due < CHANGE - timedelta(10)]
    after = [p.claim_id == p.claim.claim_id for p in paid if p.due >= CHANGE]
    assert sum(after) / len(after) < sum(before) / len(before) - 0.3


@pytest.mark.parametrize("seed", range(8))
def test_a_change_of_format_changes_the_numbering_whatever_the_seed(seed: int) -> None:
    network = a_run(claims=10, seed=seed, scenario="format-change").network
    changed = [(payer.usual, payer.changed[1]) for payer in network.payers if payer.changed]
    assert all(before.numbering != after.numbering for before, after in changed)


def test_an_acquired_hospital_sends_claims_with_its_own_numbering() -> None:
    simulated = simulate(claims=3000, seed=5, scenario="acquisition")
    newest = simulated.network.facilities[-1]
    own = [claim for claim in simulated.sent if claim.facility is newest]
    assert newest.since == CHANGE
    assert len(own) > 40
    assert min(claim.service_from for claim in own) >= CHANGE
    assert all("-" in claim.claim_id for claim in own)


def test_a_surge_triples_the_visits_for_six_weeks() -> None:
    days = [claim.service_from for claim in simulate(claims=4000, seed=5, scenario="surge").sent]
    within = sum(CHANGE <= day < CHANGE + timedelta(SURGE_DAYS) for day in days)
    before = sum(CHANGE - timedelta(SURGE_DAYS) <= day < CHANGE for day in days)
    assert 2.2 < within / before < 4.2


def test_clinics_join_over_the_years() -> None:
    run = a_run(claims=10, seed=5)
    since = [facility.since for facility in run.network.facilities]
    assert since.count(since[0]) >= 12
    assert any(START < day <= END for day in since)
