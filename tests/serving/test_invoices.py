"""Vendor invoices in the queue: what they are judged by, who gets them, what is decided, and that none comes twice."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import create_engine, text

from features.errors import BadInputError, NotX12Error
from features.invoices.book import Book
from features.invoices.cases import replay
from features.invoices.records import Invoice, OrderLine
from features.invoices.tables import Purchasing, read_folder
from models.certificates import Cell, Certified, issue
from serving import ingestion
from serving.access.actor import Actor, acting_as
from serving.application import build
from serving.champions import Champions
from serving.deadlines import queue_of
from serving.intake import Receipt
from serving.invoices.records import VendorInvoice
from serving.invoices.taking import cases_of
from serving.items import Decision, ItemDetail, ItemFilter, ItemRow
from serving.load_command import in_loading_order
from serving.queue import Queue
from serving.store.scope import OtherFacilityError
from serving.store.store import Store
from serving.workers import Workers
from tests.support.asgi_client import AsgiClient
from tests.support.earlier_stores import forget_revision
from tests.support.fake_champions import fake_champions
from tests.support.fake_invoices import FakeInvoices
from tests.support.invoice_builders import DAY, invoice, invoice_line, order_line, receipt
from tests.support.page_client import PageClient
from tests.support.purchasing_files import invoices_csv, orders_csv, receipts_csv

NOW = datetime(2024, 3, 5, 9, 30, tzinfo=UTC)
DEAR = invoice([invoice_line(price="46.20")])


class Desk:
    """A day at a queue: takes files, looks, decides."""

    def __init__(self, store: Store, champions: Champions) -> None:
        self.store, self.champions = store, champions
        self.queue = Queue(store, champions, Workers(threads=1, waiting=1, name="test"), clock=lambda: NOW)

    def take(self, *files: bytes, backlog: bool = False) -> Receipt:
        for data in files:
            taken = ingestion.take(
                data, name="a.csv", store=self.store, champions=self.champions, at=NOW, backlog=backlog
            )
        return taken

    def rows(self, kind: str = "invoice-anomaly") -> tuple[ItemRow, ...]:
        wanted = ItemFilter(kind=kind, status=None)  # type: ignore[arg-type]
        return self.store.page(wanted, offset=0, limit=200, at=NOW).rows

    def item(self, place: int = 0) -> ItemDetail:
        return self.queue._get(self.rows()[place].id)

    def decide(self, action: str, *, reason: str | None = None) -> ItemDetail:
        row = self.rows()[0]
        return self.queue._decide(row.id, Decision(action, "ann", None, reason), row.version)  # type: ignore[arg-type]


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store, dataclasses.replace(fake_champions(), invoice_anomaly=FakeInvoices()))


def goods() -> tuple[bytes, bytes]:
    return orders_csv(order_line()), receipts_csv(receipt())


def case_of(item: ItemDetail) -> VendorInvoice:
    assert isinstance(item.subject, VendorInvoice)
    return item.subject


def test_orders_and_receipts_make_no_items_and_an_invoice_makes_one(desk: Desk) -> None:
    assert desk.take(*goods()).counts.items == 0
    counts = desk.take(invoices_csv(DEAR)).counts
    assert (counts.invoices, counts.items) == (1, 1)
    (row,) = desk.rows()
    assert (row.payer_name, row.claim_id) == ("CEDAR RIDGE MEDICAL SUPPLY INC", "INV-000047")
    assert row.amount == Decimal("462.00")
    assert row.confidence == pytest.approx(0.1)
    assert row.expected == Decimal("37.80")


def test_findings_are_the_first_reasons_with_the_invoices_own_values(desk: Desk) -> None:
    desk.take(*goods(), invoices_csv(DEAR))
    first = desk.item().reasons[0]
    assert first.code == "price"
    assert "billed at 46.20 a unit" in first.text


def test_an_invoice_is_judged_by_what_has_come_before_it(desk: Desk) -> None:
    desk.take(orders_csv(order_line()), invoices_csv(invoice()))
    assert [one.code for one in case_of(desk.item()).case.findings] == ["not-received"]


def test_an_order_that_is_not_known_is_said_to_be_missing(desk: Desk) -> None:
    desk.take(invoices_csv(invoice()))
    assert "data-missing" in [reason.code for reason in desk.item().reasons]


def test_the_same_file_twice_makes_no_second_item(desk: Desk) -> None:
    desk.take(*goods(), invoices_csv(DEAR))
    assert desk.take(invoices_csv(DEAR)).already_taken
    assert len(desk.rows()) == 1


def test_the_same_voucher_in_another_file_makes_no_second_item(desk: Desk) -> None:
    desk.take(*goods(), invoices_csv(DEAR))
    more = invoice(voucher="V2", number="INV-000090", po_number="", day=DAY - timedelta(30))
    counts = desk.take(invoices_csv(DEAR, more)).counts
    assert (counts.invoices, counts.duplicates, counts.items) == (2, 1, 1)
    assert len(desk.rows()) == 2


def test_a_copy_in_a_later_file_is_tied_to_the_first_one(desk: Desk) -> None:
    desk.take(*goods(), invoices_csv(invoice()))
    desk.take(invoices_csv(invoice(voucher="V2", number="INV-O00047", received=DAY + timedelta(8))))
    (copy,) = [item for item in map(desk.item, (0, 1)) if case_of(item).case.invoice.voucher == "V2"]
    assert copy.reasons[0].code == "duplicate"
    assert [one.voucher for one in case_of(copy).case.others] == ["V1"]


def test_an_order_line_that_was_changed_holds_from_then_on(desk: Desk) -> None:
    desk.take(*goods(), orders_csv(order_line(unit_price=Decimal("46.20"))), invoices_csv(DEAR))
    assert case_of(desk.item()).case.findings == ()


def test_invoices_of_the_backlog_are_history_and_no_items(desk: Desk) -> None:
    desk.take(*goods())
    desk.take(invoices_csv(invoice()), backlog=True)
    assert desk.rows() == ()
    desk.take(invoices_csv(invoice(voucher="V2", received=DAY + timedelta(8))))
    assert desk.item().reasons[0].code == "duplicate"


def test_a_row_that_cannot_be_read_becomes_an_item_and_loses_no_other(desk: Desk) -> None:
    bad = invoices_csv(DEAR) + b"V2,INV-2,soon\n"
    counts = desk.take(*goods(), bad).counts
    assert (counts.problems, counts.items) == (1, 2)
    assert len(desk.rows("unreadable")) == 1
    assert len(desk.rows()) == 1


def test_an_invoice_of_ten_thousand_goes_to_finance_whatever_its_score(desk: Desk) -> None:
    large = order_line(unit_price=Decimal("1000.00"))
    desk.take(
        orders_csv(large), receipts_csv(receipt()), invoices_csv(invoice([invoice_line(price="1000.00")]))
    )
    (row,) = desk.rows()
    assert (row.lane, row.queue) == ("escalate", "finance-approval")
    found = desk.store.page(ItemFilter(queue="finance-approval"), offset=0, limit=10, at=NOW).rows
    assert [one.id for one in found] == [row.id]


def test_an_item_that_no_policy_has_put_into_a_queue_stands_in_that_of_its_kind_and_lane() -> None:
    assert queue_of("invoice-anomaly", "review") == "invoice-anomaly-review"
    assert queue_of("invoice-anomaly", "auto") is None


def test_a_clean_invoice_goes_on_by_itself_only_under_a_certificate(desk: Desk) -> None:
    desk.take(*goods(), invoices_csv(invoice()))
    assert desk.rows()[0].lane == "review"
    certificate = issue(
        Certified(0.95, 600, 0),
        cell=Cell("invoice-anomaly", "*", "under-1000"),
        alpha=0.02,
        delta=0.025,
        window=(date(2024, 1, 1), date(2024, 2, 1)),
        model_version=FakeInvoices.version,
        data_digest="0" * 64,
        expires=date(2024, 6, 1),
    )
    desk.champions = dataclasses.replace(desk.champions, certificates={"invoice-anomaly": (certificate,)})
    later = order_line(po_number="4500000002")
    desk.take(orders_csv(later), receipts_csv(receipt(number="R2", po_number=later.po_number)))
    desk.take(
        invoices_csv(
            invoice(voucher="V2", number="981244", po_number=later.po_number, day=DAY - timedelta(9))
        )
    )
    lanes = {case_of(item).case.invoice.voucher: item.row.lane for item in map(desk.item, (0, 1))}
    assert lanes == {"V1": "review", "V2": "auto"}


def test_without_a_model_an_invoice_has_no_score_and_shows_its_differences(store: Store) -> None:
    desk = Desk(store, fake_champions())
    desk.take(*goods(), invoices_csv(DEAR))
    item = desk.item()
    assert item.row.confidence is None
    assert [reason.code for reason in item.reasons[:2]] == ["price", "no-model"]


def test_to_approve_what_is_likely_wrong_takes_a_reason(desk: Desk) -> None:
    desk.take(*goods(), invoices_csv(DEAR))
    with pytest.raises(BadInputError, match="needs a reason"):
        desk.decide("approve")
    item = desk.decide("approve", reason="the new price was agreed")
    assert item.row.status == "decided"
    assert item.decided is not None
    assert item.decided.decision.reason == "the new price was agreed"


@pytest.mark.parametrize("action", ["hold", "return-to-vendor"])
def test_to_hold_or_return_it_takes_none(desk: Desk, action: str) -> None:
    desk.take(*goods(), invoices_csv(DEAR))
    assert desk.decide(action).row.status == "decided"


def test_an_invoice_takes_no_decision_of_another_kind(desk: Desk) -> None:
    desk.take(*goods(), invoices_csv(DEAR))
    with pytest.raises(BadInputError, match="no such decision"):
        desk.decide("accept")


def test_decisions_about_invoices_are_only_added(desk: Desk) -> None:
    desk.take(*goods(), invoices_csv(DEAR))
    desk.decide("hold")
    with desk.store._database.engine.connect() as connection, pytest.raises(Exception, match="only added"):
        connection.execute(text("UPDATE decisions SET action = 'approve'"))


def test_a_store_that_was_made_before_takes_invoices_once_it_is_opened(url: str) -> None:
    Store(url).close()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE purchasing"))
        forget_revision(connection)
    engine.dispose()
    opened = Store(url)
    try:
        assert Desk(opened, fake_champions()).take(*goods(), invoices_csv(DEAR)).counts.items == 1
    finally:
        opened.close()


def test_the_api_takes_the_tables_and_a_decision(store: Store) -> None:
    champions = dataclasses.replace(fake_champions(), invoice_anomaly=FakeInvoices())
    application = build(store, champions, clock=lambda: NOW)
    client = AsgiClient(application.asgi)
    try:
        for data in (*goods(), invoices_csv(DEAR)):
            assert client.post_file(data, "table.csv").status_code == 201
        assert client.post_file(invoices_csv(DEAR)).status_code == 200
        (row,) = client.get("/v1/items?kind=invoice-anomaly").json()["rows"]
        decision = {"action": "return-to-vendor", "reviewer": "ann"}
        path = f"/v1/items/{row['id']}/decision"
        answer = client.post_json(path, decision, **{"If-Match": '"1"'})
        assert answer.status_code == 200
        assert answer.json()["decided"]["decision"]["action"] == "return-to-vendor"
    finally:
        application.close()


def test_another_table_is_still_refused(desk: Desk) -> None:
    with pytest.raises(NotX12Error):
        desk.take(b"date,amount\n2024-03-05,1.00\n")


def test_of_several_files_invoices_are_loaded_last(tmp_path: Path) -> None:
    names = {"a.csv": invoices_csv(DEAR), "b.csv": goods()[0], "c.csv": goods()[1], "d.txt": b"ISA"}
    for name, data in names.items():
        (tmp_path / name).write_bytes(data)
    assert [path.name for path in in_loading_order(sorted(tmp_path.iterdir()))] == [
        "b.csv",
        "c.csv",
        "d.txt",
        "a.csv",
    ]


def test_the_service_judges_as_training_replays(purchasing_folder: Path, desk: Desk) -> None:
    whole = read_folder(purchasing_folder)
    cut = len(whole.invoices) - 60
    later = whole.invoices[cut:]
    trained = {case.invoice.voucher: case for case in replay(whole, Book())}
    known = Purchasing(whole.orders, whole.receipts, whole.invoices[:cut])
    for case in cases_of(later, known, desk.champions):
        assert case == trained[case.invoice.voucher]


@pytest.fixture(scope="module")
def purchasing_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Orders, receipts and invoices of one vendor over some months, with copies and parts."""
    folder = tmp_path_factory.mktemp("purchasing")
    orders = [_order(number) for number in range(40)]
    (folder / "purchase_orders.csv").write_bytes(orders_csv(*orders))
    booked = [receipt(8 if n % 5 == 0 else 10, number=f"R{n}", po_number=o.po_number, day=o.day + timedelta(3 + n % 7))
              for n, o in enumerate(orders)]  # fmt: skip
    (folder / "receipts.csv").write_bytes(receipts_csv(*booked))
    bills = [_bill(n, o) for n, o in enumerate(orders)]
    copies = [replace(one, voucher=f"{one.voucher}C", received=one.received + timedelta(9)) for one in bills]
    ordered = sorted((*bills, *copies), key=lambda one: one.received)
    (folder / "invoices.csv").write_bytes(invoices_csv(*ordered))
    return folder


def _order(number: int) -> OrderLine:
    return order_line(po_number=f"45{number:08d}", day=date(2024, 1, 1) + timedelta(3 * number))


def _bill(number: int, ordered: OrderLine) -> Invoice:
    day = ordered.day + timedelta(5)
    price = "43.00" if number % 4 == 0 else "42.00"
    return invoice(
        [invoice_line(price=price)],
        voucher=f"V{number}",
        number=f"INV-{5000 + 7 * number}",
        day=day,
        received=day + timedelta(number % 3),
        po_number=ordered.po_number,
    )


def test_the_page_shows_order_receipt_and_invoice_side_by_side(store: Store) -> None:
    champions = dataclasses.replace(fake_champions(), invoice_anomaly=FakeInvoices())
    application = build(store, champions, clock=lambda: NOW)
    try:
        desk = Desk(store, champions)
        line = invoice_line(12, "46.20", cost_centre="H02-6010")
        desk.take(*goods(), invoices_csv(invoice([line], total=Decimal("600.00"))))
        visitor = PageClient(application.asgi)
        assert "Invoice <bdi>INV-000047</bdi>" in visitor.get("/").text
        page = visitor.get(f"/items/{desk.rows()[0].id}").text
    finally:
        application.close()
    assert "Can this invoice of $600.00 go on to payment approval?" in page
    for label in ("Price", "Quantity", "Cost centre", "Does not add up"):
        assert label in page
    assert "found by its line · received 5 Mar 2024" in page
    assert "<mark>" in page
    for label in ("Hand on to payment approval", "Hold", "Return to the vendor"):
        assert f">{label}</button>" in page
    assert 'value="hold" class="primary"' in page


def test_the_page_of_a_copy_shows_the_earlier_invoice_beside_it(store: Store) -> None:
    champions = dataclasses.replace(fake_champions(), invoice_anomaly=FakeInvoices())
    application = build(store, champions, clock=lambda: NOW)
    try:
        desk = Desk(store, champions)
        desk.take(*goods())
        desk.take(invoices_csv(invoice()), backlog=True)
        desk.take(invoices_csv(invoice(voucher="V2", number="INV-O00047")))
        page = PageClient(application.asgi).get(f"/items/{desk.rows()[0].id}").text
    finally:
        application.close()
    assert "Sent before?" in page
    assert "INV-<mark>O</mark>00047" in page


def limited_to(*facilities: str) -> Actor:
    return Actor("limited", frozenset({"engine"}), frozenset(facilities))


def is_refused(desk: Desk, data: bytes, *facilities: str) -> bool:
    """Whether a file is refused to who is limited to facilities; nothing of it is taken then."""
    before = len(desk.store.purchasing().orders), len(desk.store.purchasing().receipts)
    try:
        with acting_as(limited_to(*facilities)):
            desk.take(data)
    except OtherFacilityError:
        after = len(desk.store.purchasing().orders), len(desk.store.purchasing().receipts)
        assert after == before
        return True
    return False


def test_order_lines_of_another_facility_are_refused_to_who_is_limited_to_one(desk: Desk) -> None:
    both = orders_csv(order_line(), order_line(line=2, facility="H02"))
    assert is_refused(desk, both, "H01")
    assert is_refused(desk, orders_csv(order_line(facility="")), "H01")
    assert not is_refused(desk, orders_csv(order_line()), "H01")
    assert not is_refused(desk, both, "H01", "H02")


def test_an_order_line_is_not_put_over_that_of_another_facility(desk: Desk) -> None:
    desk.take(orders_csv(order_line(facility="H02")))
    assert is_refused(desk, orders_csv(order_line()), "H01")
    assert not is_refused(desk, orders_csv(order_line(po_number="4500000002")), "H01")


def test_receipts_are_taken_for_one_s_own_orders_alone(desk: Desk) -> None:
    assert is_refused(desk, receipts_csv(receipt()), "H01"), "the order is not known"
    desk.take(orders_csv(order_line()))
    assert is_refused(desk, receipts_csv(receipt()), "H02")
    assert not is_refused(desk, receipts_csv(receipt()), "H01")


def test_invoices_that_are_history_are_those_of_one_s_facilities_alone(desk: Desk) -> None:
    with acting_as(limited_to("H02")), pytest.raises(OtherFacilityError):
        desk.take(invoices_csv(DEAR), backlog=True)
    with acting_as(limited_to("H01")):
        desk.take(invoices_csv(DEAR), backlog=True)
