"""Files into the queue: once, as a whole, and matched against what is there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from features.errors import NotX12Error
from serving import ingestion
from serving.champions import Champions
from serving.intake import Receipt
from serving.items import Decision, ItemFilter, ItemRow
from serving.reading import Reading
from serving.store.store import Store, View
from tests.support.paper import PAPER_HEADER, STUB_HEADER
from tests.support.small_x12 import BilledClaim, PaidClaim, professional, rejection, remittance

NOW = datetime(2024, 4, 3, 9, 30, tzinfo=UTC)
BACK = PaidClaim(charge="-275", status="22")
WITHOUT, WHOLE, TAKES_BACK = "reversal-without-original", "file-sent-twice", "takes-back"


class Desk:
    """Takes files into a store and looks at the queue."""

    def __init__(self, store: Store, champions: Champions) -> None:
        self.store, self.champions = store, champions

    def take(self, data: bytes, name: str = "a.x12", *, backlog: bool = False) -> Receipt:
        return ingestion.take(
            data, name=name, store=self.store, champions=self.champions, at=NOW, backlog=backlog
        )

    def rows(self, **wanted: str) -> tuple[ItemRow, ...]:
        everything = ItemFilter(status=None, **wanted)  # type: ignore[arg-type]
        return self.store.page(everything, offset=0, limit=200).rows

    def notes(self, trace: str) -> list[set[str]]:
        """The codes of the reasons of each payment of a remittance."""
        found = (self.store.get(row.id) for row in self.rows(kind="remittance-match"))
        inside = (one for one in found if getattr(one.record, "trace_number", None) == trace)
        return [{reason.code for reason in one.reasons} for one in inside]


@pytest.fixture
def desk(store: Store, champions: Champions) -> Desk:
    return Desk(store, champions)


def test_a_payment_meets_the_claim_that_was_sent_before(desk: Desk) -> None:
    desk.take(professional(), backlog=True)
    receipt = desk.take(remittance())
    assert receipt.counts.lanes == {"auto": 1}
    (row,) = desk.rows()
    assert (row.kind, row.status, row.claim_id) == ("remittance-match", "automatic", "A-1001")
    (candidate,) = desk.store.get(row.id).candidates
    assert candidate[1].claim_id == "A-1001"


def test_a_payment_meets_a_claim_of_its_own_file(desk: Desk) -> None:
    receipt = desk.take(professional() + remittance())
    assert receipt.counts.items == 2
    (row,) = desk.rows(kind="remittance-match")
    assert row.lane == "auto"


def test_a_backlog_asks_nothing_about_its_claims(desk: Desk) -> None:
    receipt = desk.take(professional(), backlog=True)
    assert (receipt.counts.claims, receipt.counts.items) == (1, 0)
    assert desk.rows() == ()


def test_a_payment_on_paper_meets_the_claim_that_was_sent_before(desk: Desk) -> None:
    desk.take(professional(), backlog=True)
    typed = "P1,2024-04-02,8351,,ANN B,,a1001,,275.00,,168.00,,,LM\n"
    receipt = desk.take(f"{PAPER_HEADER}\n{typed}P2,,,,,,,,,,,,,\n".encode(), "paper.csv")
    assert (receipt.counts.claim_payments, receipt.counts.problems, receipt.counts.items) == (1, 1, 2)
    (row,) = desk.rows(kind="remittance-match")
    (candidate,) = desk.store.get(row.id).candidates
    assert candidate[1].claim_id == "A-1001"
    assert [row.lane for row in desk.rows(kind="unreadable")] != ["auto"]


def test_a_check_that_says_that_it_pays_several_claims_goes_to_a_person(desk: Desk) -> None:
    desk.take(professional(), backlog=True)
    checks = (
        "S1,2024-04-02,2024-04-01,8351,,275.00,,A-1001,3 CLAIMS",
        "S2,2024-04-02,2024-04-01,8352,,275.00,,A-1001,",
    )
    desk.take("\n".join((STUB_HEADER, *checks)).encode(), "stubs.csv")
    rows = desk.rows(kind="remittance-match")
    lanes = {getattr(desk.store.get(row.id).record, "trace_number", None): row.lane for row in rows}
    assert lanes == {"8351": "review", "8352": "auto"}


def test_the_same_typed_row_in_a_later_export_changes_nothing(desk: Desk) -> None:
    typed = "P1,2024-04-02,8351,,ANN B,,a1001,,275.00,,168.00,,,LM\n"
    desk.take(f"{PAPER_HEADER}\n{typed}".encode(), "paper.csv")
    later = f"{PAPER_HEADER}\nP0,2024-04-02,8350,,ANN C,,a1002,,75.00,,68.00,,,LM\n{typed}"
    receipt = desk.take(later.encode(), "paper.csv")
    assert (receipt.counts.duplicates, receipt.counts.items) == (1, 1)


def test_the_same_bytes_change_nothing(desk: Desk) -> None:
    first = desk.take(remittance(), "a.835")
    again = desk.take(remittance(), "b.835")
    assert again == Receipt(file=first.file, already_taken=True, counts=first.counts)
    assert len(desk.rows()) == 1


def test_a_remittance_inside_another_file_changes_nothing(desk: Desk) -> None:
    desk.take(remittance())
    fresh = remittance([PaidClaim("B-2", payer_claim_number="ICN2")], trace="TRN2", control="000000909")
    receipt = desk.take(remittance() + fresh)
    assert not receipt.already_taken
    assert (receipt.counts.claim_payments, receipt.counts.duplicates, receipt.counts.items) == (2, 1, 1)
    assert len(desk.rows()) == 2


def test_a_claim_inside_another_file_changes_nothing(desk: Desk) -> None:
    desk.take(professional())
    receipt = desk.take(professional() + rejection())
    assert (receipt.counts.duplicates, receipt.counts.items) == (1, 1)


def test_two_equal_claims_in_one_file_are_two_claims(desk: Desk) -> None:
    assert desk.take(professional([BilledClaim(), BilledClaim()])).counts.items == 2


def test_a_payment_that_comes_again_in_another_remittance_is_queued_with_a_flag(desk: Desk) -> None:
    desk.take(professional(), backlog=True)
    desk.take(remittance())
    receipt = desk.take(remittance(trace="TRN77", control="000000777"))
    assert receipt.counts.lanes == {"escalate": 1}


CSV_PAYMENT = (
    b"claim_id,trace_number,status,charge,paid,payer_name,payer_id,payer_claim_number,service_from\n"
    b"A-1001,TRN77,1,275.00,275.00,LAKESIDE HEALTH PLAN,PAY01,ICN900001,2024-03-05\n"
)
JSON_PAYMENT = (
    b'{"claim_payments": [{"claim_id": "A-1001", "trace_number": "TRN77", "status": "1", "charge": 275.00, '
    b'"paid": "275.0", "payer_id": "PAY01", "payer_claim_number": "ICN900001", "service_from": "2024-03-05"}]}'
)


@pytest.mark.parametrize("other", [CSV_PAYMENT, JSON_PAYMENT], ids=["csv", "json"])
@pytest.mark.parametrize("x12_comes_first", [True, False])
def test_a_payment_that_comes_again_by_another_channel_is_queued_with_a_flag(
    desk: Desk, other: bytes, x12_comes_first: bool
) -> None:
    files = [(remittance(), "TRN0000042"), (other, "TRN77")]
    first, again = files if x12_comes_first else files[::-1]
    desk.take(first[0])
    assert desk.take(again[0]).counts.lanes == {"escalate": 1}
    assert ["duplicate-payment" in codes for codes in desk.notes(again[1])] == [True]


def test_the_second_of_two_equal_payments_in_one_file_is_flagged(desk: Desk) -> None:
    receipt = desk.take(remittance([PaidClaim(), PaidClaim()]))
    assert receipt.counts.lanes == {"review": 1, "escalate": 1}


def test_a_remittance_that_comes_again_as_a_whole_says_so_and_a_part_of_it_does_not(desk: Desk) -> None:
    two = [PaidClaim(), PaidClaim("B-2", payer_claim_number="ICN2")]
    desk.take(remittance(two))
    assert desk.take(remittance(two, control="000000777")).counts.lanes == {"escalate": 2}
    assert [WHOLE in codes for codes in desk.notes("TRN0000042")].count(True) == 2
    desk.take(remittance(two[:1], trace="TRN77", control="000000778"))
    assert all(WHOLE not in codes and "duplicate-payment" in codes for codes in desk.notes("TRN77"))


def test_a_remittance_that_stands_twice_in_one_file_is_flagged_the_second_time(desk: Desk) -> None:
    desk.take(remittance() + remittance(control="000000777"))
    assert sorted(WHOLE in codes for codes in desk.notes("TRN0000042")) == [False, True]


def test_a_reversal_names_the_earlier_payment_that_it_takes_back(desk: Desk) -> None:
    desk.take(remittance())
    assert "escalate" not in desk.take(remittance([BACK], trace="TRN77", control="000000777")).counts.lanes
    (row,) = (row for row in desk.rows() if row.amount == -275)
    (note,) = (reason for reason in desk.store.get(row.id).reasons if reason.code == TAKES_BACK)
    assert note.text == "This takes back the payment of 2024-04-02 over 275.00 in remittance TRN0000042."


@pytest.mark.parametrize("order", [[PaidClaim(), BACK], [BACK, PaidClaim()]])
def test_a_reversal_finds_its_original_in_its_own_file(desk: Desk, order: list[PaidClaim]) -> None:
    assert "escalate" not in desk.take(remittance(order)).counts.lanes
    assert any(TAKES_BACK in codes for codes in desk.notes("TRN0000042"))


def test_a_reversal_of_what_never_came_goes_to_a_supervisor_and_says_why(desk: Desk) -> None:
    assert desk.take(remittance([BACK], trace="TRN77")).counts.lanes == {"escalate": 1}
    assert desk.notes("TRN77")[0] >= {"hard-flag", WITHOUT}


def test_a_reversal_keeps_its_answer_when_it_is_sent_again_after_its_original(desk: Desk) -> None:
    back = remittance([BACK], trace="TRN77", control="000000777")
    desk.take(back)
    desk.take(remittance())
    assert desk.take(back + remittance(control="000000778")).counts.duplicates == 1
    assert WITHOUT in desk.notes("TRN77")[0]


def test_an_original_that_comes_between_looking_and_storing_is_noticed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    look, between = desk.store.views, [remittance()]

    def interrupted(readings: Sequence[Reading]) -> list[View]:
        seen = look(readings)
        if between:
            desk.take(between.pop())
        return seen

    monkeypatch.setattr(desk.store, "views", interrupted)
    desk.take(remittance([BACK], trace="TRN77", control="000000777"))
    assert TAKES_BACK in desk.notes("TRN77")[0]


def test_a_rejected_claim_and_data_that_cannot_be_read_become_items(desk: Desk) -> None:
    desk.take(rejection())
    broken = remittance().replace(b"CLP*A-1001*1*275*275", b"CLP*A-1001*1*27X5*275")
    desk.take(broken)
    kinds = {row.kind for row in desk.rows()}
    assert "rejected-claim" in kinds


def test_what_is_no_x12_is_refused_and_leaves_no_trace(desk: Desk) -> None:
    with pytest.raises(NotX12Error):
        desk.take(b"patient,amount\nJANE DOE,12\n")
    assert desk.rows() == ()


def test_only_the_name_of_a_file_is_kept_never_its_folder(desk: Desk) -> None:
    desk.take(remittance(), "C:\\clinic\\../home/x/may.835")
    (row,) = desk.rows()
    assert desk.store.get(row.id).file_name == "may.835"


def test_ids_hold_nothing_of_the_record_and_differ_between_stores(desk: Desk, another_url: str) -> None:
    desk.take(professional())
    (row,) = desk.rows()
    assert len(row.id) == 24
    other = Desk(Store(another_url), desk.champions)
    other.take(professional())
    assert other.rows()[0].id != row.id
    other.store.close()


def test_another_file_that_comes_between_looking_and_storing_is_noticed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = desk.store.views
    between = [remittance(trace="TRN77", control="000000777")]

    def interrupted(readings: Sequence[Reading]) -> list[View]:
        seen = look(readings)
        if between:
            desk.take(between.pop())
        return seen

    monkeypatch.setattr(desk.store, "views", interrupted)
    desk.take(remittance())
    assert sorted(row.lane for row in desk.rows()) == ["escalate", "review"]


def test_what_went_automatically_is_known_to_the_next_payment_and_to_nobody_before(desk: Desk) -> None:
    desk.take(professional(), backlog=True)
    desk.take(remittance())
    (row,) = desk.rows()
    (reference, *_) = desk.store.get(row.id).candidates[0]
    (posted,) = desk.store.postings([reference])[reference]
    assert (posted.status, posted.number) == ("1", "ICN900001")
    assert desk.store.postings([reference], before=NOW) == {}
    assert desk.store.postings(["unknown"]) == {}


def test_what_a_person_posted_is_known_and_what_was_held_is_not(desk: Desk) -> None:
    desk.take(professional([BilledClaim(charge="20000")]), backlog=True)
    desk.take(remittance([PaidClaim(charge="20000")]))
    (row,) = desk.rows()
    assert row.status == "open"
    (reference, *_) = desk.store.get(row.id).candidates[0]
    assert desk.store.postings([reference]) == {}
    desk.store.decide(row.id, Decision("accept", "ann"), version=row.version, at=NOW)
    assert len(desk.store.postings([reference])[reference]) == 1
