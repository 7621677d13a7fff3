"""What may be posted at 99.9 % precision, and what a perfect matcher could tell apart."""

from __future__ import annotations

from datetime import date

import msgspec
import numpy as np
import pytest

from features.x12.records import Claim, ClaimPayment
from tests.support.matches import a_world, payment_of, some_claims
from training.benchmarks.matching.coverage import (
    above,
    at_oracle_threshold,
    best_posted,
    certified_threshold,
    posted,
)
from training.benchmarks.matching.label_noise import noisy
from training.benchmarks.matching.oracle import apart
from training.benchmarks.matching.shift import Judged, questions, table, together
from training.benchmarks.matching.siblings import siblings
from training.benchmarks.matching.summary import Seed, lanes, over_seeds
from training.benchmarks.results import Row
from training.match_evaluation import Answers


def graded(count: int, wrong: int) -> Answers:
    """Answers in falling confidence, the last of them wrong."""
    right = np.arange(count) < count - wrong
    everything = np.ones(count, dtype=np.bool_)
    return Answers(np.linspace(0.99, 0.5, count), everything, right, everything)


def test_an_oracle_posts_down_to_where_precision_is_lost() -> None:
    answers = graded(1000, 100)
    figures = at_oracle_threshold(answers, np.ones((3, 1000)))
    assert figures["share_at_999_precision"] == pytest.approx(0.9)
    assert int(best_posted(answers).sum()) == 900


def test_a_rule_posts_all_that_it_proposes() -> None:
    rule = Answers.of(["A", "B", ""], ["A", "A", "A"])
    assert best_posted(rule).tolist() == [True, True, False]


def test_a_threshold_is_certified_by_enough_other_rows_and_by_no_fewer() -> None:
    for count, passes in ((20_000, True), (2_000, False)):
        mixed = np.random.default_rng(1).permutation(count)
        answers = graded(count, count // 20)
        confidence, errors = answers.confidence[mixed], answers.errors()[mixed]
        threshold = certified_threshold(confidence, errors, [str(row) for row in mixed], seed=1)
        assert (threshold is not None) is passes
        through = above(answers, threshold)
        if passes:
            assert posted("auto", through, answers)["auto_share"] > 0.8
            assert posted("auto", through, answers)["auto_precision"] >= 0.999


def siblings_and_payment() -> tuple[list[Claim], ClaimPayment]:
    """Two claims that differ in their numbers only, another, and a payment of the first."""
    own, other = some_claims(2, seed=3)
    twin = msgspec.structs.replace(own, claim_id="CL000009")
    return [own, twin, other], payment_of(own, 1)


def test_a_sibling_is_told_by_the_echoed_number_or_misleads_or_ties() -> None:
    claims, payment = siblings_and_payment()
    wanted = [claims[0].claim_id or ""]
    for number, verdict in ((wanted[0], "by_number"), (claims[1].claim_id, "misled"), (None, "tied")):
        echoed = msgspec.structs.replace(payment, claim_id=number)
        assert getattr(apart([echoed], claims, wanted), verdict) == 1, verdict
    assert apart([payment], [claims[0], claims[2]], wanted).surely == 1


def test_a_claim_that_came_later_is_no_rival_and_a_stranger_may_look_like_ours() -> None:
    claims, payment = siblings_and_payment()
    late = msgspec.structs.replace(claims[1], submitted=date(2030, 1, 1))
    assert apart([payment], [claims[0], late], [claims[0].claim_id or ""]).surely == 1
    assert apart([payment], claims, [""]).alike == 1
    assert apart([payment], [claims[2]], [""]).foreign == 1


def test_siblings_are_counted_and_corrected_claims_left_out() -> None:
    claims, _ = siblings_and_payment()
    corrected = msgspec.structs.replace(claims[2], claim_id="CL1", frequency="7")
    found = siblings([*claims, corrected])
    assert (found.claims, found.alike) == (3, 2)
    assert "66.7%" in str(found)


def test_noise_turns_about_the_wanted_share_of_postings() -> None:
    world = a_world(900, seed=6)
    changed = [
        one.posted_claim_id != other.posted_claim_id
        for one, other in zip(world.postings, noisy(world, 0.2, seed=1).postings, strict=True)
    ]
    assert 0.15 < float(np.mean(changed)) < 0.25
    assert noisy(world, 0.0, seed=1).postings == world.postings


def test_weeks_of_several_networks_are_pooled() -> None:
    question = questions(date(2025, 4, 1))[0]
    answers = graded(100, 10)
    through = best_posted(answers)
    figures = at_oracle_threshold(answers, np.ones((2, 100)))
    one = Judged("acquisition", question, "rule", answers, through, figures)
    (pooled,) = together([[one], [one], [one]])
    assert pooled.through.size == 300
    assert pooled.figures["auto_share"] == pytest.approx(0.9)
    assert pooled.figures["auto_precision"] == 1
    assert table("acquisition", [pooled]).row_count == 1
    assert pooled.plain()["question"]["first"] == "2025-04-01"


def test_seeds_are_summed_up_and_certified_by_each_other() -> None:
    answers = graded(6000, 300)
    figures = {"auto_share": 0.9, "auto_share_low": 0.8, "auto_share_high": 0.95}
    seeds = [
        Seed(seed, [Row("model", {"f1": f1})], answers, figures, 5400, 5400, {"siblings": 0.15}, ())
        for seed, f1 in ((1, 0.98), (2, 0.99), (3, 1.0))
    ]
    (row,) = over_seeds(seeds)
    assert row.figures["f1"] == pytest.approx(0.99)
    assert row.figures["f1_low"] < 0.98
    summed = lanes(seeds)
    assert summed["auto_precision_pooled"] == 1
    assert summed["elsewhere_share"] > 0.8
    assert summed["elsewhere_precision_pooled"] >= 0.999
