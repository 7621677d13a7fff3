"""The estimator of overturned denials, on made rows: drift, rare values, missing cells, saving, and later levels."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy.special import expit

from features.errors import BadInputError, MissingDataError
from features.recovery_columns import Columns, Floats, Rows
from models.recovery_chance import Chance
from training.metrics import auc
from training.recovery_chance import fit_chance, shift
from training.recovery_drift import followed, months_of
from training.recovery_lookup import RecoveryLookup

COLUMNS = Columns(("outer", "inner", "kind"), ("size",), within=(("inner", "outer"),))
ROWS = 1_600


@cache
def made() -> tuple[Rows, Floats, Floats]:
    """Rows of eight periods, their true chances, and outcomes; the level rises from period to period."""
    rng = np.random.default_rng(3)
    outer, inner = rng.integers(0, 4, ROWS), rng.integers(0, 5, ROWS)
    kind, period = rng.integers(0, 2, ROWS), np.sort(rng.integers(2000, 2008, ROWS))
    size = rng.normal(size=ROWS)
    effects = rng.normal(0, 1.0, (4, 5))
    chance = expit(effects[outer, inner] + 0.5 * kind - 0.4 * size + 0.15 * (period - 2004))
    texts = {
        "outer": [f"o{value}" for value in outer],
        "inner": [f"i{value}" for value in inner],
        "kind": [f"k{value}" for value in kind],
    }
    rows = Rows.of(COLUMNS, texts, {"size": size.tolist()}, period)
    return rows, chance, (rng.random(ROWS) < chance).astype(np.float64)


@cache
def fitted() -> Chance:
    rows, _, outcomes = made()
    earlier = rows.period < 2007
    return fit_chance(rows.take(earlier), outcomes[earlier], seed=1)


def later() -> tuple[Rows, Floats, Floats]:
    rows, chance, outcomes = made()
    these = rows.period == 2007
    return rows.take(these), chance[these], outcomes[these]


def test_later_rows_are_ranked_nearly_as_well_as_by_the_truth() -> None:
    rows, chance, outcomes = later()
    whole = np.ones((1, outcomes.size))
    reached = auc(fitted().probabilities(rows), outcomes, whole)[0] - 0.5
    assert reached > 0.8 * (auc(chance, outcomes, whole)[0] - 0.5)


def test_the_newest_level_is_used_for_later_rows() -> None:
    rows, _, outcomes = made()
    newest = outcomes[rows.period == 2006].mean()
    said = fitted().probabilities(later()[0]).mean()
    assert abs(said - newest) < abs(outcomes[rows.period < 2007].mean() - newest)


def test_unseen_values_and_missing_cells_have_a_chance_too() -> None:
    rows = Rows.of(
        COLUMNS,
        {"outer": ["o1", "never", None], "inner": ["never", None, "i1"], "kind": [None, "k1", "never"]},
        {"size": [float("nan"), 0.0, 99.0]},
        [2007, 2007, 1900],
    )
    probability, low, high = fitted().with_intervals(rows)
    assert np.isfinite(probability).all()
    assert ((low <= probability) & (probability <= high)).all()


def test_a_saved_estimator_says_the_same() -> None:
    chance, rows = fitted(), later()[0]
    again = Chance.from_parts(chance.to_plain(), chance.to_arrays(), chance.boosters())
    assert np.array_equal(again.probabilities(rows), chance.probabilities(rows))


def test_the_same_seed_gives_the_same_estimator() -> None:
    rows, _, outcomes = made()
    earlier = rows.period < 2007
    again = fit_chance(rows.take(earlier), outcomes[earlier], seed=1)
    assert np.array_equal(again.probabilities(later()[0]), fitted().probabilities(later()[0]))


def test_rows_of_one_period_are_refused() -> None:
    rows, _, outcomes = made()
    with pytest.raises(MissingDataError, match="too few"):
        fit_chance(rows.take(rows.period == 2003), outcomes[rows.period == 2003])


def test_rows_without_a_column_are_refused() -> None:
    with pytest.raises(BadInputError, match="size"):
        Rows.of(COLUMNS, {"outer": ["a"], "inner": ["b"], "kind": ["c"]}, {}, [2000])


def test_the_lookup_table_falls_back_to_the_wider_cell() -> None:
    rows, _, outcomes = made()
    table = RecoveryLookup.fit(rows, outcomes, [("outer",), ("inner",)])
    unseen = Rows.of(COLUMNS, {"outer": ["?"], "inner": ["?"], "kind": ["?"]}, {"size": [0.0]}, [2007])
    assert table(unseen)[0] == pytest.approx(outcomes.mean())


def test_a_followed_level_knows_only_what_came_before() -> None:
    odds, month = np.zeros(600), np.repeat(np.arange(12), 50)
    outcomes = np.ones(600)
    said = followed(odds, outcomes, month)
    assert (said[month < 2] == 0.5).all()  # nothing is known yet
    assert said[month == 11].min() > 0.9
    changed = outcomes.copy()
    changed[month >= 10] = 0.0
    assert np.array_equal(followed(odds, changed, month)[month <= 11], said[month <= 11])


def test_months_are_equal_parts_of_a_period_in_the_order_of_the_numbers() -> None:
    month = months_of(np.full(24, 2015), np.arange(24)[::-1].astype(np.float64))
    assert month[-1] == 2015 * 12
    assert (np.bincount(month - 2015 * 12) == 2).all()


def test_a_shift_puts_the_level_right() -> None:
    odds = np.linspace(-2, 2, 400)
    outcomes = (np.random.default_rng(0).random(400) < expit(odds + 1)).astype(np.float64)
    assert expit(odds + shift(odds, outcomes)).mean() == pytest.approx(outcomes.mean(), abs=1e-6)
