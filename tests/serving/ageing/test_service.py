"""The running service moves what has waited too long, though nobody ever asks it for anything but whether it lives."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from serving import ingestion
from serving.demo.server import running_service
from serving.items import ItemFilter
from serving.store.store import Store
from tests.support.fake_champions import fake_champions
from tests.support.small_x12 import BilledClaim, professional

CAME = datetime(2024, 4, 3, 9, 30, tzinfo=UTC)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.slow
def test_an_item_is_escalated_without_any_request(
    tmp_path: Path, trained: Path, default_url: str, wait_for: Callable[[Callable[[], bool]], None]
) -> None:
    store = Store(default_url)
    claims = professional([BilledClaim(charge="2750")])
    ingestion.take(claims, name="a.x12", store=store, champions=fake_champions(), at=CAME)
    (before,) = store.page(ItemFilter(), offset=0, limit=9, at=CAME).rows
    assert before.lane == "review"
    environment = {
        **os.environ,
        "CLEARLANE_HOME": str(tmp_path),
        "CLEARLANE_DATABASE_URL": default_url,
        "CLEARLANE_WORKERS": "2",
        "CLEARLANE_TODAY": "2024-04-10",
        "CLEARLANE_MODELS": str(trained),
    }
    log = tmp_path / "service.log"
    with running_service(port=free_port(), environment=environment, log=log, patience=180):
        wait_for(lambda: store.get(before.id).row.lane == "escalate")
    item = store.get(before.id)
    assert (item.row.version, len(item.moves)) == (2, 1)
    assert item.moves[0].at.date().isoformat() == "2024-04-10"
    store.close()
