"""What an actor with a limit sends is compared with payments of its own facilities, and tells nothing of others'."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from features.x12.records import ClaimPayment
from serving import ingestion
from serving.access.actor import Actor, acting_as
from serving.audit.inputs import PaymentInputs, decoded
from serving.audit.rescoring import payments_again
from serving.champions import Champions
from serving.ingestion import Sent
from serving.intake import Receipt
from serving.items import Decision, ItemFilter
from serving.monitor.records import LateSource
from serving.store.monitor_tables import checks, watched
from serving.store.queue import StoredItem
from serving.store.replaying import ReplayStore
from serving.store.scope import OtherFacilityError
from serving.store.store import Store
from tests.serving.conftest import NOW
from tests.support.invoice_builders import invoice
from tests.support.purchasing_files import invoices_csv
from tests.support.small_x12 import BilledClaim, PaidClaim, professional, rejection, remittance

NORTH, SOUTH = "1234567893", "1245319599"
BACK = PaidClaim(charge="-275", status="22")
EVERYTHING = ItemFilter(status=None)


@contextmanager
def limited_to(facility: str) -> Iterator[None]:
    with acting_as(Actor("ann", frozenset({"engine", "reviewer"}), frozenset({facility}))):
        yield


def of(facility: str, data: bytes) -> bytes:
    return data.replace(NORTH.encode(), facility.encode())


class Desk:
    """Takes files, of whoever acts, and looks at what came last."""

    def __init__(self, store: Store, champions: Champions) -> None:
        self.store, self.champions = store, champions
        self.at = NOW

    def take(self, data: bytes, *, backlog: bool = False, name: str = "a.x12") -> Receipt:
        self.at += timedelta(minutes=1)
        return ingestion.take(
            data, name=name, store=self.store, champions=self.champions, at=self.at, backlog=backlog
        )

    def last(self) -> StoredItem:
        rows = self.store.page(EVERYTHING, offset=0, limit=200).rows
        return self.store.get(max(rows, key=lambda row: row.received_at).id)

    def codes(self) -> set[str]:
        return {reason.code for reason in self.last().reasons}


@pytest.fixture
def desk(store: Store, champions: Champions) -> Desk:
    """North has a claim, and South was paid what North could be paid for it."""
    desk = Desk(store, champions)
    desk.take(professional(), backlog=True)
    desk.take(of(SOUTH, remittance()))
    return desk


def test_a_reversal_of_another_facility_s_payment_is_one_of_what_never_came(desk: Desk) -> None:
    with limited_to(NORTH):
        receipt = desk.take(remittance([BACK], trace="TRN77"))
        found = desk.last()
    assert receipt.counts.lanes == {"escalate": 1}
    assert {reason.code for reason in found.reasons} >= {"hard-flag", "reversal-without-original"}
    assert not [one.text for one in found.reasons if "TRN0000042" in one.text or "275.00" in one.text]


def test_a_reversal_of_one_s_own_facility_s_payment_is_told_as_ever(desk: Desk) -> None:
    with limited_to(SOUTH):
        desk.take(of(SOUTH, remittance([BACK], trace="TRN77")))
        assert "takes-back" in desk.codes()


def test_an_item_tells_no_details_of_another_facility_s_payment_whoever_sent_it(desk: Desk) -> None:
    desk.take(remittance([BACK], trace="TRN77"))
    (note,) = (one for one in desk.last().reasons if one.code == "takes-back")
    assert note.text == "This takes back a payment that came before."
    assert "reversal-without-original" not in desk.codes()


def test_many_payments_of_others_under_a_key_hide_none_of_one_s_own(desk: Desk) -> None:
    desk.take(remittance(trace="TRN5"))
    others = [PaidClaim(payer_claim_number=f"ICN{number}", charge="275") for number in range(70)]
    desk.take(of(SOUTH, remittance(others, trace="TRN6")))
    with limited_to(NORTH):
        desk.take(remittance([PaidClaim(charge="-275", status="22", payer_claim_number="")], trace="TRN77"))
        assert "takes-back" in desk.codes()


def test_a_payment_that_another_facility_had_waits_for_a_person_and_says_no_more(desk: Desk) -> None:
    with limited_to(NORTH):
        receipt = desk.take(remittance(trace="TRN77"))
        found = desk.last()
    assert receipt.counts.lanes == {"escalate": 1}, "what may be one payment is not posted twice by itself"
    assert {one.code for one in found.reasons} == {"hard-flag", "flagged", "held"}


def test_a_payment_of_one_s_own_that_comes_again_says_so(desk: Desk) -> None:
    with limited_to(SOUTH):
        desk.take(of(SOUTH, remittance(trace="TRN77")))
        assert desk.codes() >= {"hard-flag", "duplicate-payment"}
        desk.take(of(SOUTH, remittance(trace="TRN77", control="000000909")))
        assert desk.codes() >= {"hard-flag", "duplicate-payment", "file-sent-twice"}
    with limited_to(NORTH):
        desk.take(remittance([PaidClaim("B-2"), PaidClaim("B-2")], trace="TRN78"))
        told = [desk.store.get(row.id) for row in desk.store.page(EVERYTHING, offset=0, limit=200).rows]
    assert ["duplicate-payment" in {reason.code for reason in one.reasons} for one in told].count(True) == 1


def test_an_item_of_no_facility_says_what_it_repeats_for_it_is_met_without_a_limit_alone(desk: Desk) -> None:
    with limited_to(NORTH):
        desk.take(
            b"claim_id,trace_number,status,charge,paid,payer_name,payer_id,payer_claim_number,service_from\n"
            b"A-1001,TRN77,1,275.00,275.00,LAKESIDE HEALTH PLAN,PAY01,ICN900001,2024-03-05\n"
        )
        assert all(
            row.kind != "remittance-match" for row in desk.store.page(EVERYTHING, offset=0, limit=9).rows
        )
    assert desk.codes() >= {"hard-flag", "duplicate-payment"}


def test_without_a_limit_everything_is_compared_with_everything(desk: Desk) -> None:
    desk.take(remittance(trace="TRN77"))
    assert desk.codes() >= {"hard-flag", "duplicate-payment"}


@pytest.mark.parametrize("paid", [PaidClaim(), BACK], ids=["held", "a reversal"])
def test_what_came_of_a_limit_is_replayed_without_one_to_the_bit(desk: Desk, paid: PaidClaim) -> None:
    with limited_to(NORTH):
        desk.take(remittance([paid], trace="TRN77"))
    item = desk.last()
    kept = ReplayStore.of(desk.store).kept(item.row.id)
    inputs, record = decoded(kept.given or b"").inputs, item.record
    assert isinstance(inputs, PaymentInputs)
    assert isinstance(record, ClaimPayment)
    (again,) = payments_again([record], [inputs], kept.claims, desk.champions, at=NOW.date())
    assert (again.lane, again.reasons) == (item.row.lane, item.reasons)
    assert b"TRN0000042" not in (kept.given or b"")


@pytest.mark.parametrize("back", [False, True])
def test_a_decision_says_nothing_of_an_automatic_item_of_another_facility(desk: Desk, back: bool) -> None:
    automatic = the_automatic_item(desk)
    sources: list[LateSource] = ["reversal" if back else "override"]
    data = remittance([BACK if back else PaidClaim()], trace="TRN77")
    with limited_to(NORTH):
        desk.take(data)
        item = desk.last()
        claim = item.candidates[0][0]
        desk.store.decide(item.row.id, Decision("choose", "ann", claim, "a test"), version=1, at=NOW)
    assert verdicts(desk.store, automatic) == []
    desk.take(remittance([BACK if back else PaidClaim()], trace="TRN79"))
    item = desk.last()
    desk.store.decide(item.row.id, Decision("choose", "bob", claim, "a test"), version=1, at=NOW)
    assert verdicts(desk.store, automatic) == sources, "somebody who sees all facilities says it"


def the_automatic_item(desk: Desk) -> str:
    """The payment of South, as if it had gone by itself under a certificate."""
    item = desk.last().row
    assert item.status == "automatic"
    row = {
        "item_id": item.id, "certificate": "c", "kind": "remittance-match", "payer_group": "any",
        "value_band": "any", "alpha": 0.01, "probability": 1.0, "drawn": False, "received_at": NOW,
        "due_at": NOW + timedelta(days=2),
    }  # fmt: skip
    with desk.store._database.writing() as connection:
        if not connection.execute(select(watched).where(watched.c.item_id == item.id)).first():
            connection.execute(insert(watched), row)
    return item.id


def verdicts(store: Store, item_id: str) -> list[str]:
    with store._database.reading() as connection:
        return list(connection.execute(select(checks.c.source).where(checks.c.item_id == item_id)).scalars())


def test_small_files_that_are_taken_together_are_compared_and_refused_alike(desk: Desk) -> None:
    def together(*files: bytes) -> list[Receipt | None]:
        sent = [Sent("a.x12", data, copy_context()) for data in files]
        return ingestion.take_together(sent, store=desk.store, champions=desk.champions, at=NOW)

    other = PaidClaim("B-2", charge="90", payer_claim_number="ICN2", last="ROE", member="M2")
    with limited_to(NORTH):
        taken = together(remittance([BACK], trace="TRN77"), remittance([other], trace="TRN78"))
        taken += together(remittance(trace="TRN79"), remittance([other], trace="TRN80"))
        with pytest.raises(OtherFacilityError):
            together(of(SOUTH, remittance()))
        rows = desk.store.page(EVERYTHING, offset=0, limit=9).rows
        told = {one.text for row in rows for one in desk.store.get(row.id).reasons}
    escalated = {"escalate": 1}
    assert [one.counts.lanes == escalated for one in taken if one] == [True, False, True, True]
    assert "A person has to look at this before it is posted." in told
    assert not [text for text in told if "TRN0000042" in text]


@pytest.mark.parametrize("again", [b"", b"\n"], ids=["the same bytes", "the same records"])
def test_a_file_of_another_facility_is_refused_as_if_it_had_never_come(desk: Desk, again: bytes) -> None:
    taken, new = of(SOUTH, remittance()) + again, of(SOUTH, remittance(trace="TRN99"))
    for data in (taken, new):
        with limited_to(NORTH), pytest.raises(OtherFacilityError):
            desk.take(data)


def test_one_s_own_file_that_was_sent_by_somebody_else_is_there_already(desk: Desk) -> None:
    with limited_to(SOUTH):
        assert desk.take(of(SOUTH, remittance())).already_taken
    desk.take(rejection())
    with limited_to(NORTH):
        assert desk.take(professional()).already_taken
        assert desk.take(rejection()).already_taken, "what names no facility is known again by its bytes"


def test_an_invoice_of_another_facility_is_refused_though_it_is_there(desk: Desk) -> None:
    theirs = invoice(facility=SOUTH)
    desk.take(invoices_csv(theirs), name="i.csv", backlog=True)
    for data in (invoices_csv(theirs), invoices_csv(theirs) + b"\n"):
        with limited_to(NORTH), pytest.raises(OtherFacilityError):
            desk.take(data, name="i.csv")


def test_claims_of_others_are_refused_though_they_are_there(desk: Desk) -> None:
    theirs = of(SOUTH, professional([BilledClaim("S-1")], control="000000401"))
    desk.take(theirs, backlog=True)
    with limited_to(NORTH), pytest.raises(OtherFacilityError):
        desk.take(theirs + b"\n")
