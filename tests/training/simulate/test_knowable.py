"""What could be known of a denial: the mean of what it is drawn from, and not what no file shows."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from training.simulate.network_run import Run


@pytest.fixture(scope="module")
def run() -> Run:
    return Run(claims=2500, seed=5, start=date(2023, 1, 1), end=date(2023, 12, 31))


@pytest.fixture(scope="module")
def told(run: Run) -> dict[str, np.ndarray]:
    """Drawn, without luck, without what is hidden, denied, and whether something hidden was against the claim."""
    rows = [
        (decision.probability, *known, decision.denied, claim.not_covered)
        for day in run.days()
        for (claim, decision), known in zip(day.decided, day.knowable, strict=True)
    ]
    names = ("drawn", "without_luck", "without_hidden", "denied", "not_covered")
    return dict(zip(names, np.array(rows, dtype=np.float64).T, strict=True))


def test_every_probability_lies_between_0_and_1_and_none_is_off_on_average(
    told: dict[str, np.ndarray],
) -> None:
    for name in ("drawn", "without_luck", "without_hidden"):
        assert ((told[name] > 0) & (told[name] < 1)).all()
        assert told[name].mean() == pytest.approx(told["drawn"].mean(), abs=0.008)


def test_the_less_is_known_the_farther_from_what_was_drawn(told: dict[str, np.ndarray]) -> None:
    luck, hidden = (np.abs(told["drawn"] - told[name]).mean() for name in ("without_luck", "without_hidden"))
    assert 0 < luck < hidden


def test_coverage_that_ended_unheard_of_is_not_known(told: dict[str, np.ndarray]) -> None:
    gaps = told["not_covered"] > 0
    assert gaps.any()
    assert told["without_luck"][gaps].min() >= 0.6
    assert told["without_hidden"][gaps].mean() < 0.5


def test_asking_what_is_known_leaves_the_network_as_it_was(run: Run, told: dict[str, np.ndarray]) -> None:
    again = Run(claims=2500, seed=5, start=date(2023, 1, 1), end=date(2023, 12, 31))
    drawn = [decision.probability for day in again.days() for _, decision in day.decided]
    assert told["drawn"].tolist() == drawn
    assert run.seed == again.seed
