"""Takebacks: what a provider-level adjustment is for."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from features.groups.takebacks import Takeback, Takebacks
from features.x12.records import ProviderAdjustment
from tests.support.builders import make_claim_payment, make_remittance

PAID = make_claim_payment(paid=Decimal("120.00"), payer_claim_number="E0477900030")


def explained(*adjustments: ProviderAdjustment, **changes: Any) -> list[Takeback]:
    """The adjustments of a later remittance of the same payer."""
    known = Takebacks()
    known.add(PAID)
    later = {"trace_number": "LATER", "provider_adjustments": adjustments}
    return known.explain(make_remittance(**{**later, **changes}))


def test_a_recovery_with_the_number_and_the_amount_of_a_payment_takes_it_back() -> None:
    (found,) = explained(ProviderAdjustment("WO", "E0477900030", Decimal(120)))
    assert (found.kind, found.to, found.rivals) == ("takeback", (0,), 0)


def test_a_number_with_an_account_behind_it_is_read_too() -> None:
    (found,) = explained(ProviderAdjustment("WO", "E0477900030 ACCT-99887766", Decimal(120)))
    assert (found.kind, found.to) == ("takeback", (0,))


def test_the_claim_id_names_the_payment_as_well() -> None:
    (found,) = explained(ProviderAdjustment("72", "0000A-1001", Decimal(120)))
    assert (found.kind, found.to) == ("takeback", (0,))


def test_a_recovery_of_what_was_carried_forward_takes_no_payment_back() -> None:
    known = Takebacks()
    known.add(PAID)
    forward = make_remittance(
        trace_number="T1", provider_adjustments=(ProviderAdjustment("FB", "E0477900030", Decimal(-50)),)
    )
    recovery = make_remittance(
        trace_number="T2", provider_adjustments=(ProviderAdjustment("WO", "E0477900030", Decimal(50)),)
    )
    assert [found.kind for found in known.explain(forward)] == ["forwarded"]
    assert [found.kind for found in known.explain(recovery)] == ["recovery"]


def test_interest_is_tied_to_the_payment_that_bears_it() -> None:
    (found,) = explained(ProviderAdjustment("L6", "E0477900030", Decimal("-1.20")))
    assert (found.kind, found.to) == ("interest", (0,))


def test_a_reference_that_names_nothing_is_said_to_be_unknown() -> None:
    (found,) = explained(ProviderAdjustment("WO", "LETTER 12/03", Decimal(120)))
    assert (found.kind, found.to) == ("unknown", ())


def test_another_payers_number_names_nothing() -> None:
    (found,) = explained(ProviderAdjustment("WO", "E0477900030", Decimal(120)), payer_id="PAY99")
    assert found.kind == "unknown"
