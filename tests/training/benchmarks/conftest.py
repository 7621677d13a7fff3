"""What the tests of the benchmarks share."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import pytest

from training.benchmarks import command

Asked = Callable[..., argparse.Namespace]


@pytest.fixture
def asked(simulated: Path, tmp_path: Path) -> Asked:
    """The arguments of a benchmark on the small simulated folder, in this process, written to a scratch folder."""

    def arguments(*given: str) -> argparse.Namespace:
        parser = argparse.ArgumentParser()
        command.configure(parser)
        fixed = ["--data", str(simulated), "--seed", "7", "--out", str(tmp_path / "out"), "--in-process"]
        return parser.parse_args([*given, *fixed])

    return arguments
