"""The links of the header, each once, with the current one marked; and what stands under the columns of the backlog."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from serving.pages.places import PAGES
from serving.store.store import Store
from tests.serving.postings.desk import LARGE, PostingDesk
from tests.support.page_client import PageClient


@pytest.fixture
def desk(store: Store) -> Iterator[PostingDesk]:
    opened = PostingDesk(store)
    opened.paid(LARGE)
    yield opened
    opened.application.close()


@pytest.mark.parametrize("path", [path for path, _ in PAGES])
def test_every_page_links_to_each_other_once_and_marks_itself(desk: PostingDesk, path: str) -> None:
    page = PageClient(desk.application.asgi).get(path).text
    header = page.split('<nav class="places"')[1].split("</nav>")[0]
    assert re.findall(r'href="([^"]+)"', header) == [one for one, _ in PAGES]
    assert re.findall(r'href="([^"]+)" aria-current="page"', header) == [path]
    beside = page.split("<main")[1]
    doubled = [one for one, _ in PAGES if 'class="crumbs"' in beside and f'href="{one}"' in beside]
    assert doubled == []


def test_the_page_of_an_item_marks_the_list_that_it_belongs_to(desk: PostingDesk) -> None:
    (item,) = desk.items()
    page = PageClient(desk.application.asgi).get(f"/items/{item}").text
    assert re.findall(r'href="([^"]+)" aria-current="true"', page.split("</header>")[0]) == ["/"]


def test_each_column_of_the_backlog_is_labelled_with_its_age_and_count(desk: PostingDesk) -> None:
    page = PageClient(desk.application.asgi).get("/backlog").text
    ages = page.split('<ol class="ages">')[1].split("</ol>")[0]
    assert re.findall(r'<span aria-hidden="true">([^<]+)</span></li>', ages) == [
        "&lt; 1 d",
        "1–3 d",
        "3–7 d",
        "7–14 d",
        "14–30 d",
        "30+ d",
    ]
    assert "under 1 day: 1, 0 overdue" in ages
