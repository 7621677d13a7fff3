"""A file that comes in a form: it stays in memory, and comes out as it went in."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from serving.api.bodies import LARGEST_BODY
from serving.store.jobs import Jobs
from serving.store.store import Store
from tests.support.asgi_client import AsgiClient

LATER = {"Prefer": "respond-async"}


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No folder for temporary files: whoever wants one fails, be it one without a name."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(FileNotFoundError), tempfile.TemporaryFile():
        pass


@pytest.mark.parametrize("size", [3_000_000, LARGEST_BODY])
@pytest.mark.usefixtures("nowhere")
def test_a_large_form_is_written_to_no_temporary_file(client: AsgiClient, store: Store, size: int) -> None:
    data = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    sent = client.send("POST", "/v1/files", files={"file": ("large", data)}, headers=LATER)
    assert sent.status_code == 202, sent.text
    now = datetime.now(UTC)
    work = Jobs.of(store).take_up("test", now, now, 60.0)
    assert work is not None
    assert work.data == data
