"""Plots are drawn without a window, the same bytes for the same numbers, even where there is little to draw."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from training.plots import precision_coverage, reliability

PNG = b"\x89PNG"


def numbers(rows: int) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(3)
    probability = generator.beta(1, 6, rows)
    return probability, (generator.random(rows) < probability).astype(int)


@pytest.mark.parametrize("rows", [1, 30, 2_000])
def test_both_plots_are_drawn_from_few_rows_and_from_many(rows: int, tmp_path: Path) -> None:
    probability, outcome = numbers(rows)
    reliability(tmp_path / "r.png", probabilities=probability, outcomes=outcome, title="Risk")
    precision_coverage(
        tmp_path / "p.png",
        confidence=1 - probability,
        errors=outcome,
        title="Released",
        alpha=0.1,
        thresholds={"under-1000": 0.9, "1000-to-10000": 0.95},
    )
    for name in ("r.png", "p.png"):
        assert (tmp_path / name).read_bytes().startswith(PNG)


def test_the_same_numbers_give_the_same_bytes(tmp_path: Path) -> None:
    probability, outcome = numbers(500)
    for name in ("a.png", "b.png"):
        reliability(tmp_path / name, probabilities=probability, outcomes=outcome, title="Risk")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
