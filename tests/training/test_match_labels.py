"""Labels of what came on paper: which claim a row was posted to, which checks pay several, and what is said of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from features.audits import Audit
from features.postings import Posting
from features.stubs import Stub
from features.x12.records import ClaimPayment
from tests.support.builders import make_claim, make_claim_payment
from tests.support.matches import a_dataset, posting_of
from tests.support.paper import PAYER, PAYER_ID, make_paper, make_posting, make_stub
from training.benchmarks.matching.truth import read_members, read_truth
from training.datasets import Dataset
from training.match_labels import NOWHERE, label
from training.typed_labels import label_typed

CLAIM = make_claim(payer_name=PAYER, payer_id=PAYER_ID)
MANY = 0.9  # of the typed rows of a simulated provider; the rest have too little on them


def a_folder(
    postings: Sequence[Posting],
    *,
    paper: Sequence[ClaimPayment] = (),
    stubs: Sequence[Stub] = (),
    audits: Sequence[Audit] = (),
    electronic: Sequence[ClaimPayment] = (),
) -> Dataset:
    return dataclasses.replace(
        a_dataset([CLAIM], list(electronic), list(postings)),
        paper=tuple(paper),
        stubs=tuple(stubs),
        audits=tuple(audits),
    )


def audit(posting: Posting, claim_id: str | None) -> Audit:
    tie = (posting.trace_number, posting.payer_claim_number, posting.status, posting.amount)
    return Audit(date(2024, 4, 20), *tie, claim_id, "EVEGA")


def test_a_typed_row_and_a_check_are_labelled_beside_the_835() -> None:
    electronic = make_claim_payment(payment_date=date(2024, 4, 1))
    stub = make_stub(check_number="835310000077", amount=Decimal("80.00"))
    rows = [
        posting_of(electronic, "A-1"),
        make_posting(posted_claim_id="A-2"),
        make_posting(trace_number="835310000077", amount=Decimal("80.00"), posted_claim_id="A-3"),
    ]
    labels = label(a_folder(rows, electronic=[electronic], paper=[make_paper()], stubs=[stub]))
    assert [payment.channel for payment in labels.payments] == ["835", "stub", "paper"]
    assert labels.posted == ("A-1", "A-3", "A-2")
    assert labels.batch[1:] == (f"{PAYER_ID}/835310000077", f"{PAYER_ID}/835310000063")
    assert labels.posted_on[1:] == (date(2024, 4, 12), date(2024, 4, 12))
    assert (labels.unposted, labels.untied, len(labels.lumps)) == (0, 0, 0)


def test_a_row_that_an_835_accounts_for_is_not_tied_again() -> None:
    electronic = make_claim_payment(
        trace_number="835310000063", payer_claim_number="ICN7000001", status="1", paid=Decimal(200)
    )
    labels = label(a_folder([make_posting()], electronic=[electronic], paper=[make_paper()]))
    assert [payment.channel for payment in labels.payments] == ["835"]
    assert (labels.unposted, labels.untied) == (1, 1)


@pytest.mark.parametrize("second", ["A-1001", "B-2"])
def test_a_tie_to_several_rows_is_no_label_whatever_they_were_posted_to(second: str) -> None:
    rows = [
        make_posting(trace_number="1111111"),
        make_posting(trace_number="2222222", posted_claim_id=second),
    ]
    labels = label(a_folder(rows, paper=[make_paper(trace_number=None)]))
    assert (len(labels.payments), labels.ambiguous) == (0, 1)


def test_a_row_that_was_posted_twice_to_different_claims_is_no_label() -> None:
    rows = [make_posting(), make_posting(posted_claim_id="B-2")]
    typed = label_typed(a_folder(rows, paper=[make_paper()], stubs=[make_stub()]))
    assert (len(typed.labelled), len(typed.lumps), typed.ambiguous) == (0, 0, 2)


def test_a_check_for_several_claims_stands_apart_with_all_of_its_rows() -> None:
    first = make_posting(amount=Decimal("150.00"), payer_claim_number="I1", posted_claim_id="A-1")
    second = make_posting(amount=Decimal("50.00"), payer_claim_number="I2", posted_claim_id=None)
    labels = label(a_folder([first, second], stubs=[make_stub()], audits=[audit(second, "A-2")]))
    assert labels.payments == ()
    assert labels.lumps.stubs == (make_stub(),)
    assert labels.lumps.postings == ((first, second),)
    assert labels.lumps.audited == ((None, "A-2"),)
    assert labels.lumps.claims() == [("A-1", "A-2")]
    assert "1 checks pay several claims" in labels.describe()


def test_a_check_for_several_claims_can_stand_among_the_payments_as_one_without_a_claim() -> None:
    first = make_posting(amount=Decimal("150.00"), payer_claim_number="I1", posted_claim_id="A-1")
    second = make_posting(amount=Decimal("50.00"), payer_claim_number="I2", posted_claim_id="A-2")
    audits = [audit(first, "A-1"), audit(second, "A-2")]
    labels = label(a_folder([first, second], stubs=[make_stub()], audits=audits), lumps_apart=False)
    assert (labels.posted, labels.audited, len(labels.lumps)) == ((NOWHERE,), (NOWHERE,), 1)
    (half,) = label(
        a_folder([first, second], stubs=[make_stub()], audits=audits[:1]), lumps_apart=False
    ).audited
    assert half is None


@pytest.mark.parametrize("reversed_claim", ["A-1001", "WRONG"])
def test_a_check_with_a_reversal_and_its_correction_is_a_payment_of_the_correction(
    reversed_claim: str,
) -> None:
    rows = [
        make_posting(
            amount=Decimal("-50.00"), payer_claim_number="I1", status="22", posted_claim_id=reversed_claim
        ),
        make_posting(amount=Decimal("250.00"), payer_claim_number="I2"),
    ]
    labels = label(a_folder(rows, stubs=[make_stub()]))
    assert (labels.posted, len(labels.lumps)) == (("A-1001",), 0)


def test_two_claims_of_another_system_are_a_lump_and_one_is_a_payment_without_a_claim() -> None:
    one = make_posting(posted_claim_id=None)
    assert label(a_folder([one], stubs=[make_stub()])).posted == (NOWHERE,)
    halves = [
        make_posting(amount=Decimal("100.00"), payer_claim_number=number, posted_claim_id=None)
        for number in ("I1", "I2")
    ]
    assert len(label(a_folder(halves, stubs=[make_stub()])).lumps) == 1


def test_an_audit_overrules_the_clerk_on_paper_too() -> None:
    row = make_posting()
    labels = label(a_folder([row], paper=[make_paper()], audits=[audit(row, "RIGHT")]))
    assert (labels.posted, labels.audited) == (("RIGHT",), ("RIGHT",))


def test_what_cannot_be_tied_is_counted_and_said() -> None:
    labels = label(a_folder([make_posting()], paper=[make_paper(claim_id="ZZ-999999")]))
    assert (labels.unposted, labels.untied) == (1, 1)
    assert "1 on paper could not be tied to the ledger" in labels.describe()


def test_without_paper_nothing_is_said_of_it() -> None:
    assert "paper" not in label(a_folder([make_posting()])).describe()


def test_of_a_simulated_provider_most_rows_tie_and_all_but_a_few_of_these_are_right(
    dataset: Dataset, simulated: Path
) -> None:
    labels = label(dataset)
    typed = [row for row, payment in enumerate(labels.payments) if payment.channel != "835"]
    truth = read_truth(simulated, labels.payments)
    right = sum(truth[row].claim_id == labels.posted[row] for row in typed)
    assert len(typed) + len(labels.lumps) > MANY * (len(dataset.paper) + len(dataset.stubs)) > 0
    assert right > 0.98 * len(typed)


def test_the_members_of_a_simulated_lump_are_those_of_its_check(dataset: Dataset, simulated: Path) -> None:
    lumps = label(dataset).lumps
    truth = read_members(simulated, "stub")
    right = sum(
        sorted(row.amount for row in rows) == sorted(member.amount for member in truth[stub.stub_id])
        for stub, rows in zip(lumps.stubs, lumps.postings, strict=True)
    )
    assert right >= len(lumps) - 1


@pytest.mark.parametrize("channel", ["paper", "stub"])
def test_every_row_on_paper_has_a_truth(dataset: Dataset, simulated: Path, channel: str) -> None:
    ids = [payment.source.transaction for payment in dataset.paper]
    if channel == "stub":
        ids = [stub.stub_id for stub in dataset.stubs]
    assert set(ids) == set(read_members(simulated, channel))
