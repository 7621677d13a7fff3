"""What BENCHMARK.md shows can be done as it is shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.training.benchmarks.conftest import Asked
from training.benchmarks import command
from training.benchmarks.denial.task import checked, split
from training.benchmarks.protocols import named
from training.benchmarks.runner import apart, here
from training.datasets import Dataset

PAGE = (Path(__file__).parents[3] / "BENCHMARK.md").read_text(encoding="utf-8")
EXAMPLE = "\n".join(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL))


@pytest.fixture
def _own_method(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page's example as ``own_method.py``, where Python finds it."""
    (tmp_path / "own_method.py").write_text(EXAMPLE, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.syspath_prepend(tmp_path)


@pytest.mark.usefixtures("_own_method")
def test_the_example_for_matching_answers_in_a_process_of_its_own(simulated: Path) -> None:
    answered = apart("matching", "own_method:ByMemberAndCharge", simulated, seed=1)
    assert sum(bool(one) for one in answered.answers) > 0.5 * len(answered.answers)
    assert answered.memory is not None
    assert answered.answer_seconds > 0


@pytest.mark.usefixtures("_own_method")
def test_the_example_for_denial_answers_for_every_claim(dataset: Dataset) -> None:
    given = split(dataset, seed=1)
    answered = here("denial", named("own_method:ByPayer"), given)
    assert len(set(checked(answered.answers, given).tolist())) > 3


def test_every_benchmark_is_on_the_page() -> None:
    shown = set(re.findall(r"training benchmark ([\w-]+)", PAGE))
    assert shown == set(command.BENCHMARKS)


def test_every_option_of_the_page_exists(asked: Asked) -> None:
    known = {f"--{name.replace('_', '-')}" for name in vars(asked("x12"))}
    assert set(re.findall(r"`?(--[a-z][a-z-]*)", PAGE)) <= known


def test_the_page_links_and_names_files_that_are_there() -> None:
    for path in re.findall(r"`((?:training|features)/[\w/.]+)`", PAGE):
        assert (Path(__file__).parents[3] / path).exists(), path
