"""Candidates: who is found, in what order, and that one claim may be found again and again."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from features.match_keys import COMMON, claim_keys, payment_keys
from features.remittance_match import CandidateIndex, field_evidence, shortlist
from features.x12.records import Claim
from tests.support.builders import make_claim, make_claim_payment
from tests.support.matches import payment_of, some_claims


def index_of(claims: list[Claim]) -> CandidateIndex:
    index = CandidateIndex()
    for claim in claims:
        index.add(claim.claim_id or "", claim)
    return index


def test_the_claim_with_the_number_stands_first() -> None:
    claims = some_claims(64, seed=1)
    index = index_of(claims)
    for number, claim in enumerate(claims):
        assert index.candidates(payment_of(claim, number))[0][1].claim_id == claim.claim_id


def test_a_reversal_and_its_correction_find_the_claim_that_is_paid_already() -> None:
    index = index_of([make_claim()])
    first = make_claim_payment()
    reversal = make_claim_payment(status="22", charge=Decimal("-275.00"), paid=Decimal("-168.00"))
    correction = make_claim_payment(payer_claim_number="ICN900002", paid=Decimal("175.00"))
    for payment in (first, reversal, correction, first):
        assert [reference for reference, _ in index.candidates(payment)] == ["A-1001"]


def test_of_a_claim_sent_again_under_its_number_only_the_last_one_is_a_candidate() -> None:
    rejected = make_claim(submitted=date(2024, 3, 6), subscriber_id="W12345678")
    again = make_claim(submitted=date(2024, 3, 11))
    replacement = make_claim(submitted=date(2024, 4, 2), frequency="7")
    found = [(str(place), claim) for place, claim in enumerate((again, rejected, replacement))]
    assert [reference for reference, _ in shortlist(make_claim_payment(), found)] == ["0", "2"]
    index = CandidateIndex()
    for claim in (rejected, again, replacement):
        index.add(claim.claim_id or "", claim)
    kept = [claim for _, claim in index.candidates(make_claim_payment())]
    assert sorted(str(claim.submitted) for claim in kept) == ["2024-03-11", "2024-04-02"]


def test_claims_without_a_number_do_not_supersede_each_other() -> None:
    found = [(str(place), make_claim(claim_id=None)) for place in range(3)]
    assert len(shortlist(make_claim_payment(), found)) == 3


def test_a_payment_that_shares_nothing_has_no_candidates() -> None:
    index = index_of(some_claims(30, seed=2))
    assert index.candidates(make_claim_payment(claim_id="ZZ999999", subscriber_id="X", patient_last="ZZ",
                                               charge=Decimal(1), service_from=date(2020, 1, 1),
                                               service_to=date(2020, 1, 1), lines=())) == []  # fmt: skip


def test_a_key_that_too_many_claims_share_is_left_out() -> None:
    same_day = [make_claim(claim_id=f"B{number:05d}7", subscriber_id=f"M{number:09d}", patient_last=f"N{number}",
                           patient_first=None, lines=()) for number in range(COMMON + 1)]  # fmt: skip
    payment = make_claim_payment(claim_id=None, subscriber_id=None, patient_last=None, patient_first=None)
    assert index_of(same_day).candidates(payment) == []
    assert len(index_of(same_day[:COMMON]).candidates(payment, limit=COMMON)) == COMMON


def test_at_most_the_limit_is_given() -> None:
    siblings = [make_claim(claim_id=f"S{number:06d}", lines=()) for number in range(30)]
    assert len(index_of(siblings).candidates(make_claim_payment())) == 20
    assert len(index_of(siblings).candidates(make_claim_payment(), limit=3)) == 3


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 1000), number=st.integers(0, 39), claim_id=st.sampled_from(["0", "CL", None]))
def test_the_index_agrees_with_a_search_through_all_claims(
    seed: int, number: int, claim_id: str | None
) -> None:
    claims = some_claims(40, seed=seed)
    payment = payment_of(claims[number], number)
    if claim_id:
        payment = payment_of(claims[number], number, claim_id=claim_id)
    wanted = set(payment_keys(payment))
    found = [(claim.claim_id or "", claim) for claim in claims if wanted & set(claim_keys(claim))]
    assert index_of(claims).candidates(payment) == shortlist(payment, found)


def test_evidence_says_how_each_field_agrees() -> None:
    payment = make_claim_payment(
        claim_id="0000A1001", patient_last="DOHE", service_from=date(2024, 3, 6), charge=Decimal("-275"),
        subscriber_id=None, payee_npi="1999999984",
    )  # fmt: skip
    said = {evidence.field: evidence.agreement for evidence in field_evidence(payment, make_claim())}
    assert said["claim_id"] == "normalised"
    assert said["patient_last"] == "similar"
    assert said["patient_first"] == "exact"
    assert said["service_from"] == "similar"
    assert said["service_to"] == "exact"
    assert said["charge"] == "normalised"
    assert said["subscriber_id"] == "absent"
    assert said["billing_npi"] == "conflict"
    assert said["procedures"] == "exact"


def test_a_control_number_cut_to_twenty_or_without_its_prefix_is_the_same_number() -> None:
    claim = make_claim(claim_id="NB-20240012345-000000077")
    for sent_back in ("NB-20240012345-00000", "PCNNB-20240012345-000000077"):
        evidence = field_evidence(make_claim_payment(claim_id=sent_back), claim)[0]
        assert evidence.agreement == "normalised"
    other = field_evidence(make_claim_payment(claim_id="NB-20240012345-000000078"), claim)[0]
    assert other.agreement == "similar"


@given(number=st.text(max_size=30), last=st.text(max_size=20))
def test_evidence_takes_any_text(number: str, last: str) -> None:
    payment = make_claim_payment(claim_id=number, patient_last=last)
    for evidence in field_evidence(payment, make_claim()):
        assert evidence.similarity is None or 0 <= evidence.similarity <= 1


def test_no_feature_module_knows_the_ledger() -> None:
    """What was posted to a claim before is given to them; what a payment itself was posted to never is."""
    from features import match_columns, match_history, match_pairs, match_standing

    for module in (match_columns, match_history, match_pairs, match_standing):
        assert "features.postings" not in Path(module.__file__).read_text(encoding="utf-8")
        assert not any("posted_claim" in name.lower() for name in vars(module))
    assert not [f.name for f in dataclasses.fields(match_columns.Columns) if "posted" in f.name]
