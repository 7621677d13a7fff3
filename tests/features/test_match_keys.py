"""A payment and its claim meet whatever a payer does to one of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.match_keys import claim_keys, expected_keys, faint_payment_keys, payment_keys
from tests.support.builders import make_claim, make_claim_payment

NOTHING = {
    "claim_id": None,
    "charge": None,
    "payer_id": None,
    "subscriber_id": None,
    "patient_last": None,
    "patient_first": None,
    "rendering_npi": None,
    "service_from": None,
    "service_to": None,
    "lines": (),
}
control_numbers = st.from_regex(r"[A-Z]{0,3}-?[1-9][0-9]{5,14}", fullmatch=True)


def meet(claim_id: str, sent_back: str) -> bool:
    """Whether the control number alone brings them together."""
    claim = make_claim(**NOTHING | {"claim_id": claim_id, "billing_npi": None})
    payment = make_claim_payment(**NOTHING | {"claim_id": sent_back, "payee_npi": None})
    return bool(set(claim_keys(claim)) & set(payment_keys(payment)))


CHANGES: dict[str, Callable[[str], str]] = {
    "as it is": lambda number: number,
    "padded with zeros": lambda number: number.zfill(25),
    "cut to 20": lambda number: number[:20],
    "in lower case": str.lower,
    "with a prefix": lambda number: f"PCN{number}",
    "without punctuation": lambda number: number.replace("-", ""),
    "padded and in lower case": lambda number: f"000{number.lower()}",
    "last two digits transposed": lambda number: f"{number[:-2]}{number[-1]}{number[-2]}",
    "with blanks around it": lambda number: f" {number} ",
}


@pytest.mark.parametrize("change", CHANGES)
@given(number=control_numbers)
def test_a_control_number_still_meets_its_claim(change: str, number: str) -> None:
    assert meet(number, CHANGES[change](number))


def test_a_long_control_number_cut_to_twenty_still_meets_its_claim() -> None:
    assert meet("NB-20240012345-000000077", "NB-20240012345-00000")


def test_without_a_control_number_member_and_date_bring_them_together() -> None:
    lost = make_claim_payment(claim_id="0", patient_last="SMITH", charge=Decimal(1), lines=())
    assert set(claim_keys(make_claim())) & set(payment_keys(lost))


@pytest.mark.parametrize(
    ("billed", "sent_back"),
    [("W12345678-01", "W12345678"), ("w123456789", "W12345678901"), ("00912345678 02", "912345678")],
)
def test_a_lost_member_suffix_still_meets(billed: str, sent_back: str) -> None:
    day = {"service_from": date(2024, 3, 5)}
    claim = make_claim(**NOTHING | day | {"subscriber_id": billed})
    payment = make_claim_payment(**NOTHING | day | {"subscriber_id": sent_back})
    assert set(claim_keys(claim)) & set(payment_keys(payment))


def test_a_reversal_meets_the_claim_by_the_charge_that_it_takes_back() -> None:
    reversal = make_claim_payment(
        claim_id="0", status="22", charge=Decimal("-275.00"), service_from=None, service_to=None
    )
    shared = set(claim_keys(make_claim())) & set(payment_keys(reversal))
    assert any(key.startswith("a") for key in shared)


@given(days=st.integers(-3, 3))
def test_a_shifted_service_date_meets_by_member_and_charge(days: int) -> None:
    shifted = date(2024, 3, 5) + timedelta(days)
    payment = make_claim_payment(claim_id=None, service_from=shifted, service_to=shifted, lines=())
    assert set(claim_keys(make_claim())) & set(payment_keys(payment))


def test_names_typed_in_another_order_meet_but_those_of_an_835_stand_where_they_belong() -> None:
    swapped = NOTHING | {"patient_last": "JANE", "patient_first": "DOE", "service_from": date(2024, 3, 5)}
    keys = set(claim_keys(make_claim()))
    assert keys & set(payment_keys(make_claim_payment(**swapped, channel="paper")))
    assert not keys & set(payment_keys(make_claim_payment(**swapped, payee_npi=None)))


def test_a_payer_that_is_only_named_meets_by_charge_and_day() -> None:
    named = NOTHING | {
        "payer_name": "EXAMPLE HEALTH PLAN",
        "charge": Decimal(275),
        "service_from": date(2024, 3, 5),
    }
    claim = make_claim(**named | {"payer_id": "12345"})
    assert set(claim_keys(claim)) & set(payment_keys(make_claim_payment(**named, payee_npi=None)))


def test_faint_keys_meet_by_member_patient_or_expected_amount_alone() -> None:
    stub = {"payee_npi": None, "channel": "stub", "payer_name": "Example Health-Plan"}
    keys = {*claim_keys(make_claim(payer_name="EXAMPLE HEALTH PLAN", subscriber_id="W123456789-01"))}
    for told in ({"claim_id": "W123456789"}, {"patient_last": "DOE", "patient_first": "J"}):
        payment = make_claim_payment(**NOTHING | {"paid": None} | stub | told)
        assert len(keys & set(faint_payment_keys(payment))) == 1
    paid = make_claim_payment(**NOTHING | stub | {"paid": Decimal("81.20")})
    assert faint_payment_keys(paid) == (*expected_keys("EXAMPLE HEALTH PLAN", [Decimal("81.20")]),)


def test_records_that_say_nothing_have_no_key() -> None:
    assert claim_keys(make_claim(**NOTHING)) == ()
    assert payment_keys(make_claim_payment(**NOTHING | {"claim_id": "000"})) == ()


def test_keys_are_short_and_each_stands_once() -> None:
    keys = claim_keys(make_claim(patient_last="X" * 60, subscriber_id="9" * 80, claim_id="1" * 38))
    assert len(keys) == len(set(keys))
    assert max(map(len, keys)) <= 40


def test_an_element_of_any_length_still_makes_a_short_key_on_both_sides() -> None:
    digits = "123456789" * 1000
    claim = make_claim(claim_id=digits, payer_id=digits, billing_npi=digits)
    payment = make_claim_payment(claim_id=digits, payer_id=digits, payee_npi=digits)
    assert max(map(len, claim_keys(claim) + payment_keys(payment))) <= 64
    assert any(key.startswith("d") for key in set(claim_keys(claim)) & set(payment_keys(payment)))
