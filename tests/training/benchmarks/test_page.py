"""What BENCHMARK.md shows can be done as it is shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.training.benchmarks.conftest import Asked
from training import datasets
from training.benchmarks import command
from training.benchmarks.denial.task import checked, split
from training.benchmarks.runner import apart

PAGE = (Path(__file__).parents[3] / "BENCHMARK.md").read_text(encoding="utf-8")
EXAMPLE = "\n".join(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL))


@pytest.fixture
def _own_method(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page's example as ``own_method.py``, where Python finds it."""
    (tmp_path / "own_method.py").write_text(EXAMPLE, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


@pytest.mark.usefixtures("_own_method")
def test_the_examples_answer_for_every_payment_and_claim_of_the_small_folder(simulated: Path) -> None:
    ranked = apart("matching", "own_method:ByMemberAndCharge", simulated, seed=1)
    assert sum(bool(one) for one in ranked.answers) > 0.5 * len(ranked.answers)
    assert ranked.memory is not None
    risks = apart("denial", "own_method:ByPayer", simulated, seed=1)
    given = split(datasets.load(simulated), seed=1)
    assert len(set(checked(risks.answers, given).tolist())) > 3


def test_every_benchmark_is_on_the_page() -> None:
    shown = set(re.findall(r"training benchmark ([\w-]+)", PAGE))
    assert shown == set(command.BENCHMARKS)


def test_every_option_of_the_page_exists(asked: Asked) -> None:
    known = {f"--{name.replace('_', '-')}" for name in vars(asked("x12"))}
    assert set(re.findall(r"`?(--[a-z][a-z-]*)", PAGE)) <= known


def test_the_page_links_and_names_files_that_are_there() -> None:
    for path in re.findall(r"`((?:training|features)/[\w/.]+)`", PAGE):
        assert (Path(__file__).parents[3] / path).exists(), path
