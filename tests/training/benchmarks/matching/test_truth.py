"""The truth of what came on paper: the claim of a row, the claims of a check, and what several of them are as one."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from features.errors import MissingDataError
from features.x12.records import ClaimPayment, Source
from tests.support.builders import make_claim_payment
from tests.support.paper import make_paper, make_stub
from training.benchmarks.matching.truth import (
    SEVERAL,
    UNKNOWN,
    TrueMember,
    TruePayment,
    read_members,
    read_truth,
)
from training.match_labels import NOWHERE

TYPED = "row_id,claim_id,event,trace_number,amount\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    sealed = tmp_path / "truth"
    sealed.mkdir()
    (sealed / "claim_payments.csv").write_text(
        "trace_number,payer_claim_number,status,amount,claim_id,event\nT1,I1,1,10.00,A-1,plain\n"
    )
    (sealed / "paper.csv").write_text(TYPED + "P1,A-2,sibling,T2,5.00\nP2,,foreign,T2,6.00\n")
    members = ("S1,A-3,plain,T3,1.00", "S2,A-4,plain,T4,2.00", "S2,A-5,split,T4,0.00", "S3,A-6,split,T5,1.00")
    (sealed / "stubs.csv").write_text(TYPED + "\n".join((*members, "S3,A-6,split,T5,2.00")) + "\n")
    return tmp_path


def a_check(name: str) -> ClaimPayment:
    return make_stub(source=Source("stubs.csv", transaction=name, segment=2)).claim_payment()


def test_payments_of_all_channels_have_their_truth_in_their_order(folder: Path) -> None:
    electronic = make_claim_payment(trace_number="T1", payer_claim_number="I1", status="1", paid=Decimal(10))
    assert read_truth(folder, [a_check("S1"), electronic, make_paper()]) == [
        TruePayment("A-3", "plain"),
        TruePayment("A-1", "plain"),
        TruePayment("A-2", "sibling"),
    ]


@pytest.mark.parametrize(
    ("name", "claim", "event"),
    [("S2", NOWHERE, SEVERAL), ("S3", "A-6", "split"), ("S4", NOWHERE, UNKNOWN)],
)
def test_a_check_is_of_one_claim_only_where_all_of_it_is(
    folder: Path, name: str, claim: str, event: str
) -> None:
    assert read_truth(folder, [a_check(name)]) == [TruePayment(claim, event)]


def test_the_members_of_a_check_are_all_of_its_claims(folder: Path) -> None:
    assert read_members(folder, "stub")["S2"] == [
        TrueMember("A-4", "plain", "T4", Decimal("2.00")),
        TrueMember("A-5", "split", "T4", Decimal("0.00")),
    ]
    assert read_members(folder, "paper")["P2"][0].claim_id == NOWHERE


def test_paper_without_a_truth_is_refused(folder: Path) -> None:
    (folder / "truth" / "paper.csv").unlink()
    with pytest.raises(MissingDataError, match="no sealed truth"):
        read_truth(folder, [make_paper()])
