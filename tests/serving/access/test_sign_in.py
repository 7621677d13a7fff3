"""Signing in at the pages: sessions, the tokens of forms, and who signs a decision."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.expected_conditions import url_matches
from selenium.webdriver.support.wait import WebDriverWait
from sqlalchemy import select

from serving.access.keys import make_key
from serving.access.sessions import COOKIE
from serving.access.settings import AccessSettings
from serving.application import Application, build
from serving.champions import Champions
from serving.clock import utc_now
from serving.store.access import AccessStore
from serving.store.audit import audit_log
from serving.store.store import Store
from tests.serving.conftest import NOW
from tests.support.asgi_client import AsgiClient
from tests.support.browser import MISSING, chromium, console_messages, is_installed
from tests.support.live_server import serving
from tests.support.page_client import PageClient
from tests.support.small_x12 import BilledClaim, professional


class Desk:
    """The application, its keys, and a clock for sessions that a test moves."""

    def __init__(self, store: Store, champions: Champions) -> None:
        self.store = store
        self.now = utc_now()
        self.keys = {
            name: self.add(name, name) for name in ("reviewer", "engine", "auditor", "data-scientist")
        }
        self.application: Application = build(
            store, champions, clock=lambda: NOW, access=AccessSettings("on")
        )
        credentials = {"X-API-Key": self.keys["engine"]}
        data = professional([BilledClaim("A-1", "20000"), BilledClaim("A-2", "20001")])
        client = AsgiClient(self.application.asgi)
        assert (
            client.send("POST", "/v1/files", files={"file": ("a", data)}, headers=credentials).status_code
            == 201
        )
        rows = client.get("/v1/items?kind=denial-risk", headers=credentials).json()["rows"]
        self.items = [row["id"] for row in rows]

    def add(self, name: str, role: str) -> str:
        key, kept = make_key(name, frozenset({role}), None, at=self.now)
        AccessStore.of(self.store).add(kept)
        return key

    def visitor(self) -> PageClient:
        return PageClient(self.application.asgi)

    def signed_in(self, name: str = "reviewer") -> PageClient:
        visitor = self.visitor()
        answer = visitor.post("/login", data={"key": self.keys[name]})
        assert answer.status_code == 303, answer.text
        return visitor


@pytest.fixture
def desk(store: Store, champions: Champions, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    desk: Desk | None = None

    def now() -> datetime:
        return desk.now if desk else utc_now()

    monkeypatch.setattr("serving.access.entrance.utc_now", now)
    desk = Desk(store, champions)
    yield desk
    desk.application.close()


def token_in(page: str) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
    assert found, page
    return found[1]


def decision(page: str) -> dict[str, str]:
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    return {"version": version[1], "action": "accept", "reason": "a test", "csrf": token_in(page)}


def test_who_is_not_signed_in_is_led_to_the_form_and_then_back(desk: Desk) -> None:
    visitor, item = desk.visitor(), f"/items/{desk.items[0]}?lane=review"
    led = visitor.get(item)
    assert led.status_code == 303
    assert led.headers["location"].startswith("/login?next=%2Fitems%2F")
    form = visitor.get(led.headers["location"])
    assert form.status_code == 200
    assert 'type="password"' in form.text
    answer = visitor.post("/login", data={"key": desk.keys["reviewer"], "next": item})
    assert (answer.status_code, answer.headers["location"]) == (303, item)
    assert visitor.get(item).status_code == 200


def test_the_cookie_is_for_our_pages_alone_and_the_store_does_not_hold_it(desk: Desk) -> None:
    answer = desk.visitor().post("/login", data={"key": desk.keys["reviewer"]})
    cookie = answer.headers["set-cookie"]
    assert re.match(rf"{COOKIE}=[\w-]{{43}}; ", cookie)
    for part in ("HttpOnly", "Path=/", "SameSite=strict"):
        assert part in cookie
    assert "Secure" not in cookie
    assert "Max-Age" not in cookie
    secret = cookie.partition("=")[2].partition(";")[0]
    assert AccessStore.of(desk.store).session(secret) is None
    behind = PageClient(
        desk.application.asgi, headers={"sec-fetch-site": "same-origin", "x-forwarded-proto": "https"}
    )
    assert "Secure" in behind.post("/login", data={"key": desk.keys["reviewer"]}).headers["set-cookie"]


def test_each_session_has_a_new_id_and_one_that_a_visitor_brings_is_not_taken(desk: Desk) -> None:
    visitor = desk.visitor()
    visitor.cookies.set(COOKIE, "x" * 43)
    assert visitor.get("/").status_code == 303
    first = visitor.post("/login", data={"key": desk.keys["reviewer"]}).headers["set-cookie"]
    second = desk.visitor().post("/login", data={"key": desk.keys["reviewer"]}).headers["set-cookie"]
    assert "x" * 43 not in first
    assert first != second


@pytest.mark.parametrize("key", ["", "clk_", "' OR 1=1 --", "clk_000000000000_" + "x" * 43, "x" * 10_000])
def test_a_wrong_key_signs_nobody_in(desk: Desk, key: str) -> None:
    answer = desk.visitor().post("/login", data={"key": key})
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    assert "This key is not taken" in answer.text


def test_after_many_wrong_keys_an_address_waits_and_a_good_key_still_signs_in(desk: Desk) -> None:
    visitor = desk.visitor()
    answers = [visitor.post("/login", data={"key": "x"}) for _ in range(12)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429] * 2
    assert int(answers[-1].headers["retry-after"]) > 0
    assert visitor.post("/login", data={"key": desk.keys["reviewer"]}).status_code == 303


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/%0d%0aX: y",
        "/\r\nX:y",
    ],
)
def test_signing_in_never_leads_elsewhere(desk: Desk, target: str) -> None:
    answer = desk.visitor().post("/login", data={"key": desk.keys["reviewer"], "next": target})
    assert answer.headers["location"] in ("/", "/%0d%0aX: y")
    assert "evil" not in answer.headers["location"]
    assert "x" not in answer.headers


def test_a_session_ends_after_a_quarter_of_an_hour_without_a_request(desk: Desk) -> None:
    visitor = desk.signed_in()
    for _ in range(3):
        desk.now += timedelta(minutes=14)
        assert visitor.get("/").status_code == 200
    desk.now += timedelta(minutes=15)
    assert visitor.get("/").status_code == 303


def test_a_session_ends_after_twelve_hours_whatever_happens(desk: Desk) -> None:
    visitor = desk.signed_in()
    for _ in range(12 * 6 - 1):
        desk.now += timedelta(minutes=10)
        visitor.get("/certificates")
    assert visitor.get("/").status_code == 200
    desk.now += timedelta(minutes=10)
    assert visitor.get("/").status_code == 303


def test_signing_out_ends_the_session_and_not_the_cookie_alone(desk: Desk) -> None:
    visitor = desk.signed_in()
    cookie = visitor.cookies[COOKIE]
    page = visitor.get("/").text
    assert visitor.post("/logout", data={"csrf": ""}).status_code == 403
    assert visitor.get("/").status_code == 200
    assert visitor.post("/logout", data={"csrf": token_in(page)}).headers["location"] == "/login?said=out"
    thief = desk.visitor()
    thief.cookies.set(COOKIE, cookie)
    assert thief.get("/").status_code == 303


def test_who_signs_in_and_out_or_is_refused_stands_in_the_audit_log(desk: Desk) -> None:
    visitor = desk.signed_in()
    visitor.post("/logout", data={"csrf": token_in(visitor.get("/").text)})
    visitor.post("/login", data={"key": "x"})
    visitor.post("/login", data={"key": desk.keys["reviewer"][:-1] + "_"})
    with desk.store._database.reading() as connection:
        rows = connection.execute(
            select(audit_log.c.actor, audit_log.c.after).where(audit_log.c.action == "access")
        )
        logged = [(row.actor, row.after) for row in rows]
    assert ("clearlane", '{"did":"key-made","name":"reviewer","roles":["reviewer"]}') in logged
    refused = '{{"did":"refused","reason":"{}","address":"127.0.0.1","count":1{}}}'
    named = f',"key":"{desk.keys["reviewer"].split("_")[1]}"'
    assert logged[-4:] == [
        ("reviewer", '{"did":"signed-in"}'),
        ("reviewer", '{"did":"signed-out"}'),
        ("nobody", refused.format("malformed key", "")),
        ("nobody", refused.format("wrong secret", named)),
    ]


def test_revoking_a_key_ends_its_sessions(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = desk.signed_in()
    AccessStore.of(desk.store).revoke("reviewer", desk.now)
    monkeypatch.setattr("serving.access.key_ring.FRESH_SECONDS", -1.0)
    assert visitor.get("/").status_code == 303


def test_a_decision_needs_the_token_of_this_very_session(desk: Desk) -> None:
    visitor, other = desk.signed_in(), desk.signed_in()
    item = f"/items/{desk.items[0]}"
    form = decision(visitor.get(item).text)
    assert 'name="reviewer"' not in visitor.get(item).text
    foreign = token_in(other.get("/").text)
    for wrong in ("", "0" * 24, foreign):
        answer = visitor.post(f"{item}/decision", data={**form, "csrf": wrong})
        assert answer.status_code == 403
    assert desk.store.get(desk.items[0]).row.status == "open"
    elsewhere = PageClient(desk.application.asgi, headers={"sec-fetch-site": "cross-site"})
    elsewhere.cookies = visitor.cookies
    assert elsewhere.post(f"{item}/decision", data=form).status_code == 403
    assert desk.store.get(desk.items[0]).row.status == "open"


def test_a_decision_is_signed_by_who_is_signed_in_whatever_the_form_says(desk: Desk) -> None:
    visitor = desk.signed_in()
    item = f"/items/{desk.items[0]}"
    form = decision(visitor.get(item).text)
    answer = visitor.post(f"{item}/decision", data={**form, "reviewer": "somebody else"})
    assert answer.status_code == 303
    decided = desk.store.get(desk.items[0]).decided
    assert decided
    assert decided.decision.reviewer == "reviewer"
    assert "clearlane-reviewer" not in answer.headers.get("set-cookie", "")


def test_a_session_is_for_pages_and_does_not_open_the_api(desk: Desk) -> None:
    visitor = desk.signed_in()
    assert visitor.get("/v1/items").status_code == 401
    assert visitor.get("/v1/certificates").status_code == 401


def test_a_proxy_that_says_who_it_is_needs_no_session_but_its_forms_need_a_token(desk: Desk) -> None:
    headers = {"sec-fetch-site": "same-origin", "Authorization": f"Bearer {desk.keys['reviewer']}"}
    visitor = PageClient(desk.application.asgi, headers=headers)
    item = f"/items/{desk.items[1]}"
    form = decision(visitor.get(item).text)
    assert visitor.post(f"{item}/decision", data={**form, "csrf": ""}).status_code == 403
    assert visitor.post(f"{item}/decision", data=form).status_code == 303


def test_each_role_begins_where_it_may_be_and_an_auditor_decides_nothing(desk: Desk) -> None:
    for name, first in (("reviewer", "/"), ("auditor", "/"), ("data-scientist", "/certificates")):
        answer = desk.visitor().post("/login", data={"key": desk.keys[name]})
        assert answer.headers["location"] == first
    visitor, item = desk.signed_in("auditor"), f"/items/{desk.items[0]}"
    form = {"csrf": token_in(visitor.get("/").text), "version": "1", "action": "accept"}
    assert visitor.post(f"{item}/decision", data=form).status_code == 403
    assert desk.signed_in("data-scientist").get(item).status_code == 403


def test_pages_for_people_keep_their_strict_headers(desk: Desk) -> None:
    for answer in (desk.visitor().get("/login"), desk.signed_in().get("/"), desk.visitor().get("/")):
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.skipif(not is_installed(), reason=MISSING)
def test_a_reviewer_signs_in_decides_and_signs_out_in_a_browser(desk: Desk) -> None:
    desk.now = utc_now()
    with serving(desk.application.asgi) as address, chromium() as browser:
        wait = WebDriverWait(browser, 30)
        browser.get(f"{address}/items/{desk.items[0]}")
        wait.until(url_matches("/login"))
        browser.find_element(By.ID, "key").send_keys(desk.keys["reviewer"])
        browser.find_element(By.CSS_SELECTOR, "form button.primary").click()
        wait.until(url_matches(f"/items/{desk.items[0]}"))
        assert browser.execute_script("return document.cookie") == ""  # type: ignore[no-untyped-call]
        browser.find_element(By.ID, "reason").send_keys("seen in a browser")
        browser.find_element(By.CSS_SELECTOR, "#decide button.primary, #decide button.second").click()
        wait.until(url_matches("decided="))
        decided = desk.store.get(desk.items[0]).decided
        assert decided
        assert decided.decision.reviewer == "reviewer"
        browser.find_element(By.CSS_SELECTOR, "header form.who button").click()
        wait.until(url_matches("/login"))
        browser.get(f"{address}/")
        wait.until(url_matches("/login"))
        assert not [one for one in console_messages(browser) if "Content Security Policy" in one]
