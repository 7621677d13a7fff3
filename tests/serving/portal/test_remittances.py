"""Remittances with their claim payments: as an 835 gives them, and known again when they are sent twice."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import msgspec

from features.x12.records import ClaimPayment, Problem, Record, Remittance, Source
from serving.portal.door import records_of
from tests.support.asgi_client import AsgiClient
from tests.support.builders import make_claim_payment, make_remittance

SHARED = ("trace_number", "payment_date", "payer_name", "payer_id", "payee_npi")


def plain(record: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(record))


def whole(*payments: Any, **changes: Any) -> dict[str, Any]:
    return {**plain(make_remittance()), **changes, "claim_payments": [plain(one) for one in payments]}


def read(*remittances: Any) -> list[Record]:
    return list(records_of(json.dumps({"remittances": remittances}).encode(), file="a"))


def placeless(record: Record) -> Record:
    return msgspec.structs.replace(record, source=Source(""))


def test_a_remittance_stands_behind_its_payments_as_in_an_835() -> None:
    payment, remittance = read(whole(make_claim_payment()))
    assert placeless(payment) == placeless(make_claim_payment())
    assert placeless(remittance) == placeless(make_remittance())
    assert (remittance.source.segment, payment.source.segment) == (1, 2)


def test_a_payment_takes_from_its_remittance_what_it_does_not_say() -> None:
    bare = {name: value for name, value in plain(make_claim_payment()).items() if name not in SHARED}
    payment, _ = read(whole(bare))
    assert placeless(payment) == placeless(make_claim_payment())


def test_payments_that_do_not_add_up_to_it_are_said_and_nothing_is_left_out() -> None:
    _, problem, remittance = read(whole(make_claim_payment(), payment_amount="1.00"))
    assert isinstance(problem, Problem)
    assert (problem.code, problem.severity) == ("payment-unbalanced", "warning")
    assert isinstance(remittance, Remittance)
    assert (remittance.payment_amount, remittance.balanced) == (Decimal("1.00"), False)


def test_its_own_adjustments_count_in_the_sum() -> None:
    taken_back = {"reason": "WO", "amount": "8.00"}
    *_, remittance = read(
        whole(make_claim_payment(), payment_amount="160.00", provider_adjustments=[taken_back])
    )
    assert isinstance(remittance, Remittance)
    assert remittance.balanced


def test_a_payment_that_does_not_fit_or_says_otherwise_is_refused_alone() -> None:
    wrong = [{**plain(make_claim_payment()), "paid": "much"}, make_claim_payment(trace_number="OTHER"), 7]
    first, *refused, _, remittance = read(whole(make_claim_payment(), *wrong, payment_amount="1"))
    assert isinstance(first, ClaimPayment)
    places = [one.message.partition(":")[0] for one in refused if isinstance(one, Problem)]
    start = "/remittances/0/claim_payments"
    assert places == [f"{start}/1/paid", f"{start}/2/trace_number", f"{start}/3"]
    assert isinstance(remittance, Remittance)
    assert remittance.claim_payments == 1


def test_a_remittance_whose_own_fields_do_not_fit_takes_its_payments_along_and_no_other() -> None:
    records = read(whole(make_claim_payment(), payment_amount="much"), whole(make_claim_payment()))
    assert [type(one) for one in records] == [Problem, ClaimPayment, Remittance]
    assert isinstance(records[0], Problem)
    assert records[0].message.startswith("/remittances/0/payment_amount: is no amount")


def test_what_is_no_object_is_told_where_it_stands() -> None:
    seven, no_list, many = read(7, {"claim_payments": {}}, {"claim_payments": [0] * 10_001})
    assert isinstance(many, Problem)
    assert many.message.startswith("/remittances/2/claim_payments: should have length <= 10000")
    assert isinstance(seven, Problem)
    assert isinstance(no_list, Problem)
    assert seven.message.startswith("/remittances/0: is no object")
    assert no_list.message.startswith("/remittances/1/claim_payments: is no list")


def test_a_remittance_that_is_sent_a_second_time_in_another_file_is_known_again(client: AsgiClient) -> None:
    once = json.dumps({"remittances": [whole(make_claim_payment())]}).encode()
    assert client.post_file(once).json()["counts"]["remittances"] == 1
    again = client.post_file(once + b"\n").json()
    assert (again["already_taken"], again["counts"]["duplicates"], again["counts"]["items"]) == (False, 1, 0)
