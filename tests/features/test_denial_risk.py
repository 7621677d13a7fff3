"""The columns of the denial-risk model: known when a claim is sent, and nothing else."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import numpy as np
import pytest

from features.denial_risk import CODES, COLUMNS, Encoding, encode
from features.x12.records import Adjustment, Claim, PriorPayer, Source
from tests.support.builders import make_claim, make_claim_line

MISTAKE = "73721"  # a procedure that the encoding below has never seen


@pytest.fixture(scope="module")
def encoding() -> Encoding:
    """Learnt from 20 office visits, and 20 scans of which 18 carry an authorization and 10 a referral."""
    scans = [
        make_claim(
            lines=(make_claim_line(procedure="72148", charge=Decimal(1250), modifiers=()),),
            charge=Decimal(1250),
            prior_authorization="A1" if number < 18 else None,
            referral="R1" if number < 10 else None,
            diagnoses=("M5416",),
        )
        for number in range(20)
    ]
    return Encoding.of_claims([make_claim()] * 20 + scans)


def value(encoding: Encoding, column: str, **changes: Any) -> float:
    """One column of the default claim, changed."""
    row = encode([make_claim(**changes)], encoding).rows[0]
    return float(row[COLUMNS.index(column)])


PAST = PriorPayer(
    sequence="P",
    filing_indicator="MB",
    payer_name="FIRST PLAN",
    payer_id="FIRST",
    subscriber_id="X1",
    paid=Decimal(0),
    adjustments=(Adjustment("CO", "197", Decimal(275)),),
)


@pytest.mark.parametrize(
    "later",
    [
        {"prior_payers": (PAST,)},
        {"prior_payers": (msgspec.structs.replace(PAST, paid=Decimal(275), adjustments=()),)},
        {"source": Source(file="denied/claims.837", interchange="9", segment=900)},
        {"claim_id": "DENIED-1"},
        {"patient_last": "ROE", "subscriber_last": "ROE"},
        {"subscriber_id": "W987654321"},  # of the same form
    ],
    ids=["another payer denied it", "another payer paid it", "file", "claim number", "name", "member"],
)
def test_what_is_not_of_the_claim_as_sent_changes_no_column(
    encoding: Encoding, later: dict[str, Any]
) -> None:
    before = encode([make_claim()], encoding)
    after = encode([make_claim(**later)], encoding)
    np.testing.assert_array_equal(before.rows, after.rows)


# column, change of the default claim, value
CASES: list[tuple[str, dict[str, Any], float]] = [
    ("charge", {}, 275),
    ("charge_per_line", {}, 137.5),
    ("largest_line_share", {}, 150 / 275),
    ("lines", {}, 2),
    ("lines_differ_from_charge", {}, 0),
    ("lines_differ_from_charge", {"charge": Decimal(300)}, 1),
    ("charge", {"charge": None}, math.nan),
    ("days_to_submission", {}, 9),
    ("days_to_submission", {"submitted": date(2024, 6, 3)}, 90),
    ("days_to_submission", {"service_to": None, "service_from": None}, math.nan),
    ("patient_age", {"patient_birth_date": date(2014, 3, 5)}, 10),
    ("patient_age", {"patient_birth_date": None}, math.nan),
    ("service_month", {}, 3),
    ("diagnoses", {}, 2),
    ("has_25", {}, 1),
    ("visit_without_25", {}, 0),
    ("visit_without_25", {"lines": (make_claim_line(modifiers=()), make_claim_line(procedure="73562"))}, 1),
    ("visit_without_25", {"lines": (make_claim_line(modifiers=()),)}, 0),
    ("repeated_without_modifier", {"lines": (make_claim_line(), make_claim_line(number=2))}, 1),
    ("repeated_without_modifier", {}, 0),
    ("has_authorization", {"prior_authorization": "A9"}, 1),
    ("has_rendering", {"rendering_npi": None}, 0),
    ("patient_is_subscriber", {"patient_first": "JOHN"}, 0),
    ("subscriber_id_length", {}, 10),
    ("subscriber_id_length", {"subscriber_id": None}, math.nan),
]


@pytest.mark.parametrize(("column", "changes", "expected"), CASES)
def test_a_column_says_what_the_claim_says(
    encoding: Encoding, column: str, changes: dict[str, Any], expected: float
) -> None:
    assert value(encoding, column, **changes) == pytest.approx(expected, abs=0.01, nan_ok=True)


def test_the_service_is_that_of_the_largest_line(encoding: Encoding) -> None:
    lines = (make_claim_line(charge=Decimal(20)), make_claim_line(procedure="72148", charge=Decimal(900)))
    number = value(encoding, "procedure", lines=lines)
    assert list(encoding.vocabularies["procedure"])[int(number)] == "72148"


def test_a_code_never_seen_is_missing_and_reported(encoding: Encoding) -> None:
    claim = make_claim(payer_id="NEWPAYER", lines=(make_claim_line(procedure=MISTAKE),), diagnoses=("O80",))
    encoded = encode([claim, make_claim()], encoding)
    assert encoded.unseen == [("payer", "procedure", "diagnosis_category"), ()]
    for column in ("payer", "procedure", "diagnosis", "diagnosis_category"):
        assert math.isnan(encoded.rows[0, COLUMNS.index(column)])


def test_a_code_seen_too_seldom_is_not_learnt() -> None:
    rare = make_claim(payer_id="RARE")
    assert "RARE" not in Encoding.of_claims([make_claim()] * 9 + [rare] * 4).vocabularies["payer"]
    assert "RARE" in Encoding.of_claims([make_claim()] * 9 + [rare] * 5).vocabularies["payer"]


def test_missing_fields_are_named(encoding: Encoding) -> None:
    bare = make_claim(payer_id=None, payer_name=None, subscriber_id=None, charge=None, diagnoses=(), lines=())
    assert encode([bare], encoding).missing == [
        ("payer_id", "subscriber_id", "charge", "diagnoses", "procedure")
    ]
    assert encode([make_claim()], encoding).missing == [()]


def test_the_barest_claim_is_still_a_row(encoding: Encoding) -> None:
    fields = dict.fromkeys(Claim.__struct_fields__)
    bare = Claim(**{**fields, "transaction": "837P", "diagnoses": (), "lines": (), "prior_payers": (),
                    "source": Source(file="x")})  # fmt: skip
    rows = encode([bare], encoding).rows
    assert rows.shape == (1, len(COLUMNS))
    assert np.isnan(rows[0, : CODES.index("transaction")]).all()


def test_no_claims_are_no_rows(encoding: Encoding) -> None:
    assert encode([], encoding).rows.shape == (0, len(COLUMNS))


def test_an_encoding_survives_a_manifest(encoding: Encoding) -> None:
    plain = msgspec.json.decode(msgspec.json.encode(encoding.to_plain()))
    again = Encoding.from_plain(plain)
    np.testing.assert_array_equal(encode([make_claim()], again).rows, encode([make_claim()], encoding).rows)
