"""The measuring of the simulator."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from training.benchmarks.simulation import run


def test_both_sizes_are_measured_and_written_with_the_digest_of_the_data(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(argparse.Namespace(claims=60, seed=3, out=tmp_path))
    shown = capsys.readouterr().out
    assert "1,000,000 claims would need about" in shown
    found = json.loads((tmp_path / "simulation-seed-3.json").read_text(encoding="utf-8"))
    assert [row["method"] for row in found["rows"]] == ["60 claims", "300 claims"]
    assert all(row["figures"]["claims_per_second"]["value"] > 0 for row in found["rows"])
    assert len(found["data_sha256"]) == 64
