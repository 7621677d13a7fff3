"""Candidates out of the store: by keys that say much first, and by faint ones where these find nothing sure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from msgspec.structs import replace

from features.x12.records import ClaimPayment
from serving import ingestion
from serving.store.store import Store
from tests.serving.conftest import NOW
from tests.support.builders import make_claim_payment
from tests.support.fake_champions import fake_champions
from tests.support.small_x12 import BilledClaim, professional

NOTHING = make_claim_payment(
    claim_id=None, charge=None, payer_name=None, payer_id=None, payee_npi=None, patient_last=None,
    patient_first=None, subscriber_id=None, rendering_npi=None, service_from=None, service_to=None, lines=(),
)  # fmt: skip


def take(store: Store, *claims: BilledClaim) -> None:
    ingestion.take(
        professional(claims), name="a.837", store=store, champions=fake_champions(), at=NOW, backlog=True
    )


def found(store: Store, payment: ClaimPayment) -> list[str | None]:
    return [claim.claim_id for _, claim in store.candidates([payment])[0]]


def test_the_member_alone_finds_all_of_his_claims_where_nothing_else_is_told(store: Store) -> None:
    take(
        store,
        BilledClaim("A-1"),
        BilledClaim("A-2", day="20240306", charge="80"),
        BilledClaim("A-3", member="X9"),
    )
    typed = replace(NOTHING, subscriber_id="W123456789", charge=Decimal(80))
    assert found(store, typed) == ["A-2", "A-1"]


def test_a_sure_claim_is_not_joined_by_what_only_shares_the_member(store: Store) -> None:
    take(store, BilledClaim("A-1001"), BilledClaim("B-77", day="20230105", charge="80"))
    whole = make_claim_payment(claim_id="A-1001", subscriber_id="W123456789")
    assert found(store, whole) == ["A-1001"]


def test_names_that_were_typed_in_another_order_find_the_claim(store: Store) -> None:
    take(store, BilledClaim("A-1"), BilledClaim("A-2", last="ROE", first="ANN", member="X9"))
    swapped = {"patient_last": "JANE", "patient_first": "DOE", "service_from": date(2024, 3, 5)}
    assert found(store, replace(NOTHING, **swapped, channel="paper")) == ["A-1"]
    assert found(store, replace(NOTHING, **swapped)) == []
