"""Benchmark records: its protocol on small sets, its measures, and what it says without samples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from features.commandline import main
from features.records.pair_files import PairRows
from training.benchmarks.records.ours import halves, published
from training.benchmarks.records.scores import against_truth, f1_figures, with_oracle
from training.benchmarks.records.sets import PARTS, PairSet, febrl4, pair_set, person, samples_folder


def rows(*pairs: tuple[int, int]) -> PairRows:
    left, right = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
    return PairRows(left, right)


def test_f1_is_the_harmonic_mean_of_precision_and_recall_with_an_interval_around_it() -> None:
    called = np.array([True, True, True, False] * 50)
    labels = np.array([1.0, 1.0, 0.0, 1.0] * 50)
    figures = f1_figures(called, labels, seed=1)
    assert figures["precision"] == pytest.approx(100 * 2 / 3)
    assert figures["recall"] == pytest.approx(100 * 2 / 3)
    assert figures["f1"] == pytest.approx(100 * 2 / 3)
    assert figures["f1_low"] < figures["f1"] < figures["f1_high"]


def test_a_true_pair_that_no_candidate_holds_counts_as_missed() -> None:
    confidence, labels = against_truth(rows((0, 0), (0, 1)), np.array([0.9, 0.8]), rows((0, 0), (1, 1)))
    assert confidence.tolist() == [0.9, 0.8, 0.0]
    assert labels.tolist() == [1.0, 0.0, 1.0]


def test_the_oracle_never_calls_what_was_not_found() -> None:
    called = with_oracle(np.array([0.9, 0.0, 0.0]), np.array([1.0, 1.0, 1.0]))
    assert called.tolist() == [True, False, False]


def test_without_samples_the_benchmark_says_what_it_needs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.delenv("CLEARLANE_SAMPLES", raising=False)
    commands = {"benchmark": "training.benchmarks.command"}
    argv = ["benchmark", "records", "--out", str(tmp_path / "out")]
    assert main(prog="python -m training", description="", commands=commands, argv=argv) == 2
    assert "--samples DIR" in capsys.readouterr().err
    argv = ["benchmark", "records", "--samples", str(tmp_path)]
    assert main(prog="python -m training", description="", commands=commands, argv=argv) == 2
    assert "has no matching sets" in capsys.readouterr().err


def test_no_person_of_febrl4_is_in_both_halves(samples: Path) -> None:
    cut = halves(febrl4(samples_folder(samples), with_number=False), seed=3)
    learnt, judged = (
        {person(name) for name in part.left.ids + part.right.ids} for part in (cut.learnt, cut.judged)
    )
    assert not learnt & judged
    assert len(learnt) + len(judged) == 5_000
    assert len(cut.learnt.truth) == len(learnt)
    assert all(
        person(cut.judged.left.ids[a]) == person(cut.judged.right.ids[b])
        for a, b in zip(cut.judged.truth.left, cut.judged.truth.right, strict=True)
    )


def test_a_published_set_is_learnt_and_shuffled_labels_teach_nothing(samples: Path) -> None:
    beer = pair_set(samples_folder(samples), "Beer")
    assert [len(beer.parts[part][0]) for part in PARTS] == [268, 91, 91]
    assert published(beer, seed=1).figures["f1"] > 60
    assert shuffled_f1(beer) < 30


def shuffled_f1(given: PairSet) -> float:
    return published(given, seed=1, shuffled=True).figures["f1"]
