"""Several networks together: means at every depth, and what is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from features.errors import BadInputError
from training.benchmarks.denial import summary
from training.benchmarks.denial.benchmark import PARTS
from training.benchmarks.parts import Part, chosen, missed_of


def parts(auc: float, *, missed: list[str]) -> list[Part]:
    figures = {
        "methods": {"model": {"auc": auc, "auc_low": 0.1, "auc_high": 0.9}},
        "denied": 3, "sure": True, "payers": {f"payer {auc}": {"ece": 0.1}},
    }  # fmt: skip
    return [Part("risk", [], figures, missed), Part("speed", [], {"claims_a_second": 100.0})]


SEEDS = {11: parts(0.7, missed=["too low"]), 12: parts(0.8, missed=[])}


def test_every_number_that_all_networks_have_gets_a_mean_with_its_interval_over_networks() -> None:
    found = summary.over_seeds(SEEDS)
    model = found["risk"]["methods"]["model"]
    assert model["auc"] == pytest.approx(0.75)
    assert (
        model["auc_low"] < 0.7 < 0.8 < model["auc_high"]
    )  # two networks say little, whatever each is sure of
    assert found["risk"]["denied"] == 3
    assert "payers" not in found["risk"]
    assert "sure" not in found["risk"]
    assert found["speed"]["claims_a_second"] == 100


def test_the_summary_names_the_seeds_and_what_each_missed(tmp_path: Path) -> None:
    figures = summary.over_seeds(SEEDS)
    written = json.loads(summary.write(tmp_path, "denial", SEEDS, figures).read_text())
    assert written["seeds"] == [11, 12]
    assert written["missed"] == {"11": ["risk: too low"], "12": []}
    assert written["parts"]["risk"]["methods"]["model"]["auc"] == pytest.approx(0.75)


def test_there_is_a_table_of_single_figures_and_one_of_each_group() -> None:
    shown = list(summary.tables(summary.over_seeds(SEEDS), [11, 12]))
    titles = [str(one.title) for one in shown]
    assert [title.split(":")[0] for title in titles] == ["risk", "risk", "speed"]
    assert all("11, 12" in title for title in titles)


def test_parts_come_in_their_order_and_no_other_is_taken() -> None:
    assert chosen("denial", PARTS, ["speed", "category", "risk"]) == ("risk", "category", "speed")
    with pytest.raises(BadInputError, match="no such part"):
        chosen("denial", PARTS, ["risks"])


def test_a_missed_bar_stands_behind_the_name_of_its_part() -> None:
    assert missed_of(SEEDS[11]) == ["risk: too low"]
