"""Remittances typed from paper: what a row says, what it leaves open, and what happens to bad ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from features.errors import BadInputError, MissingDataError
from features.paper import paper_records, read_paper
from features.typed_text import TypedName, split_name, typed_code, typed_day
from features.x12.records import Adjustment, ClaimPayment, Problem

HEADER = (
    "row_id,typed_date,check_number,payer_name,patient_name,member_id,claim_number,service_date,billed,allowed,"
    "paid,patient_responsibility,denial_code,typed_by"
)
ROW = 'P1,2024-03-05,8351,JUNIPER HEALTH,"COOK, AMY",XQP9-00,UN0480,2024-02-01,250.00,200.00,180.00,20.00,,LM'
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(*rows: str, header: str = HEADER) -> Path:
        path = tmp_path / "paper.csv"
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return path

    return written


def only(path: Path) -> ClaimPayment:
    (payment,) = read_paper(path)
    return payment


def test_a_row_becomes_a_claim_payment_of_the_paper_channel(write: Write) -> None:
    payment = only(write(ROW))
    assert payment.channel == "paper"
    assert (payment.trace_number, payment.payment_date) == ("8351", date(2024, 3, 5))
    assert (payment.patient_last, payment.patient_first) == ("COOK", "AMY")
    assert (payment.claim_id, payment.subscriber_id) == ("UN0480", "XQP9-00")
    assert (payment.charge, payment.paid) == (Decimal("250.00"), Decimal("180.00"))
    assert payment.patient_responsibility == Decimal("20.00")
    assert payment.service_from == payment.service_to == date(2024, 2, 1)
    assert (payment.status, payment.adjustments) == (None, ())


def test_its_source_names_the_row_and_the_line(write: Write) -> None:
    source = only(write("", ROW)).source
    assert (source.transaction, source.segment) == ("P1", 3)


def test_empty_cells_are_absent_and_not_empty_text(write: Write) -> None:
    payment = only(write("P1,2024-03-05,,,,,,,,,0.00,,,LM"))
    absent = (
        payment.trace_number,
        payment.claim_id,
        payment.patient_last,
        payment.patient_first,
        payment.charge,
    )
    assert absent == (None,) * 5


@pytest.mark.parametrize(
    ("text", "group", "amount"),
    [("CO-16", "CO", "200"), ("CO 16", "CO", "200"), ("PR16", "PR", "250"), ("16", "", "200")],
)
def test_a_denial_is_read_in_the_spelling_of_any_clerk(
    write: Write, text: str, group: str, amount: str
) -> None:
    payment = only(write(f"P1,2024-03-05,,X,A B,,,,250.00,,0.00,50.00,{text},LM"))
    assert payment.adjustments == (Adjustment(group, "16", Decimal(amount)),)
    assert payment.status == "4"


def test_negative_amounts_are_a_reversal_even_where_nothing_was_paid(write: Write) -> None:
    assert only(write("P1,2024-03-05,,X,A B,,,,-250.00,,0.00,,,LM")).status == "22"
    assert only(write("P1,2024-03-05,,X,A B,,,,,,-20.00,,,LM")).status == "22"


def test_a_row_without_an_amount_is_reported_and_the_others_stay(write: Write) -> None:
    records = paper_records(write("P0,2024-03-05,,X,SECRET NAME,,,,,,lots,,,LM", ROW, "P2,,,,,,,,,,1.00,,,"))
    problems = [record for record in records if isinstance(record, Problem)]
    assert [record.source.transaction for record in records if isinstance(record, ClaimPayment)] == ["P1"]
    assert [(problem.severity, problem.source.segment) for problem in problems] == [
        ("error", 2),
        ("error", 4),
    ]
    assert "SECRET" not in "".join(problem.message for problem in problems)


def test_a_cell_that_cannot_be_read_costs_the_cell_and_not_the_row(write: Write) -> None:
    payment, problem = paper_records(write("P1,2024-03-05,,X,A B,,,2024-02-31,much,,1.00,,N99,LM"))
    assert isinstance(payment, ClaimPayment)
    assert (payment.service_from, payment.charge, payment.adjustments) == (None, None, ())
    assert isinstance(problem, Problem)
    assert problem.severity == "warning"
    for column in ("service_date", "billed", "denial_code"):
        assert column in problem.message


def test_a_byte_order_mark_and_capitals_in_the_header_do_no_harm(write: Write) -> None:
    assert only(write(ROW, header="\ufeff" + HEADER.upper())).claim_id == "UN0480"


def test_missing_columns_are_named(write: Write) -> None:
    with pytest.raises(MissingDataError, match="member_id"):
        read_paper(write(header=HEADER.replace("member_id", "member")))


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "paper.csv"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInputError, match="UTF-8"):
        read_paper(path)


@pytest.mark.parametrize(
    ("text", "last", "first"),
    [
        ("CHEN, JESSI", "CHEN", "JESSI"),
        ("Alexander Perry", "Perry", "Alexander"),
        ("BROWN S", "BROWN", "S"),
        ("S. BROWN", "BROWN", "S"),
        ("MADONNA", "MADONNA", None),
        ("ANNA VAN DYKE", "VAN DYKE", "ANNA"),
        ("", None, None),
    ],
)
def test_a_name_is_split_by_its_comma_or_its_initial_or_its_order(
    text: str, last: str, first: str | None
) -> None:
    assert split_name(text) == TypedName(last, first)


@pytest.mark.parametrize("text", ["03/05/2024", "3/5/24", "2024-03-05"])
def test_days_are_read_in_two_notations(text: str) -> None:
    assert typed_day(text) == date(2024, 3, 5)


@pytest.mark.parametrize("text", ["CO", "N99", "XX-16", "16-CO", "999"])
def test_what_is_no_code_of_the_list_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="no code"):
        typed_code(text)
