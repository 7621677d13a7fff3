"""Which answer counts for which claim, as a biller would say it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from features.postings import Posting
from features.x12.records import Acknowledgment, Adjustment, Claim, ClaimPayment, Source
from tests.support.builders import make_claim, make_claim_payment
from training.datasets import Dataset
from training.denial_labels import label

DENIED = (Adjustment("CO", "197", Decimal(275)),)
LAST_DAY = make_claim_payment(claim_id="OTHER", payment_date=date(2024, 12, 31))


def labelled(
    *payments: ClaimPayment, claims: tuple[Claim, ...] | None = None, postings: tuple[Posting, ...] = ()
) -> list[bool]:
    return list(label(dataset(*payments, claims=claims, postings=postings)).denied)


def dataset(
    *payments: ClaimPayment, claims: tuple[Claim, ...] | None = None, postings: tuple[Posting, ...] = ()
) -> Dataset:
    """A year's data, so that the default claim of March has matured."""
    return Dataset(
        claims=(make_claim(),) if claims is None else claims,
        claim_payments=(*payments, LAST_DAY),
        remittances=(),
        acknowledgments=(),
        postings=postings,
        problems=0,
        digest="0" * 64,
    )


def denied(**changes: Any) -> ClaimPayment:
    return make_claim_payment(**{"adjustments": DENIED, "lines": (), "paid": Decimal(0), **changes})


def posted(payment: ClaimPayment, claim_id: str | None) -> Posting:
    return Posting(
        posting_date=date(2024, 4, 3),
        trace_number=payment.trace_number or "",
        payer_id=payment.payer_id,
        remittance_claim_id=payment.claim_id,
        payer_claim_number=payment.payer_claim_number or "",
        status=payment.status or "",
        amount=payment.paid or Decimal(0),
        posted_claim_id=claim_id,
        posted_by=None,
    )


def test_the_first_decision_counts() -> None:
    later = make_claim_payment(payment_date=date(2024, 5, 1), payer_claim_number="ICN2")
    assert labelled(denied(), later) == [True]
    assert labelled(make_claim_payment(), denied(payment_date=date(2024, 5, 1))) == [False]


def test_a_claim_split_over_two_payments_of_a_day_is_denied_when_one_is() -> None:
    assert labelled(make_claim_payment(), denied(payer_claim_number="ICN2")) == [True]


def test_a_reversal_and_a_predetermination_decide_nothing() -> None:
    assert labelled(denied(status="22"), make_claim_payment(payment_date=date(2024, 5, 1))) == [False]
    assert labelled(denied(status="25")) == []


def test_the_second_payers_decision_is_not_the_first_payers() -> None:
    assert labelled(denied(status="2")) == []
    secondary = make_claim(payer_sequence="S")
    assert labelled(denied(status="2"), claims=(secondary,)) == [True]


def test_a_claim_number_is_known_in_spite_of_case_padding_and_a_cut() -> None:
    long = make_claim(claim_id="NB-20240012345-000000077")
    for written in ("nb-20240012345-000000077", "00NB-20240012345-00000", "NB-20240012345-00000"):
        assert labelled(denied(claim_id=written), claims=(long,)) == [True]


def test_a_cut_number_that_fits_two_claims_is_not_guessed() -> None:
    claims = (
        make_claim(claim_id="NB-20240012345-000000077"),
        make_claim(claim_id="NB-20240012345-000000078"),
    )
    assert labelled(denied(claim_id="NB-20240012345-00000"), claims=claims) == []


def test_the_ledger_goes_before_the_number() -> None:
    payment = denied(claim_id="A-1001")
    other = make_claim(claim_id="B-2002")
    counted = label(dataset(payment, claims=(make_claim(), other), postings=(posted(payment, "B-2002"),)))
    assert [claim.claim_id for claim in counted.claims] == ["B-2002"]
    assert labelled(payment, postings=(posted(payment, None),)) == []


def test_a_payment_posted_to_a_claim_that_was_not_yet_sent_is_a_mistake() -> None:
    early = denied(payment_date=date(2024, 3, 1))
    assert labelled(early, postings=(posted(early, "A-1001"),)) == []


def test_an_undated_payment_answers_nothing() -> None:
    assert labelled(denied(payment_date=None)) == []


def test_a_claim_sent_twice_under_one_number_is_answered_once() -> None:
    again = make_claim(submitted=date(2024, 5, 1))
    counted = label(dataset(denied(), claims=(make_claim(), again)))
    assert [claim.submitted for claim in counted.claims] == [date(2024, 3, 14)]
    assert counted.unanswered == 1


def test_a_claim_that_was_rejected_is_left_out_and_the_one_sent_again_is_labelled() -> None:
    again = make_claim(submitted=date(2024, 3, 20))
    sent = dataset(denied(payment_date=date(2024, 4, 20)), claims=(make_claim(), again))
    source = Source("day.277")
    said = [
        Acknowledgment("277CA", "A-1001", accepted, "A2" if accepted else "A7", "20", None, None, source)
        for accepted in (False, True)
    ]
    counted = label(replace(sent, acknowledgments=tuple(said)))
    assert [claim.submitted for claim in counted.claims] == [date(2024, 3, 20)]
    assert (counted.rejected, counted.unanswered) == (1, 0)


def test_what_is_left_out_is_counted() -> None:
    claims = (
        make_claim(claim_id="LATE", submitted=date(2024, 10, 3)),
        make_claim(claim_id="SILENT"),
        make_claim(claim_id="UNDATED", submitted=None),
        make_claim(claim_id="VOID", frequency="8"),
        make_claim(),
    )
    counted = label(dataset(make_claim_payment(), claims=claims))
    assert (counted.immature, counted.unanswered, counted.undated, counted.voids) == (1, 1, 1, 1)
    assert "1 claims with a matured answer, 0 of them denied" in counted.describe()
