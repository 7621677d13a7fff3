"""A result names the versions of all that was compared, so that a second run can be held against it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from training.benchmarks.results import PACKAGES

PROJECT = Path(__file__).parents[3] / "pyproject.toml"


def test_every_package_that_a_benchmark_compares_with_is_named_in_its_results() -> None:
    optional = tomllib.loads(PROJECT.read_text())["project"]["optional-dependencies"]
    peers = {re.split(r"[^\w-]", one)[0] for one in optional["peers"]}
    assert "mapie" in peers
    assert peers <= set(PACKAGES)
