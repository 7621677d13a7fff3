"""The leak test: it says how hard the data is, and a shortcut that works is found and named."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from features.denial_risk import COLUMNS
from features.match_pairs import PAIR_FEATURES
from tests.support.builders import make_claim
from tests.training.benchmarks.conftest import Asked
from training.benchmarks.denial.task import split
from training.benchmarks.difficulty import denial, matching
from training.benchmarks.difficulty.benchmark import run
from training.benchmarks.difficulty.booster import learnt
from training.benchmarks.repeats import Mean
from training.datasets import Dataset
from training.denial_labels import label
from training.metrics import auc

CHANCE = Mean(0.50, 0.47, 0.53)


def test_it_tries_every_column_and_group_for_both_tasks(
    asked: Asked, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(asked("difficulty")) == 0
    shown = capsys.readouterr().out
    for wanted in ("oracle", "file order", "identifiers", "lengths", "padding and format", "payer's numbering",
                   "shuffled labels", "single columns below"):  # fmt: skip
        assert wanted in shown
    written = json.loads((tmp_path / "out/difficulty-seed-7.json").read_text())
    methods = {row["method"] for row in written["rows"]}
    assert {f"denial: column {name}" for name in COLUMNS} < methods
    assert {f"matching: column {name}" for name in PAIR_FEATURES} < methods
    f1 = {row["method"]: row["figures"].get("best_f1", {}).get("value") for row in written["rows"]}
    assert f1["matching: model"] > f1["matching: column control_same"] > f1["matching: random pick"]


def test_a_number_that_counts_denials_is_found(dataset: Dataset) -> None:
    """Claim numbers whose last digit tells the outcome: the group of identifiers must see it."""
    labels = label(dataset)
    leaking = [
        make_claim(claim_id=f"{1000 + row}{7 if denied else row % 6}", source=claim.source)
        for row, (claim, denied) in enumerate(zip(labels.claims, labels.denied, strict=True))
    ]
    half = len(leaking) // 2
    given = split(dataset, seed=1)
    history = replace(given.history, claims=tuple(leaking[:half]), denied=labels.denied[:half])
    leaky = replace(given, history=history, claims=tuple(leaking[half:]))
    said = denial.groups(replace(dataset, claims=tuple(leaking)), leaky, seed=1)
    denied = np.asarray(labels.denied[half:], dtype=np.float64)
    reached = {name: float(auc(one, denied, np.ones((1, denied.size)))[0]) for name, one in said.items()}
    assert reached["identifiers"] > 0.95
    assert reached["lengths"] < 0.6


def test_the_bars_of_denial_name_the_shortcut_and_the_oracle() -> None:
    generator = np.random.default_rng(1)
    risk = generator.beta(0.6, 2.0, size=3_000)
    denied = (generator.random(3_000) < risk).astype(np.float64)
    noisy = np.clip(risk + generator.normal(0, 0.4, size=3_000), 0, 1)
    honest = {"oracle": risk, "model": noisy, "plain LightGBM": noisy}
    found = denial.Difficulty(honest, {"file order": generator.random(3_000)}, denied, CHANCE)
    assert denial.misses(found, seed=1) == []
    leaky = replace(found, shortcuts={"file order": risk}, control=Mean(0.6, 0.55, 0.65))
    assert denial.misses(leaky, seed=1) == [
        "denial: the shortcut 'file order' reaches what the honest model reaches, by the paired interval",
        "denial: shuffled labels teach something",
    ]
    easy = replace(found, honest=honest | {"oracle": denied})
    assert denial.misses(easy, seed=1) == ["denial: the oracle's AUC is 1.000, not within 0.80 to 0.88"]


def figures(value: float) -> Mapping[str, float]:
    return {"best_f1": value, "best_f1_low": value - 0.01, "best_f1_high": value + 0.01}


def test_the_bars_of_matching_name_the_shortcut() -> None:
    found = matching.Difficulty({"model": figures(0.97)}, {"lengths": figures(0.8)}, Mean(0.0, -0.1, 0.1))
    assert matching.misses(found) == []
    leaky = replace(found, shortcuts={"lengths": figures(0.96)}, control=Mean(0.2, 0.1, 0.3))
    assert matching.misses(leaky) == [
        "matching: the shortcut 'lengths' reaches what the honest model reaches",
        "matching: shuffled labels teach something",
    ]


def test_a_column_of_noise_teaches_nothing_and_one_that_tells_all_teaches_all() -> None:
    generator = np.random.default_rng(1)
    outcome = (generator.random(2_000) < 0.2).astype(np.float64)
    noise = generator.random((2_000, 1))
    whole = np.ones((1, 1_000))
    blind = learnt(noise[:1_000], outcome[:1_000], noise[1_000:], seed=1)
    assert abs(float(auc(blind, outcome[1_000:], whole)[0]) - 0.5) < 0.08
    telling = outcome[:, None] + 1
    seeing = learnt(telling[:1_000], outcome[:1_000], telling[1_000:], seed=1)
    assert float(auc(seeing, outcome[1_000:], whole)[0]) == 1.0
