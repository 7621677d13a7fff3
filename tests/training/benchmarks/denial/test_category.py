"""Part category: rankings judged by the truth, and the baselines by counting."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.training.benchmarks.conftest import Asked
from training.benchmarks.denial import category
from training.benchmarks.denial.category import MODEL, PAYER, ahead, baselines, tops
from training.benchmarks.denial.common_reasons import CommonReasons, denied_before
from training.benchmarks.denial.parts import Task
from training.benchmarks.denial.task import Split, split
from training.datasets import Dataset


@pytest.fixture(scope="module")
def given(dataset: Dataset) -> Split:
    return split(dataset, seed=1)


def test_the_first_and_the_first_three_count_with_exact_intervals() -> None:
    found = tops([["a", "b", "c", "d"], ["b", "a"], ["d"], []], ["a", "a", "a", "a"])
    assert (found["top_1"], found["top_3"]) == (0.25, 0.5)
    assert found["top_1_low"] < 0.25 < found["top_1_high"]


def test_the_model_is_compared_on_the_same_denials() -> None:
    ranked = {MODEL: [["a"]] * 60, PAYER: [["a"]] * 30 + [["b"]] * 30}
    gap = ahead(ranked, PAYER, ["a"] * 60, seed=1)
    assert gap["top_1"] == 0.5
    assert 0.3 < gap["top_1_low"] < 0.5 < gap["top_1_high"] < 0.7


def test_only_denials_known_before_the_window_teach_a_baseline(given: Split) -> None:
    claims, reasons = denied_before(given.history)
    assert len(claims) == sum(answer.denied for answer in given.history.all_answers)
    assert all(reason and "-" not in reason for reason in reasons)


def test_a_baseline_ranks_by_frequency_and_goes_on_with_the_coarser_key(given: Split) -> None:
    one, two = given.claims[0], next(c for c in given.claims if c.payer_id != given.claims[0].payer_id)
    common = CommonReasons([lambda claim: claim.payer_id], [one, one, one, two, two, two], list("aabccd"))
    assert common.rank(one) == ["a", "b", "c", "d"]
    assert common.rank(two) == ["c", "d", "a", "b"]


def test_every_baseline_ranks_every_claim(given: Split) -> None:
    ranked = baselines(given, given.claims[:20], str)
    assert list(ranked) == ["payer's", "payer and procedure's", "most common of all"]
    for one in ranked.values():
        assert all(len(set(best)) == len(best) > 3 for best in one)


def test_the_part_judges_categories_and_carcs(asked: Asked, simulated: Path, dataset: Dataset) -> None:
    part = category.measure(Task(asked("denial"), simulated, dataset, 7))
    for kind in ("category", "carc"):
        for figures in part.figures[kind].values():
            assert 0 <= figures["top_1"] <= figures["top_3"] <= 1
        assert part.figures[kind][PAYER]["top_3"] > 0
    assert part.figures["category"][PAYER]["top_1"] >= part.figures["carc"][PAYER]["top_1"]
    assert len(part.tables) == 3
