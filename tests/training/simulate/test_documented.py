"""The page on the simulated network names every file and every column that is written."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from training.simulate.scenarios import SCENARIOS

PAGE = (Path(__file__).parents[3] / "docs" / "simulated-network.md").read_text(encoding="utf-8")


def test_every_file_and_folder_is_named(folder: Path) -> None:
    for path in (*folder.iterdir(), *(folder / "truth").iterdir()):
        assert f"`{path.name}" in PAGE or f"`{path.name}/" in PAGE


def test_every_column_is_named_with_its_file(folder: Path) -> None:
    tables = sorted(folder.rglob("*.csv"))
    assert len(tables) == 20
    for path in tables:
        with path.open(encoding="utf-8") as stream:
            columns = next(csv.reader(stream))
        entries = [entry for entry in PAGE.split("\n- ") if f"`{path.name}`" in entry.split(":")[0]]
        assert any(all(f"`{column}`" in entry for column in columns) for entry in entries), path.name


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_scenario_is_named(scenario: str) -> None:
    assert f"`{scenario}`" in PAGE
