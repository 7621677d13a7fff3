"""People of several roles at the pages of a service that asks who they are, in a browser."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from serving.access.keys import make_key
from serving.access.settings import AccessSettings
from serving.application import Application, build
from serving.champions import Champions
from serving.clock import utc_now
from serving.store.access import AccessStore
from serving.store.store import Store
from tests.support.page_client import PageClient


class Staff:
    """A service over a store, with one key a role."""

    def __init__(self, store: Store, champions: Champions, at: datetime, *roles: str, **more: Any) -> None:
        self.keys: dict[str, str] = {}
        for role in roles:
            self.keys[role], kept = make_key(role, frozenset({role}), None, at=utc_now())
            AccessStore.of(store).add(kept)
        access = AccessSettings("on")
        self.application: Application = build(store, champions, clock=lambda: at, access=access, **more)

    def visitor(self, role: str) -> PageClient:
        """Somebody of a role, signed in, without a browser."""
        client = PageClient(self.application.asgi)
        assert client.post("/login", data={"key": self.keys[role]}).status_code == 303
        return client

    def sign_in(self, browser: Chrome, address: str, role: str) -> None:
        """Somebody of a role, signed in, in a browser; nothing but keys is used."""
        browser.delete_all_cookies()
        browser.get(f"{address}/login")
        browser.find_element(By.ID, "key").send_keys(self.keys[role], Keys.ENTER)
        WebDriverWait(browser, 20).until(lambda one: "/login" not in one.current_url)


def tab_to(browser: Chrome, css: str, *, most: int = 80) -> None:
    """Press Tab until an element that the selector finds has the focus; fails where it cannot be reached."""
    for _ in range(most):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        if browser.execute_script("return document.activeElement.matches(arguments[0])", css):  # type: ignore[no-untyped-call]
            return
    raise AssertionError(f"{css} cannot be reached with the Tab key")
