"""Part speed, on few claims: it measures what it says, and tells when the bar is missed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.training.benchmarks.conftest import Asked
from training.benchmarks.denial import speed
from training.benchmarks.denial.parts import Task
from training.datasets import Dataset


def test_claims_are_scored_together_and_one_by_one(
    asked: Asked, simulated: Path, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speed, "MANY", 300)
    monkeypatch.setattr(speed, "ONE_BY_ONE", 50)
    figures = speed.measure(Task(asked("denial"), simulated, dataset, 7)).figures
    assert figures["claims"] == 300
    assert figures["claims_a_second"] * figures["seconds"] == pytest.approx(300)
    assert 0 < figures["online_median_ms"] <= figures["online_p99_ms"]


def test_the_bar_is_on_the_median_of_one_claim() -> None:
    assert not speed.misses({"online_median_ms": 1.9, "online_p99_ms": 30.0})
    assert speed.misses({"online_median_ms": 2.0, "online_p99_ms": 2.0})
