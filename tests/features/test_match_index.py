"""The index of open claims: it agrees with a search through all of them, whatever came and went before."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features import match_index, match_index_runs
from features.match_index import CROWDED, MatchIndex
from features.match_index_ranking import (
    FRESH,
    NEAR,
    NEAR_DAY,
    NOT_SENT,
    OVERPAID,
    PROMPT,
    RECENT,
    SAME_CHARGE,
    SAME_DAY,
    TEXT,
    UNBILLED,
    UNDATED,
    USUAL_SHARE,
    USUAL_SPREAD,
    WEIGHTS,
    surely,
)
from features.match_index_texts import claim_ngrams, payment_ngrams
from features.match_keys import COMMON, cents, claim_keys, faint_payment_keys, payment_keys
from features.ngram_index import BUDGET, LEAST, MOST
from features.remittance_match import CandidateIndex, ReferenceIndex, shortlists
from features.x12.records import Claim, ClaimPayment
from tests.support.builders import make_claim, make_claim_payment
from tests.support.matches import payment_of, some_claims

CLAIMS = some_claims(60, seed=5)
Change = Callable[[ClaimPayment], ClaimPayment]


def changed(**values: object) -> Change:
    return lambda payment: msgspec.structs.replace(payment, **values)


def misread(payment: ClaimPayment) -> ClaimPayment:
    number = f"{(payment.claim_id or '')[:5]}X{(payment.claim_id or '')[6:]}"
    return changed(claim_id=number, subscriber_id=None, patient_last="NGUYN", lines=())(payment)


CHANGES: tuple[Change, ...] = (
    changed(),
    changed(claim_id="0"),
    changed(claim_id=None, subscriber_id=None, service_from=None, service_to=None, lines=()),
    changed(claim_id=None, charge=None, service_from=None, service_to=None, payer_name="EXAMPLE HEALTH PLAN"),
    changed(payment_date=date(2024, 1, 1)),
    changed(subscriber_id="000", patient_first="DOE", patient_last="JANE", channel="paper", lines=()),
    misread,
)


class Row(NamedTuple):
    """What the obvious implementation keeps of a claim."""

    reference: str
    claim: Claim
    open: bool


def obvious(rows: Sequence[Row], payment: ClaimPayment) -> list[str]:
    """Every claim looked at by itself, with the same rules."""
    scores = shared(rows, payment_keys(payment), COMMON)
    wanted = set(payment_keys(payment))
    if not any(surely(wanted & set(claim_keys(rows[row].claim))) for row in scores):
        for more in (shared(rows, faint_payment_keys(payment), CROWDED), alike(rows, payment)):
            for row, score in more.items():
                scores[row] = scores.get(row, 0.0) + score
    said = {row: score + close(rows[row].claim, payment) for row, score in scores.items()}
    ranked = sorted(said, key=lambda row: (-said[row], row))
    return [rows[row].reference for row in ranked if not superseded(rows, row, ranked)]


def shared(rows: Sequence[Row], keys: Sequence[str], common: int) -> dict[int, float]:
    there = {row: set(claim_keys(one.claim)) for row, one in enumerate(rows) if one.open}
    counts = Counter(key for own in there.values() for key in own)
    telling = {key for key in keys if counts[key] <= common}
    return {
        row: float(sum(WEIGHTS[key[0]] for key in keys if key in own))
        for row, own in there.items()
        if own & telling
    }


def alike(rows: Sequence[Row], payment: ClaimPayment) -> dict[int, float]:
    grams = [set(claim_ngrams(one.claim)) for one in rows]
    wanted = set(payment_ngrams(payment))
    counts = {gram: sum(gram in own for own in grams) for gram in wanted}
    assert sum(counts.values()) <= BUDGET, "this implementation knows no budget"
    weights = {gram: math.log1p(len(rows) / max(1, count)) for gram, count in counts.items()}
    total = sum(weights.values())
    scores = {
        row: sum(weights[gram] for gram in sorted(own & wanted)) / total
        for row, own in enumerate(grams)
        if rows[row].open and own & wanted
    }
    like = sorted(
        (row for row in scores if scores[row] >= LEAST), key=lambda row: (-round(scores[row], 9), row)
    )
    return {row: scores[row] * TEXT for row in like[:MOST]}


def close(claim: Claim, payment: ClaimPayment) -> float:
    charge, paid, said = cents(claim.charge), cents(payment.paid), 0.0
    if charge is not None:
        said += SAME_CHARGE * (charge == cents(payment.charge)) + OVERPAID * (
            paid is not None and paid > charge
        )
    if claim.service_from and payment.service_from:
        apart = abs((claim.service_from - payment.service_from).days)
        said += SAME_DAY * (apart == 0) + NEAR_DAY * (0 < apart <= NEAR)
    if claim.submitted and payment.payment_date:
        waited = (payment.payment_date - claim.submitted).days
        prompt = 0.0 if waited < 0 else min(1.0, max(0.0, (FRESH - waited) / (FRESH - PROMPT)))
        dated = claim.service_from and payment.service_from
        said += RECENT * prompt + NOT_SENT * (waited < 0) + UNDATED * (0 if dated else prompt)
    if charge is not None and payment.charge is None:
        share = (-1 if paid is None else paid) / max(1, charge)
        usual = math.exp(-(((share - USUAL_SHARE) / USUAL_SPREAD) ** 2) / 2)
        said += UNBILLED * (1.0 if paid == charge and paid else usual if 0 <= share <= 1 else 0.0)
    return said


def superseded(rows: Sequence[Row], row: int, ranked: Sequence[int]) -> bool:
    def identity(claim: Claim) -> tuple[str | None, ...]:
        return claim.claim_id, claim.billing_npi, claim.frequency, claim.patient_last, claim.patient_first

    own = rows[row].claim
    same = [other for other in ranked if identity(rows[other].claim) == identity(own)]
    last = max(same, key=lambda other: rows[other].claim.submitted or date.min)  # the first of equals
    return bool(own.claim_id) and last != row


@settings(max_examples=60, deadline=None)
@given(
    steps=st.lists(st.tuples(st.sampled_from("aaar"), st.integers(0, 59)), min_size=1, max_size=60),
    asked=st.lists(st.tuples(st.integers(0, 59), st.sampled_from(CHANGES)), min_size=1, max_size=6),
    often=st.booleans(),
)
def test_it_agrees_with_a_search_through_all_claims_whatever_came_and_went(
    steps: list[tuple[str, int]], asked: list[tuple[int, Change]], often: bool
) -> None:
    index, rows = ReferenceIndex(), list[Row]()
    payments = [change(payment_of(CLAIMS[number], number)) for number, change in asked]
    for step, number in steps:
        name = f"claim {number}"
        if step == "a":
            index.add(name, CLAIMS[number])
            rows.append(Row(name, CLAIMS[number], True))
        else:
            count = sum(one.open and one.reference == name for one in rows)
            assert index.remove(name) == count
            rows = [one._replace(open=one.open and one.reference != name) for one in rows]
        if often:  # so that there are several runs, and rows in each
            index.candidates(payments[0])
    assert len(index) == sum(one.open for one in rows)
    for payment, found in zip(payments, index.candidates_of(payments, limit=100), strict=True):
        assert found == obvious(rows, payment)
        assert found == index.candidates(payment, limit=100)


@settings(max_examples=50, deadline=None)
@given(rows=st.lists(st.lists(st.integers(0, 12), max_size=6), max_size=40), gone=st.sets(st.integers(0, 39)))
def test_sorted_runs_agree_with_a_dictionary(rows: list[list[int]], gone: set[int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(match_index_runs, "LARGEST", 24)
        patch.setattr(match_index_runs, "BUFFERED", 10)
        runs = match_index_runs.SortedRuns()
        for row, hashes in enumerate(rows):
            runs.add(hashes, row)
        assert entries(runs) == Counter((each, row) for row, own in enumerate(rows) for each in own)
        kept = [row for row in range(len(rows)) if row not in gone]
        numbers = [kept.index(row) if row in kept else -1 for row in range(len(rows))]
        runs.renumber(np.array(numbers, dtype="int64"))
        assert entries(runs) == Counter((each, new) for new, row in enumerate(kept) for each in rows[row])


def entries(runs: match_index_runs.SortedRuns) -> Counter[tuple[int, int]]:
    wanted = np.arange(13)
    found = runs.find(wanted, lambda counts: counts >= 0)
    assert found.counts.sum() == len(found.rows)
    return Counter(zip(found.places.tolist(), found.rows.tolist(), strict=True))


def test_a_claim_is_found_as_soon_as_it_is_added_and_no_more_once_it_is_removed() -> None:
    index = CandidateIndex()
    for number, claim in enumerate(CLAIMS):
        index.add(str(number), claim)
        assert str(number) in [name for name, _ in index.candidates(payment_of(claim, number))]
    assert index.remove("3") == 1
    assert index.remove("3") == 0
    assert "3" not in [name for name, _ in index.candidates(payment_of(CLAIMS[3], 3))]
    index.add("3", CLAIMS[3])
    assert "3" in [name for name, _ in index.candidates(payment_of(CLAIMS[3], 3))]


def test_closed_claims_give_their_room_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(match_index, "FEWEST_CLOSED", 20)
    index = ReferenceIndex()
    for number, claim in enumerate(CLAIMS):
        index.add(str(number), claim)
    index.add("0", CLAIMS[1])  # two claims of one name
    before, kept = index.nbytes(), range(40, 60)
    for number in range(1, 40):
        index.remove(str(number))
    assert index.nbytes() < before / 2
    assert len(index) == 22
    for number in kept:
        assert str(number) in index.candidates(payment_of(CLAIMS[number], number))
    assert index.remove("0") == 2


def test_a_number_and_a_name_that_were_both_mistyped_are_still_found() -> None:
    index = ReferenceIndex()
    for number, claim in enumerate(CLAIMS):
        index.add(str(number), claim)
    claim = make_claim(claim_id="UN048032", patient_last="RODRIGUEZ", patient_first="ISABELLA",
                       subscriber_id="YRM185436981", service_from=date(2024, 3, 30))  # fmt: skip
    index.add("hers", claim)
    typed = make_claim_payment(
        claim_id="UN04B032", patient_last="RODRIGUE2", patient_first="ISABELA", subscriber_id="YRM18543698l",
        service_from=date(2023, 3, 30), service_to=date(2023, 3, 30), charge=None, payer_name=None, payer_id=None,
        payee_npi=None, rendering_npi=None, lines=(), channel="paper",
    )  # fmt: skip
    assert not set(payment_keys(typed)) & set(claim_keys(claim))
    assert index.candidates(typed)[0] == "hers"


def test_a_stub_with_a_payer_and_an_amount_finds_what_that_payer_may_pay_now() -> None:
    index = ReferenceIndex()
    sent = date(2024, 5, 6)
    stub = make_claim_payment(
        claim_id=None, patient_last=None, patient_first=None, subscriber_id=None, charge=None, service_from=None,
        service_to=None, payer_id=None, payee_npi=None, rendering_npi=None, lines=(), channel="stub",
        payer_name="Oakmark Marketplace", paid=Decimal("81.20"), payment_date=sent + timedelta(20),
    )  # fmt: skip
    for number, charge in enumerate((80, 180, 100_000)):
        claim = make_claim(
            payer_name="OAKMARK MARKETPLACE", charge=Decimal(charge), submitted=sent, claim_id=None
        )
        index.add(f"{charge}", claim)
        index.add(f"long ago {number}", msgspec.structs.replace(claim, submitted=sent - timedelta(300)))
    assert index.candidates(stub, 2) == ["180", "100000"]
    index.add("expected", make_claim(payer_name="OAKMARK MARKETPLACE", charge=Decimal(500), submitted=sent),
              expected=[Decimal("81.20"), Decimal("500")])  # fmt: skip
    assert index.candidates(stub)[0] == "expected"


def test_a_key_that_very_many_claims_share_is_not_looked_into() -> None:
    index = ReferenceIndex()
    nobody = make_claim(claim_id="TEST99", subscriber_id=None, patient_last=None, patient_first=None, charge=None,
                        service_from=None, service_to=None, payer_name=None, lines=())  # fmt: skip
    for number in range(CROWDED + 1):
        index.add(str(number), nobody)
    lost = make_claim_payment(claim_id="TEST99", subscriber_id=None, patient_last=None, patient_first=None)
    assert index.candidates(lost) == []


def test_lists_found_elsewhere_are_ordered_as_the_index_orders_its_own() -> None:
    index = CandidateIndex()
    for number, claim in enumerate(CLAIMS):
        index.add(str(number), claim)
    payments = [payment_of(claim, number) for number, claim in enumerate(CLAIMS)]
    found = index.candidates_of(payments)
    assert shortlists(payments, [own[::-1] for own in found]) == found
    assert shortlists(payments[:1], [[("stranger", make_claim(claim_id="QQ1"))]]) == [
        [("stranger", make_claim(claim_id="QQ1"))]
    ]


def test_an_empty_index_finds_nothing() -> None:
    index = MatchIndex[str]()
    assert index.search([make_claim_payment(), make_claim_payment(channel="stub")]) == [[], []]
    assert index.search([]) == []
