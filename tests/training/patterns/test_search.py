"""The search finds what was planted, and neither confounding, nor season, nor chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from features.patterns.report import Report
from features.x12.records import Claim
from tests.support.pattern_outcomes import CATEGORIES, HEAVY, make_claims, make_outcomes, of_one_family, usual
from training.patterns.baseline import Rake, clustering, indicators, margins
from training.patterns.find import report, searched
from training.patterns.itemsets import Itemsets, find
from training.patterns.outcomes import Outcomes

CLAIMS = make_claims(4000, seed=5)


@pytest.fixture(scope="module")
def itemsets() -> Itemsets:
    return find(CLAIMS)


def planted(claim: Claim) -> Sequence[float]:
    """One payer denies imaging without authorization."""
    authorization, eligibility = usual(claim)
    hit = (claim.payer_id, claim.lines[0].procedure, claim.prior_authorization) == ("PAY2", "72148", None)
    return authorization + (0.5 if hit else 0.0), eligibility


def told(given: Outcomes, itemsets: Itemsets) -> list[set[tuple[str, str]]]:
    scene, chosen = searched(given, itemsets, seed=1)
    return [{(one.name, one.value) for one in scene.itemsets.conditions(each.row)} for each in chosen]


def reported(given: Outcomes) -> Report:
    last = max(claim.submitted for claim in given.claims if claim.submitted)
    return report(given, digest="", made=last, seed=1, support=20, rate=0.01)


def test_a_planted_pattern_is_found_once_and_in_its_own_words(itemsets: Itemsets) -> None:
    given = make_outcomes(CLAIMS, planted, seed=6)
    assert told(given, itemsets) == [{("payer", "PAY2"), ("procedure", "72148"), ("authorization", "none")}]


@pytest.mark.parametrize("seed", range(10, 16))
def test_a_facility_that_bills_a_heavy_payer_and_a_january_are_no_patterns(
    itemsets: Itemsets, seed: int
) -> None:
    given = make_outcomes(CLAIMS, seed=seed)
    heavy = np.array([claim.payer_id == HEAVY for claim in CLAIMS])
    assert given.denied[heavy].mean() > 1.5 * given.denied[~heavy].mean()
    assert told(given, itemsets) == []


def test_what_only_a_few_patients_show_is_never_told(itemsets: Itemsets) -> None:
    given = make_outcomes(CLAIMS, planted, seed=6)
    assert told(of_one_family(given), itemsets) == []


def test_a_pattern_is_told_with_its_excess_its_money_and_its_first_day() -> None:
    given = make_outcomes(CLAIMS, planted, seed=6)
    early = given.day < given.day.min() + 365
    fresh = replace(
        given, category=np.where(early & (given.category == 0), -1, given.category)
    )  # nothing was denied for authorization in the first year
    (one,) = reported(fresh).patterns
    assert one.categories == ("authorization",)
    assert one.excess_low < one.excess < one.excess_high
    assert one.denied == pytest.approx(one.expected + one.excess, abs=0.02)
    assert one.amount_denied == 200 * one.denied
    assert 0 < one.amount_at_stake < one.amount_denied
    assert one.since is not None
    assert abs(one.since.toordinal() - int(given.day.min()) - 365) <= 20
    assert sum(claims for _, claims, _, _ in one.quarters) == one.claims


def test_the_expected_denials_sum_to_those_seen_over_every_large_margin() -> None:
    given = make_outcomes(CLAIMS, seed=3)
    denied = indicators(given.category, len(CATEGORIES))[:, 1]
    expected = Rake(denied, margins(given)).fit()
    for margin in margins(given):
        if margin.name != "season":
            seen = np.bincount(margin.groups, weights=denied)
            assert np.bincount(margin.groups, weights=expected) == pytest.approx(
                seen, abs=0.1 * seen.max() + 2
            )
    january = given.month == 0
    assert expected[january].mean() > 2 * expected[~january].mean()


def test_denials_that_come_together_in_patients_count_for_less() -> None:
    patient = np.repeat(np.arange(200), 10)
    lost = np.repeat((np.arange(200) % 10 == 0).astype(np.float64), 10)
    assert clustering(lost, np.full(2000, 0.1), patient) > 5
    scattered = np.random.default_rng(1).permutation(lost)
    assert clustering(scattered, np.full(2000, 0.1), patient) < 1.4
