"""The postings of an item, and a decision that is taken back at its page."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from serving.store.audit_reading import AuditStore
from serving.store.store import Store
from tests.serving.postings.desk import LARGE, PostingDesk
from tests.support.browser import MISSING, chromium, console_messages, is_installed, page_width, set_viewport
from tests.support.live_server import serving
from tests.support.page_client import PageClient
from tests.support.signing_in import Staff, tab_to


class Given:
    """A payment that a person accepted, whose batch is closed, and people who look at it."""

    def __init__(self, store: Store) -> None:
        self.desk = PostingDesk(store)
        (self.item,) = self.desk.paid(LARGE)
        assert self.desk.decide(self.item) == 200
        head = self.desk.close()
        assert head
        self.batch = str(head["id"])
        self.staff = Staff(store, self.desk.champions, self.desk.at, "reviewer", "lead", "auditor")

    def undone_by(self) -> list[str]:
        entries = AuditStore.of(self.desk.store).entries()
        return [str(one.actor) for one in entries if one.action == "undo" and one.subject == self.item]


@pytest.fixture
def given(store: Store) -> Iterator[Given]:
    made = Given(store)
    yield made
    made.staff.application.finish()
    made.desk.application.close()


def fields(visitor: PageClient, item: str) -> dict[str, str]:
    page = visitor.get(f"/items/{item}").text
    form = page.split(f'/items/{item}/undo"')[1]
    found = dict(re.findall(r'name="(csrf|version)" value="([^"]+)"', form))
    assert found.keys() == {"csrf", "version"}
    return found


def test_a_posted_match_shows_its_batch_and_the_button_only_to_those_who_may(given: Given) -> None:
    for role, offered in (("reviewer", True), ("lead", True), ("auditor", False)):
        page = given.staff.visitor(role).get(f"/items/{given.item}").text
        assert "in batch 1, closed" in page
        assert given.batch in page
        assert (f"/items/{given.item}/undo" in page) == offered
    assert given.staff.visitor("auditor").post(f"/items/{given.item}/undo", data={}).status_code == 403


def test_nothing_is_taken_back_without_a_reason_a_token_or_the_version_that_was_seen(given: Given) -> None:
    visitor = given.staff.visitor("reviewer")
    form = fields(visitor, given.item)
    path = f"/items/{given.item}/undo"
    refused = visitor.post(path, data={**form, "reason": "  "})
    assert refused.status_code == 422
    assert "the reason is missing" in refused.text
    assert '<details class="undo" open>' in refused.text
    assert visitor.post(path, data={**form, "csrf": "made-up", "reason": "x"}).status_code == 403
    assert visitor.post(path, data={**form, "version": "1", "reason": "x"}).status_code == 409
    assert given.undone_by() == []


def test_what_went_automatically_shows_its_posting_and_cannot_be_taken_back(given: Given) -> None:
    (item,) = given.desk.paid("150")
    page = given.staff.visitor("lead").get(f"/items/{item}").text
    assert "waits for the next batch" in page
    assert f"/items/{item}/undo" not in page


@pytest.mark.skipif(not is_installed(), reason=MISSING)
def test_in_a_browser_a_reviewer_takes_a_decision_back_with_keys_alone(given: Given) -> None:
    with serving(given.staff.application.asgi) as address, chromium() as driver:
        given.staff.sign_in(driver, address, "reviewer")
        console_messages(driver)  # of the form to sign in: a browser advises a field for a name
        for width in (360, 1280):
            set_viewport(driver, width=width, height=900)
            driver.get(f"{address}/items/{given.item}?status=decided")
            assert page_width(driver) <= width
        assert driver.find_element(By.CSS_SELECTOR, "nav.places [aria-current]").text == "Items"
        assert not driver.find_element(By.ID, "undo-reason").is_displayed()
        tab_to(driver, ".undo summary")
        driver.switch_to.active_element.send_keys(Keys.ENTER)
        tab_to(driver, "#undo-reason")
        driver.switch_to.active_element.send_keys("the wrong visit")
        tab_to(driver, ".undo button")
        driver.switch_to.active_element.send_keys(Keys.ENTER)
        WebDriverWait(driver, 20).until(lambda one: "undone=1" in one.current_url)
        assert "status=decided" in driver.current_url
        assert "taken back" in driver.find_element(By.CSS_SELECTOR, "[role=status]").text
        assert "waits for the next batch" in driver.find_element(By.CSS_SELECTOR, ".postings").text
        given.desk.close()
        driver.refresh()
        steps = [one.text for one in driver.find_elements(By.CSS_SELECTOR, ".postings li")]
        assert [one.split(",")[0] for one in steps] == ["Posted by ann", "Reversed by reviewer"]
        assert "in batch 2" in steps[1]
        assert driver.find_elements(By.ID, "decide")
        assert console_messages(driver) == []
    assert given.undone_by() == ["reviewer"]
