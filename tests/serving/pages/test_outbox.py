"""The page of deliveries that were given up: who sees it, who sends again, and that the log tells of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from serving.audit.chain import plain
from serving.clock import utc_now
from serving.pages.outbox import PAGE_SIZE
from serving.store.audit_reading import AuditStore
from serving.store.store import Store
from tests.serving.outbox.desk import OutboxDesk, settings_for
from tests.support.browser import MISSING, chromium, console_messages, is_installed, page_width, set_viewport
from tests.support.fake_champions import fake_champions
from tests.support.live_server import serving
from tests.support.receiver import Say, receiving
from tests.support.signing_in import Staff, tab_to


class Given:
    """A store with deliveries that a receiver said 410 to, and people who look at it."""

    def __init__(self, store: Store) -> None:
        with receiving([Say(410)]) as receiver:
            self.target = receiver.address
            self.desk = OutboxDesk(store, settings_for(receiver.address))
            self.tell("first")
            self.desk.dispatcher.once()
        self.staff = Staff(store, fake_champions(), utc_now(), "lead", "admin", "auditor", "reviewer")
        store.tells((f"{self.target}/in",), self.staff.application.dispatcher._schedule.end)

    def tell(self, subject: str) -> None:
        self.desk.tell(subject)

    def dead(self) -> list[str]:
        return [one.id for one in self.desk.outbox.page("dead", limit=200, after=None)[0]]


@pytest.fixture
def given(store: Store) -> Iterator[Given]:
    made = Given(store)
    yield made
    made.staff.application.finish()


def token(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found
    return found.group(1)


def retries(given: Given) -> list[str]:
    entries = AuditStore.of(given.desk.store).entries()
    return [
        str(one.actor)
        for one in entries
        if one.action == "delivery"
        and one.after == plain(did="sent-again")
        and '"status":"dead"' in str(one.before)
    ]


def test_it_lists_type_host_attempts_error_and_counts_and_nothing_of_the_path(given: Given) -> None:
    given.tell("waits")
    page = given.staff.visitor("admin").get("/outbox").text
    text = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "Waiting to be sent 1 Given up 1" in text
    assert "clearlane.posting.batch.closed" in text
    assert f"{given.target} 1 the receiver is gone HTTP status 410" in text
    assert f"{given.target}/in" not in page


def test_leads_and_admins_send_again_auditors_look_and_reviewers_do_neither(given: Given) -> None:
    (delivery,) = given.dead()
    assert given.staff.visitor("reviewer").get("/outbox").status_code == 403
    auditor = given.staff.visitor("auditor")
    shown = auditor.get("/outbox")
    assert shown.status_code == 200
    assert "Send again" not in shown.text
    form = {"csrf": token(shown.text)}
    assert auditor.post(f"/outbox/{delivery}/retry", data=form).status_code == 403
    assert given.dead() == [delivery]
    lead = given.staff.visitor("lead")
    form = {"csrf": token(lead.get("/outbox").text)}
    assert lead.post(f"/outbox/{delivery}/retry", data=form).headers["location"] == "/outbox?said=sent"
    assert given.dead() == []
    assert lead.post(f"/outbox/{delivery}/retry", data=form).headers["location"] == "/outbox?said=changed"
    assert retries(given) == ["lead"]


def test_a_form_without_its_token_or_from_another_site_sends_nothing(given: Given) -> None:
    (delivery,) = given.dead()
    admin = given.staff.visitor("admin")
    assert admin.post(f"/outbox/{delivery}/retry", data={"said": "x"}).status_code == 403
    assert admin.post(f"/outbox/{delivery}/retry", data={"csrf": "made-up"}).status_code == 403
    form = {"csrf": token(admin.get("/outbox").text)}
    admin._headers = {"sec-fetch-site": "cross-site"}
    assert admin.post(f"/outbox/{delivery}/retry", data=form).status_code == 403
    assert given.dead() == [delivery]
    assert retries(given) == []


def test_a_long_list_is_walked_to_its_end(given: Given) -> None:
    for number in range(PAGE_SIZE):
        given.tell(str(number))
    while given.desk.outbox.counts()["waiting"]:
        given.desk.dispatcher.once()
        given.desk.later(days=8)
    visitor = given.staff.visitor("lead")
    first = visitor.get("/outbox").text
    more = re.search(r'href="/(outbox\?before=\d+)"', first)
    assert more
    second = visitor.get(f"/{more.group(1)}").text
    seen = [re.findall(r'id="type-([0-9a-f]+)"', page) for page in (first, second)]
    assert [len(one) for one in seen] == [PAGE_SIZE, 1]
    assert seen[0] + seen[1] == given.dead()


@pytest.mark.skipif(not is_installed(), reason=MISSING)
def test_in_a_browser_an_admin_sends_again_with_keys_alone_and_nothing_is_too_wide(given: Given) -> None:
    with serving(given.staff.application.asgi) as address, chromium() as driver:
        given.staff.sign_in(driver, address, "admin")
        console_messages(driver)  # of the form to sign in: a browser advises a field for a name
        links = driver.find_elements(By.CSS_SELECTOR, "nav.places a")
        assert [one.text for one in links] == ["Certificates", "Monitor", "Deliveries"]
        for width in (360, 1280):
            set_viewport(driver, width=width, height=900)
            driver.get(f"{address}/outbox")
            assert page_width(driver) <= width
        assert driver.find_element(By.CSS_SELECTOR, "[aria-current=page]").text == "Deliveries"
        tab_to(driver, "td.send button")
        driver.switch_to.active_element.send_keys(Keys.ENTER)
        WebDriverWait(driver, 20).until(lambda one: "said=sent" in one.current_url)
        assert "sent again" in driver.find_element(By.CSS_SELECTOR, "[role=status]").text
        assert "Nothing was given up" in driver.find_element(By.TAG_NAME, "main").text
        assert console_messages(driver) == []
    assert given.dead() == []
    assert retries(given) == ["admin"]
