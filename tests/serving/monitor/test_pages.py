"""The pages of the monitor and of blind checks: what they show, what they hide, and what a form may send."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import msgspec
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from features.invoices.book import Book
from features.invoices.cases import replay
from features.invoices.findings import Finding
from features.invoices.tables import Purchasing
from models.certificates import Cell, Certified, issue
from serving.invoices.records import VendorInvoice
from serving.monitor.blinding import blind_invoice
from serving.store.store import Store
from tests.support.automatic_lane import AutomaticDesk, all_checked
from tests.support.browser import MISSING, chromium, console_messages, is_installed, page_width, set_viewport
from tests.support.fake_invoices import FakeInvoices
from tests.support.invoice_builders import invoice, order_line, receipt
from tests.support.live_server import serving
from tests.support.page_client import PageClient
from tests.support.purchasing_files import invoices_csv, orders_csv, receipts_csv


@pytest.fixture
def desk(store: Store) -> Iterator[AutomaticDesk]:
    opened = AutomaticDesk(store)
    yield opened
    opened.application.close()


@pytest.fixture
def visitor(desk: AutomaticDesk) -> PageClient:
    return PageClient(desk.application.asgi)


def answers(page: str) -> list[str]:
    return re.findall(r'name="answer" value="([^"]+)"', page)


def test_the_list_leads_to_a_form_that_shows_every_claim_and_nothing_of_the_score(
    desk: AutomaticDesk, visitor: PageClient
) -> None:
    name, *_ = desk.pay(3)
    assert f"/blind-checks/{name}" in visitor.get("/blind-checks").text
    page = visitor.get(f"/blind-checks/{name}").text
    assert len([one for one in answers(page) if one.startswith("choose:")]) == 3
    assert "none" in answers(page)
    assert not [word for word in ("99.9", "certificate-", "checked>", " checked ") if word in page]
    assert f'href="/blind-checks/{name}"' in visitor.get(f"/items/{name}").text


def test_a_check_is_recorded_the_reviewer_remembered_and_the_list_says_what_it_came_to(
    desk: AutomaticDesk, visitor: PageClient
) -> None:
    (name,) = desk.pay()
    (right,) = [one for one in answers(visitor.get(f"/blind-checks/{name}").text) if one != "none"]
    sent = visitor.post(f"/blind-checks/{name}/check", data={"answer": right, "reviewer": "Ada"})
    assert sent.status_code == 303
    assert "came to what the lane had done" in visitor.get(sent.headers["location"]).text
    assert desk.waiting() == []
    (again,) = desk.pay()
    assert 'value="Ada"' in visitor.get(f"/blind-checks/{again}").text
    assert visitor.get(f"/blind-checks/{name}").headers["location"].endswith("said=gone")


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"answer": "none", "reviewer": " "}, "your name is missing"),
        ({"reviewer": "Ada"}, "no answer was picked"),
        ({"answer": "choose:nobody", "reviewer": "Ada"}, "not among the candidates"),
        ({"answer": "release", "reviewer": "Ada"}, "take no such check"),
    ],
)
def test_a_form_that_lacks_something_comes_back_and_says_what(
    desk: AutomaticDesk, visitor: PageClient, form: dict[str, str], said: str
) -> None:
    (name,) = desk.pay()
    answer = visitor.post(f"/blind-checks/{name}/check", data=form)
    assert answer.status_code == 422
    assert said in answer.text
    assert desk.waiting() == [name]


def test_a_form_from_elsewhere_is_refused(desk: AutomaticDesk) -> None:
    (name,) = desk.pay()
    stranger = PageClient(desk.application.asgi, headers={"sec-fetch-site": "cross-site"})
    answer = stranger.post(f"/blind-checks/{name}/check", data={"answer": "none", "reviewer": "Eve"})
    assert answer.status_code == 403
    assert desk.waiting() == [name]


def test_the_monitor_shows_the_estimate_the_detector_and_after_an_alarm_the_incident(
    desk: AutomaticDesk, visitor: PageClient
) -> None:
    assert "No item went by itself" in visitor.get("/monitor").text
    names = desk.pay(8)
    assert "no check yet" in visitor.get("/monitor").text
    for name in names[:4]:
        desk.check(name)
    page = visitor.get("/monitor").text
    assert "revoked" in page
    assert "4 automatic items that were checked blindly 4 were wrong" in page
    assert '<svg class="level alarm"' in page
    assert f'href="/items/{names[5]}"' in page
    assert "0.50 % allowed" in page


def test_an_invoice_is_checked_with_its_facts_and_held_where_the_lane_handed_it_on(store: Store) -> None:
    clean = issue(
        Certified(0.95, 600, 0),
        cell=Cell("invoice-anomaly", "*", "under-1000"),
        alpha=0.02,
        delta=0.025,
        window=(date(2024, 1, 1), date(2024, 2, 1)),
        model_version=FakeInvoices.version,
        data_digest="0" * 64,
        expires=date(2024, 6, 1),
    )
    given = replace(all_checked(), invoice_anomaly=FakeInvoices(), certificates={"invoice-anomaly": (clean,)})
    desk = AutomaticDesk(store, given)
    for data in (orders_csv(order_line()), receipts_csv(receipt()), invoices_csv(invoice())):
        assert desk.client.post_file(data, "a.csv").is_success
    (name,) = desk.waiting()
    visitor = PageClient(desk.application.asgi)
    page = visitor.get(f"/blind-checks/{name}").text
    assert answers(page) == ["approve", "hold"]
    assert invoice().number in page
    assert desk.check(name, "hold")["wrong"] is True
    desk.application.close()


def test_how_likely_a_finding_is_stays_hidden_while_an_invoice_waits() -> None:
    finding = Finding("price", 1, Decimal(5), "The price differs.", {}, confidence=0.9)
    (case,) = replay(Purchasing(invoices=[invoice()]), Book())
    blind = blind_invoice(VendorInvoice(msgspec.structs.replace(case, findings=(finding,))))
    assert [(one.text, one.confidence) for one in blind.case.findings] == [("The price differs.", None)]


@pytest.mark.skipif(not is_installed(), reason=MISSING)
def test_in_a_browser_an_item_is_checked_with_no_complaint_of_the_browser_and_nothing_too_wide(
    desk: AutomaticDesk,
) -> None:
    desk.pay(2)
    with serving(desk.application.asgi) as address, chromium() as driver:
        console_messages(driver)
        for width in (1280, 360):
            set_viewport(driver, width=width, height=900)
            for path in ("/monitor", "/blind-checks", f"/blind-checks/{desk.waiting()[0]}"):
                driver.get(address + path)
                assert page_width(driver) <= width, (path, width)
        driver.find_element(By.CSS_SELECTOR, "input[value=none]").click()
        driver.find_element(By.ID, "reviewer").send_keys("Ada Lovelace")
        driver.find_element(By.CSS_SELECTOR, "button.primary").click()
        WebDriverWait(driver, 10).until(lambda one: "said=wrong" in one.current_url)
        assert "counts as wrong" in driver.find_element(By.CSS_SELECTOR, "[role=status]").text
        assert console_messages(driver) == []
    assert len(desk.waiting()) == 1
