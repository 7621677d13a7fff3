"""What a 277CA and a 999 say, a rule at a time."""

from __future__ import annotations

import pytest

from features.x12.reader import read_bytes
from features.x12.records import Acknowledgment, Problem, Record
from tests.support.x12_files import one

ABOVE = (
    "BHT*0085*08*1*20260105*0900*TH",
    "HL*1**20*1",
    "NM1*PR*2*PLAN",
    "HL*2*1*21*1",
    "TRN*2*BATCH",
    "STC*A1:20",
)
PROVIDER = ("HL*3*2*19*1", "NM1*85*2*CLINIC*****XX*1234567893")


def records(kind: str, *body: str, guide: str | None = None) -> list[Record]:
    return list(read_bytes(one(kind, *body, guide=guide), file="a"))


def acknowledgments(kind: str, *body: str) -> list[Acknowledgment]:
    return [record for record in records(kind, *body) if isinstance(record, Acknowledgment)]


@pytest.mark.parametrize(
    ("statuses", "accepted", "category"),
    [
        (["STC*A1:20:PR"], True, "A1"),
        (["STC*A2:20:PR"], True, "A2"),
        (["STC*A3:21:PR"], False, "A3"),
        (["STC*A6:21"], False, "A6"),
        (["STC*A7:562:85"], False, "A7"),
        (["STC*A8:21"], False, "A8"),
        (["STC*A1:20", "STC*A7:562:85"], False, "A7"),
        (["STC*A2:20:PR*20260105*WQ*100******A3:187"], True, "A2"),
        (["STC*A2:20:PR*20260105*U*100******A3:187"], False, "A3"),
        (["STC*A2:20*******", "STC*A7:562:85*20260105*U*100******A3:21"], False, "A7"),
    ],
)
def test_a_claim_is_accepted_when_no_status_refuses_it(
    statuses: list[str], accepted: bool, category: str
) -> None:
    (found,) = acknowledgments(
        "277", *ABOVE, *PROVIDER, "HL*4*3*PT", "NM1*QC*1*DOE", "TRN*2*CLAIM1", *statuses, "REF*1K*PAYER1"
    )
    assert (found.transaction, found.claim_id, found.accepted) == ("277CA", "CLAIM1", accepted)
    assert (found.category, found.payer_claim_number) == (category, "PAYER1")


def test_a_refusal_above_the_claims_is_an_acknowledgment_without_a_claim() -> None:
    (found,) = acknowledgments("277", *ABOVE, *PROVIDER, "TRN*1*0", "STC*A8:496:85")
    assert (found.claim_id, found.accepted, found.status, found.entity) == (None, False, "496", "85")


def test_every_claim_of_a_277ca_is_its_own_acknowledgment() -> None:
    patient = (
        "HL*4*3*PT",
        "TRN*2*C1",
        "STC*A2:20",
        "HL*5*3*PT",
        "TRN*2*C2",
        "STC*A3:21",
        "TRN*2*C3",
        "STC*A1:20",
    )
    found = acknowledgments("277", *ABOVE, *PROVIDER, *patient)
    assert [(a.claim_id, a.accepted) for a in found] == [("C1", True), ("C2", False), ("C3", True)]


def test_a_277_that_answers_a_status_request_is_no_acknowledgment() -> None:
    found = records("277", *ABOVE, guide="005010X212")
    assert [r.code for r in found if isinstance(r, Problem)] == ["transaction-unsupported"]
    assert len(found) == 1


@pytest.mark.parametrize(
    ("decision", "accepted"),
    [("A", True), ("E", True), ("R", False), ("M", False), ("W", False), ("X", False)],
)
def test_a_999_answers_each_transaction(decision: str, accepted: bool) -> None:
    (found,) = acknowledgments("999", "AK1*HC*1", "AK2*837*0021", f"IK5*{decision}", "AK9*A*1*1*1")
    assert (found.transaction, found.claim_id, found.category, found.accepted) == (
        "999",
        "0021",
        decision,
        accepted,
    )


def test_a_999_that_decides_in_the_segment_of_a_997_is_read_too() -> None:
    (found,) = records("999", "AK1*HC*1", "AK2*837*0021", "AK5*A", "AK9*A*1*1*1")
    assert isinstance(found, Acknowledgment)
    assert (found.claim_id, found.accepted) == ("0021", True)


def test_a_999_without_transactions_answers_the_whole_group() -> None:
    (found,) = acknowledgments("999", "AK1*HC*1", "AK9*R*1*1*0")
    assert (found.claim_id, found.accepted) == (None, False)


def test_a_999_that_counts_wrongly_says_so() -> None:
    found = records("999", "AK1*HC*1", "AK2*837*1", "IK5*R", "AK2*837*2", "IK5*A", "AK9*P*2*2*2")
    assert [r.code for r in found if isinstance(r, Problem)] == ["acknowledgment-count-differs"]
