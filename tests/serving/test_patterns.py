"""The report of patterns in the service: over HTTP and as a page."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec
import pytest

from features.errors import NotFoundError
from features.patterns.report import FILE, Condition, Report, write
from serving.application import build
from serving.champions import Champions
from serving.pages import create_pages
from serving.patterns import PatternReports
from serving.store.store import Store
from tests.serving.conftest import NOW
from tests.support.asgi_client import AsgiClient
from tests.support.fake_items import FakeItems, make_queue
from tests.support.page_client import PageClient
from tests.support.pattern_reports import make_pattern, make_report


@pytest.fixture
def api(store: Store, champions: Champions, tmp_path: Path) -> Iterator[AsgiClient]:
    """The application, whose folder of champions is the test's own."""
    built = build(store, champions, clock=lambda: NOW, patterns=tmp_path)
    yield AsgiClient(built.asgi)
    built.close()


def page(folder: Path | None) -> str:
    """The page of patterns over a folder of champions."""
    pages = create_pages(FakeItems(make_queue()), clock=lambda: NOW, patterns=PatternReports(folder))
    answer = PageClient(pages).get("/patterns")
    assert answer.status_code == 200
    return answer.text


def test_the_report_is_answered_as_it_was_written_and_404_where_there_is_none(
    api: AsgiClient, tmp_path: Path
) -> None:
    answer = api.get("/v1/patterns")
    assert answer.status_code == 404
    assert "training patterns" in answer.text
    write(make_report(), tmp_path)
    answer = api.get("/v1/patterns")
    assert answer.status_code == 200
    assert msgspec.json.decode(answer.content, type=Report) == make_report()


def test_the_page_tells_patterns_changes_and_recurrence(tmp_path: Path) -> None:
    write(make_report(), tmp_path)
    shown = page(tmp_path)
    for text in ("payer PAY1", "procedure 72148", "$23,000.00", "14 of 43", "rising", "5 Jan 2024", "1 Sep 2023",
                 "$4,200.00", "denied by quarter, oldest first: 6 of 20, 8 of 20"):  # fmt: skip
        assert text in shown
    assert "days old" not in shown


def test_an_old_report_says_so(tmp_path: Path) -> None:
    write(make_report(made=date(2023, 12, 31)), tmp_path)
    assert "94 days old" in page(tmp_path)


def test_without_a_report_the_page_says_how_to_make_one(tmp_path: Path) -> None:
    assert "python -m training patterns" in page(tmp_path)
    assert "python -m training patterns" in page(None)


def test_a_report_without_patterns_says_that_chance_explains_all(tmp_path: Path) -> None:
    write(make_report(patterns=(), changes=(), recurrences=()), tmp_path)
    shown = page(tmp_path)
    assert "No combination is denied more often than chance explains" in shown
    assert "No payer changed" in shown


def test_names_out_of_files_are_escaped(tmp_path: Path) -> None:
    attack = make_pattern(conditions=(Condition("payer", "P", "<script>alert(1)</script>"),), also=("<b>",))
    write(make_report(patterns=(attack,)), tmp_path)
    shown = page(tmp_path)
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)" in shown


def test_a_new_report_is_read_when_its_file_changes(tmp_path: Path) -> None:
    reports = PatternReports(tmp_path)
    with pytest.raises(NotFoundError):
        reports.needed()
    write(make_report(), tmp_path)
    first = reports.latest()
    assert first is not None
    assert reports.latest() is first
    path = write(make_report(claims=6000), tmp_path)
    os.utime(path, ns=(1, 1))
    assert path.name == FILE
    assert reports.needed().claims == 6000


def test_the_page_is_damaged_only_where_its_file_is(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("{")
    pages = create_pages(FakeItems(make_queue()), clock=lambda: NOW, patterns=PatternReports(tmp_path))
    client = PageClient(pages)
    assert client.get("/patterns").status_code == 422
    assert client.get("/").status_code == 200
