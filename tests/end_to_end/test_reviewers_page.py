"""The reviewers' page in a real browser: what a person can do, and what the browser sees of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.expected_conditions import staleness_of
from selenium.webdriver.support.wait import WebDriverWait

from serving.items import Decision
from serving.pages import create_pages
from tests.support.browser import (
    MISSING,
    chromium,
    console_messages,
    is_installed,
    page_width,
    requested_hosts,
    set_viewport,
)
from tests.support.builders import make_claim, make_claim_payment
from tests.support.fake_items import NOW, FakeItems, make_candidate, make_match, make_queue
from tests.support.live_server import serving

pytestmark = pytest.mark.skipif(not is_installed(), reason=MISSING)
ATTACK = "\"'><script>document.title='taken'</script><img src=x onerror=document.title='taken'>"


@pytest.fixture(scope="module")
def browser() -> Iterator[Chrome]:
    """One browser for all of these tests; each begins without cookies."""
    with chromium() as driver:
        yield driver


@pytest.fixture
def items() -> FakeItems:
    """One item of every sort and twelve more."""
    return FakeItems(make_queue(12))


@pytest.fixture
def page(browser: Chrome, items: FakeItems) -> Iterator[Page]:
    """The browser at the list, in a window of an ordinary size."""
    with serving(create_pages(items, clock=lambda: NOW)) as address:
        browser.delete_all_cookies()
        set_viewport(browser, width=1280, height=900)
        requested_hosts(browser)
        console_messages(browser)
        yield Page(browser, address)


class Page:
    """What a reviewer does with a browser."""

    def __init__(self, browser: Chrome, address: str) -> None:
        self.browser = browser
        self.address = address
        self.open("/")

    def open(self, path: str) -> None:
        self.browser.get(self.address + path)

    def find(self, css: str) -> WebElement:
        return self.browser.find_element(By.CSS_SELECTOR, css)

    @contextmanager
    def leaving(self) -> Iterator[None]:
        """Wait at the end of the block until another page has taken the place of this one."""
        old = self.find("html")
        yield
        wait = WebDriverWait(self.browser, 10)
        wait.until(staleness_of(old))
        wait.until(lambda browser: browser.execute_script("return document.readyState") == "complete")

    def press(self, keys: str) -> None:
        self.browser.switch_to.active_element.send_keys(keys)

    def follow(self, keys: str) -> None:
        with self.leaving():
            self.press(keys)

    def click(self, element: WebElement) -> None:
        with self.leaving():
            element.click()

    def decide(self, action: str, *, reviewer: str | None = "Ada Lovelace", reason: str = "") -> None:
        if reviewer is not None:
            self.find("#reviewer").clear()
            self.find("#reviewer").send_keys(reviewer)
        self.find("#reason").send_keys(reason)
        self.click(self.find(f"button[value={action}]"))

    @property
    def path(self) -> str:
        return urlsplit(self.browser.current_url).path

    @property
    def text(self) -> str:
        return self.find("main").text

    @property
    def focused(self) -> str:
        return self.browser.switch_to.active_element.text


def test_the_list_shows_lanes_and_confidence(page: Page) -> None:
    row = page.find("table.items tbody tr").text
    assert "Escalate" in row
    assert "70.0 %" in row
    assert "more likely than not" in row
    bar, fill = page.find("table.items .bar"), page.find("table.items .bar .fill")
    assert fill.size["width"] / bar.size["width"] == pytest.approx(0.70, abs=0.03)


def test_the_tabs_lead_to_a_lane(page: Page) -> None:
    page.click(page.find(".tab.lane-auto"))
    assert page.find(".tab[aria-current]").text.startswith("Auto")
    assert "almost certain" in page.text


def test_accepting_leads_to_the_next_item_and_remembers_the_reviewer(page: Page, items: FakeItems) -> None:
    page.open("/items/item-1")
    page.decide("accept")
    assert items.decisions == [("item-1", Decision("accept", "Ada Lovelace"))]
    assert page.path not in ("/items/item-1", "/")
    assert "The proposal was accepted." in page.text
    page.decide("accept", reviewer=None)
    assert items.decisions[1][1] == Decision("accept", "Ada Lovelace")


def test_another_claim_is_chosen_through_the_picker(page: Page, items: FakeItems) -> None:
    page.open("/items/item-1")
    page.click(page.browser.find_elements(By.CSS_SELECTOR, "a.candidate")[1])
    assert "not the one proposed" in page.text
    page.decide("choose", reason="the visit of the 12th")
    assert items.decisions == [
        ("item-1", Decision("choose", "Ada Lovelace", "claim-b", "the visit of the 12th"))
    ]


def test_none_of_these_is_recorded(page: Page, items: FakeItems) -> None:
    page.open("/items/item-1")
    page.decide("none", reason="paid for another clinic")
    assert items.decisions[0][1].action == "none"


def test_an_override_without_a_reason_is_refused_and_the_refusal_has_the_focus(
    page: Page, items: FakeItems
) -> None:
    page.open("/items/item-1")
    page.decide("none")
    assert items.decisions == []
    assert "a reason is needed" in page.focused
    assert page.find("#reviewer").get_attribute("value") == "Ada Lovelace"
    page.decide("none", reviewer=None, reason="paid for another clinic")
    assert len(items.decisions) == 1


def test_enter_in_a_field_decides_nothing(page: Page, items: FakeItems) -> None:
    page.open("/items/item-1")
    page.find("#reviewer").send_keys("Ada Lovelace", Keys.ENTER)
    assert page.path == "/items/item-1"
    assert items.decisions == []


def test_the_second_of_two_reviewers_meets_an_explanation(page: Page, items: FakeItems) -> None:
    page.open("/items/item-1")
    page.browser.switch_to.new_window("tab")
    page.open("/items/item-1")
    page.decide("accept", reviewer="Grace Hopper")
    page.browser.close()
    page.browser.switch_to.window(page.browser.window_handles[0])
    page.decide("accept")
    assert "Grace Hopper decided it" in page.text
    assert "Your decision was not recorded" in page.text
    assert len(items.decisions) == 1


def test_the_queue_is_worked_by_keyboard_alone(page: Page, items: FakeItems) -> None:
    page.press("jjk")
    page.follow(Keys.ENTER)
    first = page.path
    assert first.startswith("/items/")
    page.press("a")
    page.press("Ada Lovelace" + Keys.TAB)
    page.press(Keys.TAB)
    assert page.focused == "Accept this claim"
    page.follow(Keys.ENTER)
    assert len(items.decisions) == 1
    assert page.path not in (first, "/")
    page.press("j")
    page.follow(Keys.ENTER)
    assert "payment and claim 2" in page.text
    page.follow("u")
    assert page.path == "/"


def test_the_keys_can_be_turned_off_and_stay_off(page: Page) -> None:
    page.find(".keys summary").click()
    page.find("#keys-switch").click()
    page.open("/items/item-1")
    page.find("body").send_keys("u")
    assert page.path == "/items/item-1"
    page.browser.execute_script("localStorage.clear()")


@pytest.mark.parametrize("width", [360, 768, 1024, 1280, 2200])
@pytest.mark.parametrize("path", ["/", "/items/item-1?candidate=3", "/items/item-2", "/items/item-4", "/x"])
def test_no_page_scrolls_sideways(page: Page, width: int, path: str) -> None:
    set_viewport(page.browser, width=width, height=800)
    page.open(path)
    assert page_width(page.browser) == width
    assert page.browser.execute_script("return window.innerWidth") == width


def test_nothing_is_asked_from_outside_and_the_browser_complains_of_nothing(page: Page) -> None:
    for path in ("/", "/items/item-1", "/items/item-2", "/items/item-5"):
        page.open(path)
    assert requested_hosts(page.browser) == {urlsplit(page.address).netloc}
    assert console_messages(page.browser) == []


def test_names_out_of_a_file_stay_text(page: Page, items: FakeItems) -> None:
    payment = make_claim_payment(patient_last=ATTACK, payer_name=ATTACK, trace_number=ATTACK)
    claim = make_claim(patient_last=ATTACK, claim_id=ATTACK)
    item = make_match("attack", payer_name=ATTACK, claim_id=ATTACK, lane="escalate", due_at=NOW)
    candidates = (make_candidate("claim-x", claim, payment, 0.97),)
    fields = {name: getattr(item, name) for name in item.__struct_fields__}
    items.items["attack"] = type(item)(**{**fields, "subject": payment, "candidates": candidates})
    for path in ("/", "/items/attack"):
        page.open(path)
        assert ATTACK in page.text
        assert "taken" not in page.browser.title
    page.decide("accept", reviewer=ATTACK[:80])
    assert items.decisions[0][1].reviewer == ATTACK[:80]
    page.open("/items/attack")
    assert ATTACK[:80] in page.text
    assert "taken" not in page.browser.title


def test_every_field_has_a_label_and_every_page_its_landmarks(page: Page) -> None:
    for path in ("/", "/items/item-1", "/items/item-3", "/x"):
        page.open(path)
        assert page.find("html").get_attribute("lang") == "en"
        assert len(page.browser.find_elements(By.CSS_SELECTOR, "main h1")) == 1
        for landmark in ("header", "main", "footer"):
            assert page.find(landmark).is_displayed()
        fields = "input:not([type=hidden]), select, textarea, button:not([hidden]), a"
        for field in page.browser.find_elements(By.CSS_SELECTOR, fields):
            assert field.accessible_name or not field.is_displayed(), field.get_attribute("outerHTML")
