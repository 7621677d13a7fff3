"""Fit the deposit-match model: the booster on earlier examples, the softmax on later ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from features.deposits.books import Books
from features.deposits.pairs import FEATURES, Pairs
from features.errors import MissingDataError
from models.deposit_match import DepositMatchModel, raw_log_odds
from models.match_softmax import MatchSoftmax
from training.deposits.examples import Example, examples

FEWEST = 200  # examples
FIT_SHARE = 0.65  # of the examples, the earlier ones; the softmax learns from the rest
ROUNDS = 120
# What can only speak for a tie, and what only against it: the few late or odd examples must not teach otherwise.
FOR = (
    "number_same", "number_cut", "number_similarity", "amount_same", "company_id_same", "name_similarity",
    "sent_share", "crude", "crude_gap",
)  # fmt: skip
AGAINST = ("spent", "by_chance", "crude_rank")
PARAMETERS: Mapping[str, Any] = {
    "objective": "binary",
    "learning_rate": 0.06,
    "num_leaves": 12,
    "min_data_in_leaf": 20,
    "feature_fraction": 0.7,
    "lambda_l2": 5.0,
    "monotone_constraints": [(name in FOR) - (name in AGAINST) for name in FEATURES],
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbosity": -1,
}


def fit(books: Books, *, before: date = date.max, seed: int = 7) -> DepositMatchModel:
    """Learn from the sure ties before a day. Raises MissingDataError where there are too few of them."""
    made = examples(books, before=before, seed=seed)
    if len(made) < FEWEST:
        what = f"only {len(made)} deposits show a whole trace number and the amount of a payment"
        raise MissingDataError(
            what, remedy="give a longer history, or ask the bank to hand on the addenda records"
        )
    cut = int(len(made) * FIT_SHARE)
    booster = _booster(books, made[:cut], seed)
    pairs, right = labelled(books, made[cut:])
    softmax = MatchSoftmax.fit(raw_log_odds(booster, pairs.rows), pairs.starts, right)
    return DepositMatchModel(booster, softmax)


def labelled(books: Books, made: Sequence[Example]) -> tuple[Pairs, NDArray[np.bool_]]:
    """The examples' pairs (m,), and whether each is right."""
    pairs = Pairs.of(books, [example.query for example in made])
    sizes = np.diff(pairs.starts).tolist()
    wanted = [example.right for example, size in zip(made, sizes, strict=True) for _ in range(size)]
    right = [members == one.members for members, one in zip(wanted, pairs.candidates, strict=True)]
    return pairs, np.array(right, dtype=np.bool_)


def _booster(books: Books, made: Sequence[Example], seed: int) -> lgb.Booster:
    pairs, right = labelled(books, made)
    data = lgb.Dataset(pairs.rows, right.astype(np.float64), feature_name=list(FEATURES))
    return lgb.train({**PARAMETERS, "seed": seed}, data, num_boost_round=ROUNDS)
