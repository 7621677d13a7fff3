"""A folder that is loaded may hold JSON of other systems beside its X12."""

from __future__ import annotations

from pathlib import Path

import pytest

from serving.__main__ import main
from tests.support.small_x12 import professional


def test_a_manifest_beside_x12_is_passed_over_and_the_rest_is_loaded(
    tmp_path: Path, default_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "claims.837").write_bytes(professional())
    (folder / "manifest.json").write_text('{"claims": 20000, "seed": 7}', encoding="utf-8")
    monkeypatch.setenv("CLEARLANE_DATABASE_URL", default_url)
    commands = {"load": "serving.load_command"}
    status = main(prog="s", description="", commands=commands, argv=["load", "--without-models", str(folder)])
    printed = capsys.readouterr()
    assert status == 1
    assert "passed over, as it is no X12" in printed.err
    assert "manifest.json" in printed.err
    assert "claims.837" not in printed.err
    assert "files loaded" in printed.out
