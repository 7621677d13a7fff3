"""Candidates are those of a payment's own day, as if it had been searched for by itself on that day."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from features.remittance_match import CandidateIndex
from tests.support.matches import payment_of, some_claims
from training.match_candidates import candidates_in_time

CLAIMS = some_claims(60, seed=4)
PAYMENTS = [payment_of(claim, number) for number, claim in enumerate(CLAIMS)]


def test_no_candidate_was_sent_after_the_payment_and_its_own_claim_is_the_first() -> None:
    shuffled = [PAYMENTS[place * 7 % 60] for place in range(60)]
    for payment, found in zip(shuffled, candidates_in_time(CLAIMS, shuffled), strict=True):
        assert found[0].claim_id == payment.claim_id
        assert all((claim.submitted or date.max) <= (payment.payment_date or date.min) for claim in found)


def test_the_whole_days_search_agrees_with_a_search_for_each_payment_alone() -> None:
    same_day = [replace(payment, payment_date=date(2024, 8, 1)) for payment in PAYMENTS]
    index = CandidateIndex()
    for claim in sorted(CLAIMS, key=lambda claim: claim.submitted or date.min):
        if claim.submitted and claim.submitted <= date(2024, 8, 1):
            index.add(claim.claim_id or "", claim)
    alone = [tuple(claim for _, claim in index.candidates(payment)) for payment in same_day]
    assert candidates_in_time(CLAIMS, same_day) == alone
    assert any(alone)


def test_a_claim_without_a_date_is_always_there_and_a_payment_without_one_sees_all() -> None:
    undated = replace(CLAIMS[0], submitted=None)
    early = replace(PAYMENTS[0], payment_date=date(2020, 1, 1))
    late = replace(PAYMENTS[59], payment_date=None)
    found = candidates_in_time([undated, *CLAIMS[1:]], [late, early])
    assert found[0][0].claim_id == CLAIMS[59].claim_id
    assert found[1] == (undated,)
