"""Bare check stubs: the little that they say, and how many claims they speak of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from features.duplicates import repeated
from features.errors import MissingDataError
from features.stubs import COLUMNS, Stub, read_stubs, stub_records
from features.x12.records import Problem

HEADER = (
    "stub_id,received_date,stub_date,check_number,payer_name,amount,patient_name,account_or_reference,memo"
)
ROW = "S1,2024-03-05,2024-03-01,8351,JUNIPER HEALTH,86.12,WEST E,1028826,DOS 02/13/24"
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(*rows: str, header: str = HEADER) -> Path:
        path = tmp_path / "stubs.csv"
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return path

    return written


def only(path: Path) -> Stub:
    (stub,) = read_stubs(path)
    return stub


def test_a_stub_as_the_payment_of_one_claim(write: Write) -> None:
    payment = only(write(ROW)).claim_payment()
    assert payment.channel == "stub"
    assert (payment.trace_number, payment.paid) == ("8351", Decimal("86.12"))
    assert (payment.patient_last, payment.patient_first) == ("WEST", "E")
    assert (payment.claim_id, payment.payment_date) == ("1028826", date(2024, 3, 1))
    assert payment.service_from == payment.service_to == date(2024, 2, 13)
    assert (payment.source.transaction, payment.source.segment) == ("S1", 2)
    assert (payment.charge, payment.status, payment.payer_id) == (None, None, None)


def test_without_a_day_of_its_own_the_check_has_the_day_of_its_receipt(write: Write) -> None:
    stub = only(write("S1,2024-03-05,,8351,JUNIPER HEALTH,86.12,,,"))
    assert stub.claim_payment().payment_date == date(2024, 3, 5)


@pytest.mark.parametrize(
    ("name", "memo", "claims", "several", "least"),
    [
        ("WEST E", "3 CLAIMS", 3, False, 3),
        ("WEST E ET AL", "MEDICAL CLAIM", None, True, 2),
        ("ISABELLA SMITH ET AL.", "3 claims", 3, True, 3),
        ("ISABELLA SMITH ET AL", "1 CLAIM", 1, True, 2),
        ("WEST E", "1 CLAIM", 1, False, 1),
        ("", "", None, False, None),
        ("WEST E", "0 CLAIMS", None, False, None),
    ],
)
def test_a_stub_says_how_many_claims_it_pays_where_it_does(
    write: Write, name: str, memo: str, claims: int | None, several: bool, least: int | None
) -> None:
    stub = only(write(f"S1,2024-03-05,2024-03-01,8351,JUNIPER HEALTH,86.12,{name},,{memo}"))
    assert (stub.claims, stub.several, stub.claim_payment().claims) == (claims, several, least)
    assert stub.lump == ((least or 1) > 1)


def test_two_checks_alike_are_not_taken_for_one_sent_twice(write: Write) -> None:
    stubs = read_stubs(write(ROW, ROW.replace("S1", "S2").replace("8351", "8352")))
    assert repeated([stub.claim_payment() for stub in stubs]) == [False, False]


@pytest.mark.parametrize("memo", ["DOS 13/45/24", "DOS", "CLAIM PMT", "02/13/24"])
def test_a_memo_without_a_day_of_service_says_none(write: Write, memo: str) -> None:
    stub = only(write(f"S1,2024-03-05,2024-03-01,8351,JUNIPER HEALTH,86.12,,,{memo}"))
    assert stub.service_from is None


def test_a_stub_that_cannot_be_read_is_reported_and_the_others_stay(write: Write) -> None:
    bad = ("S0,2024-03-05,,,,,,,", ",2024-03-05,,,,1.00,,,", "S0,,,,,1.00,,,")
    records = stub_records(write(*bad, ROW))
    assert [record.stub_id for record in records if isinstance(record, Stub)] == ["S1"]
    problems = [record for record in records if isinstance(record, Problem)]
    assert [(problem.severity, problem.source.segment) for problem in problems] == [
        ("error", 2), ("error", 3), ("error", 4),
    ]  # fmt: skip


def test_a_day_that_cannot_be_read_costs_the_day(write: Write) -> None:
    stub, problem = stub_records(write(ROW.replace("2024-03-01", "soon")))
    assert isinstance(stub, Stub)
    assert stub.stub_date is None
    assert isinstance(problem, Problem)
    assert "stub_date" in problem.message


def test_missing_columns_are_named(write: Write) -> None:
    with pytest.raises(MissingDataError, match="columns amount, memo"):
        read_stubs(write(header=HEADER.replace("memo", "words").replace("amount", "money")))


def test_a_check_for_several_claims_may_list_their_numbers(tmp_path: Path) -> None:
    row = "S1,2024-02-05,2024-02-01,700,PLAN,120.50,,A-1001; A-1002 ;A-1001,"
    path = tmp_path / "stubs.csv"
    path.write_text(",".join(COLUMNS) + "\n" + row + "\n", encoding="utf-8")
    (stub,) = read_stubs(path)
    assert (stub.references, stub.reference, stub.least_claims) == (("A-1001", "A-1002"), "A-1001", 2)
    assert stub.lump
