"""The figures of a match, against small tables that one can count by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.builders import make_claim, make_claim_payment
from training.match_baselines import baselines
from training.match_evaluation import Answers, batch_counts, decisions, ranking

BY_HAND = (
    Answers(  # right, wrong claim, no claim here but posted, claim here but not posted, none and rightly so
        confidence=np.array([0.9, 0.8, 0.7, 0.4, 0.1]),
        posted=np.array([True, True, True, False, False]),
        right=np.array([True, False, False, True, False]),
        has_claim=np.array([True, True, False, True, False]),
    )
)


def test_the_two_kinds_of_error_are_told_apart() -> None:
    figures = decisions(BY_HAND, np.ones((3, 5)))
    assert figures["precision"] == pytest.approx(1 / 3)
    assert figures["recall"] == pytest.approx(1 / 3)
    assert figures["f1"] == pytest.approx(2 * 1 / (3 + 3))
    assert figures["posted_to_wrong_claim"] == pytest.approx(1 / 3)
    assert figures["posted_without_claim"] == pytest.approx(1 / 3)


def test_the_best_f1_tries_every_threshold() -> None:
    figures = ranking(BY_HAND, np.ones((3, 5)))
    assert figures["best_f1"] == pytest.approx(2 * 2 / (4 + 3))  # the four surest: two of them right
    assert figures["share_at_995_precision"] == pytest.approx(1 / 5)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(
        st.tuples(st.sampled_from([0.1, 0.5, 0.9]), st.booleans(), st.booleans()), min_size=1, max_size=12
    )
)
def test_the_fast_best_f1_is_that_of_a_search(rows: list[tuple[float, bool, bool]]) -> None:
    confidence = np.array([row[0] for row in rows])
    has_claim = np.array([row[1] for row in rows])
    right = np.array([row[1] and row[2] for row in rows])
    answers = Answers(confidence, confidence > 0.3, right, has_claim)
    tried = []
    for threshold in (0.1, 0.5, 0.9):
        posted = confidence >= threshold
        below = posted.sum() + has_claim.sum()
        tried.append(2 * (posted & right).sum() / below if below else 0.0)
    assert ranking(answers, np.ones((2, len(rows))))["best_f1"] == pytest.approx(max(tried))


def test_rows_of_one_remittance_are_resampled_together() -> None:
    counts = batch_counts(["a", "b", "a", "c", "b"], seed=1, resamples=50)
    assert (counts[:, 0] == counts[:, 2]).all()
    assert (counts[:, 1] == counts[:, 4]).all()
    assert counts.std() > 0


def test_the_lookup_takes_the_exact_number_and_nothing_else() -> None:
    claims = [make_claim(), make_claim(claim_id="A-1002")]
    payments = [make_claim_payment(), make_claim_payment(claim_id="a-1001"), make_claim_payment(claim_id="0")]
    exact, _ = baselines(claims, payments)
    assert exact == ["A-1001", "", ""]


def test_the_rule_asks_for_charge_and_date_and_falls_back_on_the_patient() -> None:
    long = make_claim(claim_id="NB2024-0012345-77", subscriber_id="OTHER")
    cases = {
        "exact": (make_claim_payment(), "A-1001"),
        "cut to 15": (make_claim_payment(claim_id="NB2024-0012345-", subscriber_id="OTHER"), long.claim_id),
        "by patient": (make_claim_payment(claim_id="0"), "A-1001"),
        "another date": (make_claim_payment(service_from=date(2024, 3, 6)), ""),
    }
    _, rule = baselines([make_claim(), long], [payment for payment, _ in cases.values()])
    assert dict(zip(cases, rule, strict=True)) == {name: wanted for name, (_, wanted) in cases.items()}


def test_an_ambiguous_rule_posts_nothing() -> None:
    twins = [make_claim(), make_claim(claim_id="B-2002")]
    assert baselines(twins, [make_claim_payment(claim_id="0")])[1] == [""]


def test_a_baseline_knows_no_claim_before_it_is_submitted() -> None:
    late = make_claim(submitted=date(2024, 6, 1))
    assert baselines([late], [make_claim_payment()]) == ([""], [""])
