"""Fit the trees of ``models.recovery_trees``: few leaves, and categories that speak only where they are frequent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import lightgbm as lgb

from features.recovery_columns import Floats, Rows
from models.recovery_trees import PERIOD, Trees, matrix_of

ROUNDS = 150
HALF_LIFE = (
    8.0  # periods after which a row counts half; like the other figures chosen on 2009 to 2014 of the reviews
)
FEWEST = 5  # rows of a value that the trees are told of
PARAMETERS: Mapping[str, Any] = {
    "objective": "binary",
    "num_leaves": 8,
    "learning_rate": 0.03,
    "min_data_in_leaf": 20,
    "cat_smooth": 20.0,
    "cat_l2": 10.0,
    "max_cat_threshold": 32,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "verbosity": -1,
    "num_threads": 2,
    "deterministic": True,
    "force_row_wise": True,
}


def fit_trees(rows: Rows, outcomes: Floats, *, seed: int, rounds: int = ROUNDS) -> Trees:
    """Learn from rows and their outcomes, (n,) of 0 or 1."""
    vocabulary = {name: _frequent(rows.keys(name)) for name in rows.columns.categorical}
    last = int(rows.period.max())
    data = lgb.Dataset(
        matrix_of(rows, vocabulary, last),
        outcomes,
        weight=0.5 ** ((last - rows.period) / HALF_LIFE),
        feature_name=[*rows.columns.categorical, *rows.columns.ordinal, PERIOD],
        categorical_feature=list(rows.columns.categorical),
        params={"verbosity": -1},
    )
    return Trees(lgb.train({**PARAMETERS, "seed": seed}, data, num_boost_round=rounds), vocabulary, last)


def _frequent(keys: list[str]) -> list[str]:
    """The most frequent first; ties by the text, so that the order is always the same."""
    counts = Counter(keys)
    return sorted((key for key, count in counts.items() if count >= FEWEST), key=lambda k: (-counts[k], k))
