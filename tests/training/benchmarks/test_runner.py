"""A method is found by its name, asked in a process of its own, and kept from the truth."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from features.errors import BadInputError
from tests.training.benchmarks.conftest import Asked
from training.benchmarks import command
from training.benchmarks.matching.methods import Rule
from training.benchmarks.protocols import named
from training.benchmarks.runner import apart

SEALED = """
from pathlib import Path
from training.benchmarks.runner import seal
seal()
Path({allowed!r}).read_text()
Path({truth!r}).read_text()
"""


def test_a_method_is_found_by_module_and_class() -> None:
    assert isinstance(named("training.benchmarks.matching.methods:Rule"), Rule)
    for wrong in (
        "",
        "no_such_module:Method",
        "training.benchmarks.runner:Nobody",
        "training.benchmarks.runner:seal",
    ):
        with pytest.raises(BadInputError):
            named(wrong)


def test_a_sealed_process_opens_no_truth(tmp_path: Path) -> None:
    (tmp_path / "truth").mkdir()
    allowed, truth = tmp_path / "claims.837", tmp_path / "truth" / "claims.csv"
    for path in (allowed, truth):
        path.write_text("x", encoding="ascii")
    program = SEALED.format(allowed=str(allowed), truth=str(truth))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert (
        done.stderr.rstrip()
        .splitlines()[-1]
        .endswith("a method may not open the truth: learn from the history")
    )
    assert "claims.837" not in done.stderr


def test_a_method_that_fails_is_a_users_error(simulated: Path) -> None:
    with pytest.raises(BadInputError, match="the method failed"):
        apart("denial", "no_such_module:Method", simulated, seed=1)


def test_a_method_of_ones_own_enters_only_where_there_is_a_protocol(asked: Asked) -> None:
    with pytest.raises(BadInputError, match="--method goes with"):
        command.run(asked("x12", "--method", "own_method:Mine"))
