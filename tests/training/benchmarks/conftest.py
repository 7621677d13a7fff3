"""What the tests of the benchmarks share."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from training.benchmarks import command

Asked = Callable[..., argparse.Namespace]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few repeats of the controls; and one thread, for two wait for each other on a busy machine."""
    monkeypatch.setattr("training.benchmarks.denial.control.SHUFFLES", 2)
    monkeypatch.setattr("training.benchmarks.denial.ceiling.ROUNDS", 50)
    monkeypatch.setattr("training.benchmarks.matching.controls.SHUFFLES", 2)
    monkeypatch.setattr("training.benchmarks.matching.controls.ROUNDS", 60)
    monkeypatch.setattr("training.benchmarks.matching.providers.ROUNDS", 60)
    monkeypatch.setattr("training.benchmarks.difficulty.booster.ROUNDS", 25)
    monkeypatch.setattr("training.denial_fit.THREADS", 1)
    monkeypatch.setattr("training.benchmarks.denial.linear.PENALTIES", (0.03,))
    if find_spec("interpret"):
        monkeypatch.setattr("training.benchmarks.denial.ebm_peer.BAGS", 1)
        monkeypatch.setattr("training.benchmarks.denial.ebm_peer.Ebm.pairs", 0)
    if find_spec("splink"):
        monkeypatch.setattr("training.benchmarks.matching.splink_peer.PAIRS", 100_000)


@pytest.fixture
def asked(simulated: Path, tmp_path: Path) -> Asked:
    """The arguments of a benchmark on the small simulated folder, in this process, written to a scratch folder."""

    def arguments(*given: str) -> argparse.Namespace:
        parser = argparse.ArgumentParser()
        command.configure(parser)
        fixed = ["--data", str(simulated), "--seed", "7", "--out", str(tmp_path / "out"), "--in-process"]
        return parser.parse_args([*given, *fixed])

    return arguments
