"""What every answer of the pages carries, and what a failure gives away."""

from __future__ import annotations

import logging
import re

import pytest

from serving.items import ItemDetail
from serving.pages import create_pages
from serving.pages.rendering import FOLDER
from serving.problem_details import RETRY_SECONDS, RequestError
from tests.support.fake_items import FakeItems, make_queue
from tests.support.page_client import PageClient


@pytest.mark.parametrize("address", ["/", "/items/item-1", "/items/nothing", "/nowhere", "/static/pages.css"])
def test_every_answer_forbids_foreign_content_and_framing(client: PageClient, address: str) -> None:
    headers = client.get(address).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"


def test_pages_with_patient_data_are_kept_in_no_cache(client: PageClient) -> None:
    assert client.get("/items/item-1").headers["cache-control"] == "no-store"
    assert client.get("/static/pages.css").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("template", sorted((FOLDER / "templates").iterdir()), ids=lambda path: path.name)
def test_no_template_has_inline_script_style_handlers_or_an_outside_address(template: object) -> None:
    text = template.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    assert not re.search(r"\sstyle=|\son[a-z]+=|javascript:|https?://|<style|\|\s*safe", text)
    assert re.findall(r"<script(?! src=)", text) == []


def test_the_assets_load_nothing_from_outside() -> None:
    for name in ("pages.css", "keys.js"):
        text = (FOLDER / "static" / name).read_text(encoding="utf-8")
        assert not re.search(r"https?://|url\(|@import|import\(|fetch\(", text)


def test_a_static_path_cannot_climb_out(client: PageClient) -> None:
    assert client.get("/static/%2e%2e/app.py").status_code == 404


def test_a_wrong_method_is_a_page(client: PageClient) -> None:
    answer = client.get("/items/item-1/decision")
    assert answer.status_code == 405
    assert "This page cannot be used that way" in answer.text


class BrokenItems(FakeItems):
    """A queue whose store fails with a record in its message."""

    async def get(self, item_id: str) -> ItemDetail:
        """Fail."""
        raise RuntimeError(f"row of JONSON is damaged: {item_id}")


def test_a_failure_is_a_page_and_its_log_quotes_no_record(caplog: pytest.LogCaptureFixture) -> None:
    client = PageClient(create_pages(BrokenItems(make_queue())))
    with caplog.at_level(logging.DEBUG):
        answer = client.get("/items/item-1")
    assert answer.status_code == 500
    assert "Something went wrong here" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "RuntimeError" in caplog.text
    assert "JONSON" not in caplog.text + answer.text


class BusyItems(FakeItems):
    """A queue whose readers are all busy."""

    async def get(self, item_id: str) -> ItemDetail:
        """Refuse."""
        raise RequestError(429, "too-many-requests", f"{item_id} has to wait; try again in a moment")


def test_a_service_that_is_busy_says_so_and_when_to_come_again() -> None:
    answer = PageClient(create_pages(BusyItems(make_queue()))).get("/items/item-1")
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == RETRY_SECONDS
    assert "Item-1 has to wait; try again in a moment." in answer.text
