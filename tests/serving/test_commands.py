"""``python -m serving score`` and ``load``, with fakes in place of trained models."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from features.errors import MissingDataError
from serving import champions, load_command, score_command
from serving.items import ItemFilter
from serving.store.store import Store
from tests.support.fake_champions import fake_champions
from tests.support.small_x12 import professional, remittance


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an 837 and its 835, and an empty CLEARLANE_HOME beside them."""
    monkeypatch.setenv("CLEARLANE_HOME", str(tmp_path / "home"))
    for name in ("CLEARLANE_DATABASE_URL", "CLEARLANE_MODELS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(champions, "load", lambda *_, **__: fake_champions())
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a.837").write_bytes(professional())
    (tmp_path / "files" / "b.835").write_bytes(remittance())
    return tmp_path


def run(command: object, *argv: str) -> int:
    parser = argparse.ArgumentParser()
    command.configure(parser)  # type: ignore[attr-defined]
    return int(command.run(parser.parse_args(argv)))  # type: ignore[attr-defined]


def queue(home: Path) -> int:
    store = Store(f"sqlite:///{home / 'home' / 'clearlane.sqlite'}")
    try:
        return store.page(ItemFilter(status=None), offset=0, limit=1).total
    finally:
        store.close()


def test_score_prints_a_json_object_a_line_and_stores_nothing(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(score_command, "--format", "json", str(home / "files")) == 0
    claim, payment = map(json.loads, capsys.readouterr().out.splitlines())
    assert (claim["kind"], claim["lane"]) == ("denial-risk", "review")
    assert (payment["kind"], payment["lane"], payment["proposed_claim_id"]) == (
        "remittance-match",
        "auto",
        "A-1001",
    )
    assert not (home / "home").exists()


def test_score_prints_a_table(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    assert run(score_command, str(home / "files")) == 0
    assert "remittance-match" in capsys.readouterr().out


def test_a_file_of_something_else_is_passed_over_and_told(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "files" / "notes.txt").write_text("nothing here")
    assert run(score_command, str(home / "files")) == 1
    assert "notes.txt" in capsys.readouterr().err


def test_nothing_but_other_files_is_an_error(home: Path) -> None:
    (home / "notes.txt").write_text("nothing here")
    for command in (score_command, load_command):
        with pytest.raises(MissingDataError, match="no X12 file"):
            run(command, str(home / "notes.txt"))


def test_load_fills_the_queue_once(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        assert run(load_command, str(home / "files")) == 0
    assert queue(home) == 2
    assert "files loaded before" in capsys.readouterr().out


def test_a_backlog_is_there_to_be_matched_against(home: Path) -> None:
    assert run(load_command, "--backlog", str(home / "files" / "a.837")) == 0
    assert queue(home) == 0
    assert run(load_command, str(home / "files" / "b.835")) == 0
    assert queue(home) == 1
