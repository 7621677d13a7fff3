"""The features of pairs: a slow and obvious computation agrees with the fast one."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA, JaroWinkler

from features.match_columns import claim_columns, payment_columns
from features.match_keys import normalised
from features.match_pairs import FEATURES, Background, Pairs, pair_features
from features.match_standing import RANKED
from features.x12.records import Claim, ClaimPayment
from tests.support.builders import make_claim, make_claim_payment
from tests.support.matches import payment_of, some_claims

NAMES = list(FEATURES)


def features_of(payments: list[ClaimPayment], candidates: list[list[Claim]]) -> list[dict[str, float]]:
    """The fast features, one dictionary a pair."""
    claims = [claim for group in candidates for claim in group]
    places = iter(range(len(claims)))
    pairs = Pairs.of([[next(places) for _ in group] for group in candidates])
    columns = claim_columns(claims)
    status = [payment.status for payment in payments]
    unknown = [None] * len(claims)
    told = np.full(len(payments), np.nan)
    ours = payment_columns(payments)
    rows = pair_features(ours, status, columns, pairs, Background.of(columns), unknown, told)
    assert rows.dtype == np.float64
    return [dict(zip(NAMES, row, strict=True)) for row in rows.tolist()]


def slowly(payment: ClaimPayment, claim: Claim) -> dict[str, float]:
    """A dozen of the features, each written down as one would say it."""
    absent = math.nan
    ours, theirs = normalised(payment.claim_id), normalised(claim.claim_id)
    billed = {line.original_procedure or line.procedure for line in payment.lines}
    claimed = {line.procedure for line in claim.lines}
    both_charged = payment.charge is not None and claim.charge is not None
    both_dated = payment.service_from is not None and claim.service_from is not None
    return {
        "control_same": float(ours == theirs) if ours and theirs else absent,
        "control_similarity": OSA.normalized_similarity(ours, theirs) if ours and theirs else absent,
        "last_similarity": JaroWinkler.normalized_similarity(
            normalised(payment.patient_last), normalised(claim.patient_last)
        )
        if normalised(payment.patient_last) and normalised(claim.patient_last)
        else absent,
        "charge_difference": float(
            abs(abs(payment.charge) - abs(claim.charge)) / max(abs(payment.charge), abs(claim.charge), 1)
        )
        if both_charged and payment.charge is not None and claim.charge is not None
        else absent,
        "service_from_days": float((payment.service_from - claim.service_from).days)
        if both_dated and payment.service_from and claim.service_from
        else absent,
        "procedures_shared": len(billed & claimed) / len(billed | claimed) if billed and claimed else absent,
        "procedures_covered": len(billed & claimed) / len(billed) if billed and claimed else absent,
        "payer_same": float(normalised(payment.payer_id) == normalised(claim.payer_id))
        if normalised(payment.payer_id) and normalised(claim.payer_id)
        else absent,
        "reversal": float(payment.status == "22"),
        "secondary": float(payment.status in ("2", "3", "20", "21")),
    }


changes = st.fixed_dictionaries(
    {},
    optional={
        "claim_id": st.none() | st.text("ABC0123-", max_size=12),
        "patient_last": st.none() | st.text("DOERS ", max_size=8),
        "payer_id": st.none() | st.sampled_from(["PAY01", "pay01", "PAY02"]),
        "charge": st.none() | st.decimals(-500, 500, places=2),
        "service_from": st.none() | st.dates(),
        "status": st.none() | st.sampled_from(["1", "2", "4", "21", "22"]),
        "lines": st.just(()),
    },
)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 50), changed=st.lists(changes, min_size=1, max_size=4))
def test_a_slow_and_obvious_computation_agrees(seed: int, changed: list[dict[str, object]]) -> None:
    claims = some_claims(9, seed=seed)
    payments = [payment_of(claims[place], place, **change) for place, change in enumerate(changed)]
    fast = iter(features_of(payments, [claims] * len(payments)))
    for payment in payments:
        for claim in claims:
            row = next(fast)
            for name, value in slowly(payment, claim).items():
                assert row[name] == pytest.approx(value, nan_ok=True, abs=1e-9), name


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 50), sizes=st.lists(st.integers(0, 6), min_size=1, max_size=4))
def test_ranks_and_gaps_are_what_counting_gives(seed: int, sizes: list[int]) -> None:
    claims = some_claims(40, seed=seed)
    payments = [payment_of(claims[place], place) for place in range(len(sizes))]
    groups = [claims[:size] for size in sizes]
    rows = features_of(payments, groups)
    for size in sizes:
        own, rows = rows[:size], rows[size:]
        for name in RANKED[2:]:
            values = [row[name] for row in own]
            for place, row in enumerate(own):
                assert row["candidates"] == size
                assert row[f"{name}_rank"] == sum(value > values[place] for value in values)
                others = values[:place] + values[place + 1 :]
                expected = values[place] - max(others) if others else math.nan
                assert row[f"{name}_gap"] == pytest.approx(expected, nan_ok=True)


def test_claims_that_nothing_tells_apart_get_the_same_row_in_any_order() -> None:
    payment = make_claim_payment(claim_id="0")
    twins = [make_claim(claim_id="A-1001"), make_claim(claim_id="B-2002"), make_claim(subscriber_id="OTHER")]
    first, second, other = features_of([payment], [twins])
    other_again, second_again, first_again = features_of([payment], [twins[::-1]])
    assert np.array_equal(list(first.values()), list(second.values()), equal_nan=True)
    assert np.array_equal(list(first.values()), list(first_again.values()), equal_nan=True)
    assert np.array_equal(list(second.values()), list(second_again.values()), equal_nan=True)
    assert np.array_equal(list(other.values()), list(other_again.values()), equal_nan=True)


def test_without_candidates_there_are_no_rows() -> None:
    assert features_of([make_claim_payment()], [[]]) == []
    assert features_of([], []) == []


def test_a_saved_frequency_holds_no_name() -> None:
    background = Background.of(claim_columns(some_claims(20, seed=1)))
    for shares in background.to_arrays().values():
        assert shares.dtype == np.float64
        assert shares.sum() == pytest.approx(1)


def test_a_control_number_that_is_blanked_is_gone_from_every_feature() -> None:
    """The ablation must be total: one n-gram feature that still carried the number once hid how much it gave."""
    lines = make_claim_payment().lines
    blank = tuple(msgspec.structs.replace(line, control_number=None) for line in lines)
    payment = make_claim_payment(claim_id=None, lines=blank)
    one, other = features_of(
        [payment, payment], [[make_claim(claim_id="A-1001")], [make_claim(claim_id="ZZZ")]]
    )
    assert np.array_equal(list(one.values()), list(other.values()), equal_nan=True)
