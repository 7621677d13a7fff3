"""The pages over a fake queue, asked without a browser."""

from __future__ import annotations

import pytest

from serving.pages import create_pages
from tests.support.fake_items import NOW, FakeItems, make_queue
from tests.support.page_client import PageClient


@pytest.fixture
def items() -> FakeItems:
    """One item of every sort."""
    return FakeItems(make_queue())


@pytest.fixture
def client(items: FakeItems) -> PageClient:
    """A reviewer at those items."""
    return PageClient(create_pages(items, clock=lambda: NOW))
