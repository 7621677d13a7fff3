"""Each thing that is wrong with a file is told with its place, and the rest of the file is taken."""

from __future__ import annotations

import json
from typing import Any

import pytest

from features.errors import BadInputError, NotX12Error
from features.x12.records import Claim, ClaimPayment, Problem, Record
from serving.portal.door import records_of
from tests.serving.portal.examples import CLAIMS, FHIR, LISTS, PAYMENTS

GOOD = "837P,GOOD-1,10.00,1,99213,10.00"
HEADER = "transaction,claim_id,charge,line_number,line_procedure,line_charge"


def read(data: bytes | str) -> list[Record]:
    return list(records_of(data.encode() if isinstance(data, str) else data, file="a"))


def table(*rows: str) -> str:
    return "\n".join((HEADER, *rows, GOOD))


def fhir(**changes: Any) -> str:
    return json.dumps({**json.loads(FHIR), **changes})


@pytest.mark.parametrize(
    ("before", "row"), [("\n", 4), (";;;;;\n", 4), (" , ,\r\n\t\r", 5), (",,,,,\r;\r", 5)]
)
def test_lines_of_separators_alone_are_none_and_the_header_is_the_first_other(before: str, row: int) -> None:
    bad, good = read(f"{before}{HEADER}\n;;;\n837P,A,1O.00,1,99213,10.00\n,,,,,\n{GOOD}")
    assert isinstance(bad, Problem)
    assert bad.message.startswith(f"row {row}, column charge"), bad.message
    assert isinstance(good, Claim)


@pytest.mark.parametrize(
    ("row", "where"),
    [
        ("837P,A,1O.00,1,99213,10.00", "row 2, column charge: is no amount"),
        ('837P,A,"10,00",1,99213,10.00', "row 2, column charge: is no amount"),
        ("837P,A,10.00,1,99213,1e1", "row 2, column line_charge: is no amount"),
        ("837P,A,10.00,one,99213,10.00", "row 2, column line_number: is no whole number"),
        ("837X,A,10.00,1,99213,10.00", "row 2, column transaction: is not one of the values"),
        ('837P,"A,10.00,1,99213,10.00', "row 2: is not UTF-8, or has a quotation mark that is not closed"),
        ("837P,A,10.00,1,99213,10.00,9", "row 2: has 7 cells, and the first line has 6"),
        ("837P,X,A,10.00,1,99213,10.00", "row 2: has 7 cells, and the first line has 6"),
        ("837P,A,10.00,1,99213,4.00\n837P,A,11.00,2,99213,6.00", "row 3, column charge: is not what row 2 says"),
        ("837P,A,10.00,1,99213,4.00\n837P,A,10.00,2,99213,x", "row 3, column line_charge: is no amount"),
        ("837P,A,10.00,1,99213,10.00\n837P,A,10.00,,,", "rows 2 to 3: repeat a claim without a service line"),
    ],
)  # fmt: skip
def test_a_bad_row_refuses_its_claim_and_no_other(row: str, where: str) -> None:
    bad, good = read(table(row))
    assert isinstance(bad, Problem)
    assert (bad.severity, bad.message.startswith(where)) == ("error", True), bad.message
    assert isinstance(good, Claim)
    assert good.claim_id == "GOOD-1"


BAD_ROWS = {
    "an open quotation mark": '837P,A,20.00,2,"99213,4.00',
    "a byte that is no UTF-8": "837P,A,20.00,2,992\udcff13,4.00",
    "a cell too many": "837P,A,20.00,2,99213,4.00,9",
    "a cell too many before the claim id": "837P,X,A,20.00,2,99213,4.00",
    "a cell too few": "837P,A,20.00,99213,4.00",
    "a cell too few before the claim id": "A,20.00,2,99213,4.00",
    "a row that is cut": "837P,A,20.0",
}


@pytest.mark.parametrize("place", [0, 1, 2], ids=["first", "middle", "last"])
@pytest.mark.parametrize("bad", BAD_ROWS.values(), ids=BAD_ROWS.keys())
def test_a_claim_is_never_taken_without_a_row_that_names_it(bad: str, place: int) -> None:
    rows = ["837P,A,20.00,1,99213,10.00", "837P,A,20.00,3,99213,6.00"]
    rows.insert(place, bad)
    before = GOOD.replace("GOOD-1", "GOOD-0")
    first, refused, last = read(table(before, *rows).encode("utf-8", "surrogateescape"))
    assert isinstance(refused, Problem)
    assert refused.message.startswith(f"row {place + 3}: "), refused.message
    assert [isinstance(one, Claim) and one.claim_id for one in (first, last)] == ["GOOD-0", "GOOD-1"]


@pytest.mark.parametrize("place", [0, 1, 2], ids=["first", "middle", "last"])
@pytest.mark.parametrize(
    "bad",
    [
        "837P",
        "837P,A",
        "837P,20.00,2,99213,4.00",
        "837P,,20.00,2,99213,4.00",
        "837P,\udcff,20.00,2,99213,4.00",
    ],
)
def test_a_row_that_may_belong_to_any_claim_refuses_those_beside_it(bad: str, place: int) -> None:
    rows = ["837P,A,20.00,1,99213,10.00", "837P,A,20.00,3,99213,6.00"]
    rows.insert(place, bad)
    far = GOOD.replace("GOOD-1", "FAR-0"), GOOD.replace("GOOD-1", "BESIDE-0")
    found = read(table(*far, *rows, GOOD.replace("GOOD-1", "BESIDE-1")).encode("utf-8", "surrogateescape"))
    taken = {one.claim_id for one in found if isinstance(one, Claim)}
    beside = {0: {"BESIDE-0"}, 1: set(), 2: {"BESIDE-1"}}[place]
    assert taken == {"FAR-0", "GOOD-1", "BESIDE-0", "BESIDE-1"} - beside
    said = [one.message.partition(":")[0] for one in found if isinstance(one, Problem)]
    assert {where.removesuffix(", column claim_id") for where in said} == {f"row {place + 4}"}


def test_a_payment_is_never_taken_without_a_row_that_names_its_claim() -> None:
    header, first, second = PAYMENTS.decode().splitlines()
    for rows in ((first, second + ";9"), (first + ";9", second)):
        (refused,) = read("\n".join((header, *rows)))
        assert isinstance(refused, Problem)
        assert "cells, and the first line has" in refused.message


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"transaction,claim_id,charg\n837P,A,1\n", "the nearest known name is charge"),
        (b"transaction,claim_id,claim_id\n837P,A,A\n", "names a column twice"),
        (b'{"claims": [], "other": []}', "the lists `claims`, `remittances`"),
        (b'{"claims": []}', "holds no claim"),
        (b'{"kind": "claim", "kind": "claim"}', "not JSON"),
        (b'{"resourceType": "Bundle"}', "no list `entry`"),
        (b'{"claims": ' + b"[" * 100_000, "not JSON"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_what_to_do(data: bytes, says: str) -> None:
    with pytest.raises(BadInputError) as refused:
        read(data)
    assert says in str(refused.value)


def test_a_byte_that_is_no_utf_8_costs_its_own_row_or_object() -> None:
    for data in (
        table("837P,A,10.00,1,992\0,10.00").encode(),
        b'{"claims": [{"transaction": "837P", "claim_id": "A\0"}, {"transaction": "837P", "claim_id": "GOOD-1"}]}',
    ):
        bad, *_, good = read(data.replace(b"\0", b"\xff"))
        assert isinstance(bad, Problem)
        assert bad.severity == "error"
        assert isinstance(good, Claim)
        assert good.claim_id == "GOOD-1"


@pytest.mark.parametrize("data", [b"{}", b'{"claims": 20000}', b'{"cells": []}', b"[policy]\n", b"[1, 2]"])
def test_other_json_of_a_folder_is_none_of_ours(data: bytes) -> None:
    with pytest.raises(NotX12Error, match="no claims"):
        read(data)


def test_a_table_of_something_else_is_none_of_ours() -> None:
    with pytest.raises(NotX12Error):
        read("posting_date,trace_number,payer_id\n2024-04-02,1,P\n")


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ({"kind": "claim", "transaction": "837P", "charge": "ten"}, "/0/charge: is no amount"),
        ({"kind": "claim", "transaction": "837P", "lines": [{"charge": "1e2"}]}, "/0/lines/0/charge: is no amount"),
        ({"kind": "claim", "transaction": "837P", "chrage": 1}, "/0: has a field that is not known"),
        ({"kind": "claim_payment", "payment_date": "02/04/2024"}, "/0/payment_date: is no date"),
        ({"kind": "payment"}, "/0/kind: is neither"),
        ({"kind": "claim", "transaction": "837P", "claim_id": "\ud800"}, "/0: holds what is no character"),
        ({"kind": "claim", "transaction": "837P", "claim_id": "\0"}, "/0: holds the character U+0000"),
        (7, "/0: is no object"),
    ],
)  # fmt: skip
def test_a_bad_object_is_pointed_to(value: Any, where: str) -> None:
    bad, good = read(
        json.dumps([value, {"kind": "claim", "transaction": "837P", "claim_id": "G", "charge": "1"}])
    )
    assert isinstance(bad, Problem)
    assert bad.message.startswith(where), bad.message
    assert isinstance(good, Claim)


def test_a_bad_line_of_ndjson_is_named_by_its_number() -> None:
    one = b'{"kind": "claim", "transaction": "837P", "claim_id": "G", "charge": "1"}'
    first, bad, last = read(b"\n".join((one, b'{"kind', one)))
    assert isinstance(bad, Problem)
    assert (bad.source.segment, bad.message.startswith("line 2: is not JSON")) == (2, True)
    assert isinstance(first, Claim)
    assert isinstance(last, Claim)


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"modifierExtension": [{"url": "x"}]}, "Claim.modifierExtension: is not known here"),
        ({"item": [{"sequence": 1, "modifierExtension": []}]}, "Claim.item[0].modifierExtension: is not known"),
        ({"implicitRules": "x"}, "Claim.implicitRules: is not known here"),
        ({"status": "entered-in-error"}, "Claim.status: is not active"),
        ({"use": "preauthorization"}, "Claim.use: is not claim"),
        ({"type": {"coding": [{"code": "pharmacy"}]}}, "Claim.type: is not professional"),
        ({"total": {"value": "150.00"}}, "Claim.total.value: is no JSON number"),
        ({"total": {"value": 1, "currency": "EUR"}}, "Claim.total.currency: is not USD"),
        ({"created": "2024-03"}, "Claim.created: is no whole day"),
        ({"item": [{"net": {"value": 1e300}}]}, "Claim.item[0].net.value: is no JSON number"),
        ({"item": {}}, "Claim.item: is no list"),
        ({"diagnosis": [{"diagnosisCodeableConcept": []}]}, "Claim.diagnosis[0].diagnosisCodeableConcept: is no obj"),
        ({"identifier": [{"value": "x" * 256}]}, "Claim.identifier[0].value: is no text of 1 to 255"),
    ],
)  # fmt: skip
def test_a_resource_that_does_not_fit_is_told_with_its_path(changes: dict[str, Any], where: str) -> None:
    (bad,) = read(fhir(**changes))
    assert isinstance(bad, Problem)
    assert bad.message.startswith(where), bad.message


def test_a_bundle_loses_only_the_resource_that_is_bad() -> None:
    entries = [{"resource": json.loads(fhir(status="draft"))}, {"resource": json.loads(FHIR)}]
    bad, good = read(json.dumps({"resourceType": "Bundle", "entry": entries}))
    assert isinstance(bad, Problem)
    assert bad.message.startswith("Bundle.entry[0].resource.status: is not active")
    assert isinstance(good, Claim)


def test_a_bundle_is_where_references_are_looked_up() -> None:
    patient = {"resourceType": "Patient", "id": "7", "name": [{"family": "ROE"}], "birthDate": "1980-01-02"}
    claim = json.loads(fhir(patient={"reference": "Patient/7"}))
    (found,) = read(
        json.dumps({"resourceType": "Bundle", "entry": [{"resource": claim}, {"resource": patient}]})
    )
    assert isinstance(found, Claim)
    assert (found.patient_last, str(found.patient_birth_date)) == ("ROE", "1980-01-02")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_separators_and_a_byte_order_mark_change_nothing(separator: str, mark: bytes) -> None:
    assert read(mark + CLAIMS.replace(b",", separator.encode())) == read(CLAIMS)


def test_the_patient_is_the_subscriber_and_a_line_ends_on_its_day_where_nothing_else_is_said() -> None:
    line = {"charge": "5", "service_from": "2024-03-05"}
    one = {"transaction": "837P", "claim_id": "A", "charge": "5", "subscriber_last": "DOE", "lines": [line]}
    named = {**one, "patient_first": "JO"}
    subscriber, other = read(json.dumps({"claims": [one, named]}))
    assert isinstance(subscriber, Claim)
    assert isinstance(other, Claim)
    assert (subscriber.patient_last, other.patient_last) == ("DOE", None)
    assert str(subscriber.service_to) == str(subscriber.lines[0].service_to) == "2024-03-05"


def test_sums_and_codes_are_looked_at_as_in_x12() -> None:
    unbalanced = PAYMENTS.replace(b"CO-45=50.00", b"XX-45=49.00")
    *problems, payment = read(unbalanced)
    codes = {one.code for one in problems if isinstance(one, Problem)}
    assert codes == {"unknown-code", "line-unbalanced", "claim-unbalanced"}
    assert isinstance(payment, ClaimPayment)
    assert (payment.balanced, [line.balanced for line in payment.lines]) == (False, [False, True])


@pytest.mark.parametrize("data", [CLAIMS, PAYMENTS, LISTS, FHIR], ids=lambda data: data[:12].decode())
@pytest.mark.parametrize(
    "old", [b"275.00", b"150.00", b"2024-03-05", b"2024-04-02", b"active", b"837P", b"99213"]
)
def test_no_message_quotes_what_was_sent(data: bytes, old: bytes) -> None:
    try:
        said = [one.message for one in read(data.replace(old, b"CANARY7")) if isinstance(one, Problem)]
    except BadInputError as refused:
        said = [str(refused)]
    assert not any("CANARY7" in message for message in said)
