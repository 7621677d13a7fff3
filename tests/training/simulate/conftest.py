"""One small network for all tests, in memory and on disk."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from training.simulate import files
from training.simulate.network_run import Simulated, simulate

START, END = date(2022, 12, 31), date(2025, 12, 31)
SMALL = 400


@pytest.fixture(scope="session")
def network() -> Simulated:
    """2,000 claims in memory: enough for rates to settle."""
    return simulate(claims=2000, seed=11, start=START, end=END)


@pytest.fixture(scope="session")
def small() -> Simulated:
    """What the folder holds."""
    return simulate(claims=SMALL, seed=7, start=START, end=END)


@pytest.fixture(scope="session")
def folder(small: Simulated, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """400 claims as files."""
    path = tmp_path_factory.mktemp("simulated") / "data"
    files.write(path, small, seed=7, last_day=END)
    return path
