"""The function by which docs/events.md has receivers verify an event takes what is sent, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from serving.outbox.events import EventType
from serving.store.store import Store
from tests.serving.outbox.desk import SECRET, SECRET_TEXT, OutboxDesk, settings_for
from tests.support.receiver import Came, receiving

PAGE = (Path(__file__).parent.parent.parent.parent / "docs" / "events.md").read_text(encoding="utf-8")


@pytest.fixture
def came(store: Store) -> Iterator[Came]:
    """An event as it came, signed by an old secret too."""
    with receiving() as receiver:
        secrets = (b"another secret, that is going", SECRET)
        desk = OutboxDesk(store, settings_for(receiver.address, secrets=secrets))
        desk.tell()
        desk.dispatcher.once()
        yield receiver.came[0]


def verified() -> Any:
    space: dict[str, Any] = {}
    exec(PAGE.partition("```python\n")[2].partition("```")[0], space)  # noqa: S102 - our own page
    return space["verified"]


def test_what_was_sent_is_verified(came: Came) -> None:
    assert verified()(SECRET_TEXT, came.headers, came.body)


def test_what_was_changed_is_not(came: Came) -> None:
    check = verified()
    assert not check(SECRET_TEXT, came.headers, came.body + b" ")
    assert not check(SECRET_TEXT, {**came.headers, "webhook-id": "other"}, came.body)
    later = str(int(came.headers["webhook-timestamp"]) + 1)
    assert not check(SECRET_TEXT, {**came.headers, "webhook-timestamp": later}, came.body)
    assert not check(SECRET_TEXT, {**came.headers, "webhook-timestamp": "0"}, came.body)
    assert not check(SECRET_TEXT, {**came.headers, "webhook-timestamp": "-1"}, came.body)
    assert not check("whsec_" + "A" * 44, came.headers, came.body)


def test_the_page_names_every_type() -> None:
    for name in get_args(EventType):
        assert f"| `{name}` |" in PAGE
