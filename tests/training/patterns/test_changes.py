"""Change points: a step is dated, a season is none; and what is denied again is counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import msgspec
import numpy as np
import pytest

from features.x12.records import Claim
from tests.support.pattern_outcomes import make_claims, make_outcomes, usual
from training.patterns.changes import change_points
from training.patterns.recurrence import recurrences
from training.patterns.steps import step

CHANGE = date(2024, 3, 1)
CLAIMS = make_claims(4000, seed=8)


def changed(claim: Claim) -> Sequence[float]:
    """A payer asks for authorizations from one day on."""
    authorization, eligibility = usual(claim)
    late = claim.payer_id == "PAY3" and claim.service_from is not None and claim.service_from >= CHANGE
    return authorization + (0.25 if late else 0.0), eligibility


def test_a_payer_that_changes_is_dated_and_the_others_are_not_named() -> None:
    (one,) = change_points(make_outcomes(CLAIMS, changed, seed=1), seed=1)
    assert (one.payer, one.category) == ("PAY3", "authorization")
    assert one.first <= CHANGE <= one.last
    assert abs((one.day - CHANGE).days) <= 21
    assert one.rate_after > one.rate_before + 0.15


@pytest.mark.parametrize("seed", range(4))
def test_plans_that_change_in_january_are_no_change_point(seed: int) -> None:
    assert change_points(make_outcomes(CLAIMS, seed=seed), seed=1) == []


def test_the_best_step_parts_a_series_where_its_rate_changes() -> None:
    expected = np.full(100, 0.5)
    seen = np.r_[np.zeros(60), np.ones(40)]
    one = step(seen, expected)
    assert one is not None
    assert one.day == 60
    assert one.first <= 60 <= one.last


def test_a_series_without_denials_has_no_step() -> None:
    assert step(np.zeros(50), np.full(50, 0.1)) is None


def test_corrected_claims_that_are_denied_again_are_counted_with_their_money() -> None:
    given = make_outcomes(CLAIMS[:30], seed=1)
    claims = [
        msgspec.structs.replace(claim, payer_id="PAY2", frequency="7", original_reference=f"P{number - 15}")
        if number >= 15
        else msgspec.structs.replace(claim, payer_id="PAY2")
        for number, claim in enumerate(given.claims)
    ]
    category = np.array([0] * 15 + [0] * 4 + [1] * 2 + [-1] * 9)
    cents = np.where(category >= 0, 5_000, 0)
    (row,) = recurrences(replace(given, claims=tuple(claims), category=category, denied_cents=cents))
    assert (row.payer, row.category, row.corrected) == ("PAY2", "authorization", 15)
    assert (row.denied_again, row.same_category, row.amount_denied_again) == (6, 4, Decimal(300))
    assert row.low < 6 / 15 < row.high


def test_fewer_than_eleven_corrected_claims_are_no_row() -> None:
    given = make_outcomes(CLAIMS[:20], seed=1)
    claims = [
        msgspec.structs.replace(claim, payer_id="PAY2", frequency="7", original_reference=f"P{number - 10}")
        if number >= 10
        else msgspec.structs.replace(claim, payer_id="PAY2")
        for number, claim in enumerate(given.claims)
    ]
    assert recurrences(replace(given, claims=tuple(claims), category=np.zeros(20, dtype=np.int64))) == []
