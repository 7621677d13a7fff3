"""Stores on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from serving.store.store import Store


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = Store(url)
    yield opened
    opened.close()
