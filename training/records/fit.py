"""Fit a record-match model on labelled pairs: members by folds, the blend on what they did not see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from features.errors import MissingDataError
from features.records.pair_files import PairRows
from features.records.rivals import NAMES, Rivals
from features.records.standing import Standing
from models.record_match import PairFeatures, RecordMatchModel, chunks
from models.records.blend import Blend
from models.records.linear import Linear, Scale
from training.records.folds import Fold, folds
from training.records.linear import fit_linear
from training.records.thresholds import best_f1

Floats = NDArray[np.float64]
FEWEST = 2  # of each label; with fewer, nothing could be held out
ROUNDS = 120
FEW = 500  # pairs
THREADS = 1  # a second thread waits more than it works on so few rows

BOOSTED: Mapping[str, Any] = {
    "objective": "binary",
    "learning_rate": 0.1,
    "num_leaves": 15,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 3.0,
    "max_bin": 63,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": THREADS,
    "verbose": -1,
}
SCATTERED: Mapping[str, Any] = {**BOOSTED, "extra_trees": True, "num_leaves": 31}


@dataclass(frozen=True)
class Fitted:
    """The model, and what its members said of pairs that they had not seen."""

    model: RecordMatchModel
    held_out: Floats  # (n,) confidences of the labelled pairs
    labels: Floats  # (n,)


def fit(standing: Standing, pairs: PairRows, labels: Floats, *, seed: int) -> Fitted:
    """Fit on n labelled pairs, whose records' rivals are known; raises MissingDataError for too few of a label."""
    check(labels)
    features = PairFeatures.of(standing, pairs)
    held = folds(labels, pairs.left, seed=seed)
    linear, first, beside = _linear(standing, features, pairs, labels, held)
    values = np.column_stack([features.values, first, beside])
    boosted, second = _boosters(BOOSTED, values, labels, held, seed)
    scattered, third = _boosters(SCATTERED, values, labels, held, seed)
    members = np.column_stack([first, second, third])
    blend = Blend.fit(members, labels)
    confidence = blend(members)
    model = RecordMatchModel(
        spec=standing.comparison.spec,
        names=features.names,
        linear=linear,
        boosted=boosted,
        scattered=scattered,
        blend=blend,
        threshold=best_f1(confidence, labels)[0],
    )
    return Fitted(model, confidence, labels)


def check(labels: Floats) -> None:
    """Raises MissingDataError where fewer than two pairs have either label."""
    for label, name in ((1, "matches"), (0, "non-matches")):
        if int((labels == label).sum()) < FEWEST:
            raise MissingDataError(
                f"there are fewer than {FEWEST} {name} among the labelled pairs",
                remedy="label some pairs of both sorts: 1 for a match and 0 for none",
            )


def _linear(
    standing: Standing, features: PairFeatures, pairs: PairRows, labels: Floats, held: Sequence[Fold]
) -> tuple[Linear, Floats, Floats]:
    """The mean of a linear member a fold; of the rows that each did not see, log-odds and standing among rivals."""
    scale = Scale.of(features.values)
    members = [fit_linear(features.taken(fold.fit), labels[fold.fit], scale) for fold in held]
    rivals = Rivals.of(standing, pairs)
    scores = _scores(standing, rivals.pairs, members)
    first, beside, times = np.zeros(labels.size), np.zeros((labels.size, len(NAMES))), np.zeros(labels.size)
    for fold, member, judged in zip(held, members, scores, strict=True):
        unseen = features.taken(fold.held)
        own = member(unseen.values, unseen.wording)
        first[fold.held] += own
        beside[fold.held] += rivals.features(judged, pairs.taken(fold.held), own)
        times[fold.held] += 1
    return Linear.mean(members), first / times, beside / times[:, None]


def _scores(standing: Standing, pairs: PairRows, members: Sequence[Linear]) -> Floats:
    """Log-odds (members, n) of pairs, features of some pairs after those of others."""
    found = [np.zeros((len(members), 0))]
    for some in chunks(pairs):
        features = PairFeatures.of(standing, some)
        found.append(np.array([member(features.values, features.wording) for member in members]))
    return np.hstack(found)


def _boosters(
    parameters: Mapping[str, Any], values: Floats, labels: Floats, held: Sequence[Fold], seed: int
) -> tuple[list[lgb.Booster], Floats]:
    """A booster a fold, and the log-odds of the rows that it did not see."""
    boosters, total, times = [], np.zeros(labels.size), np.zeros(labels.size)
    for number, fold in enumerate(held):
        rows = lgb.Dataset(values[fold.fit], labels[fold.fit])
        own = {**parameters, "seed": seed * 100 + number, "min_data_in_leaf": _leaf(fold.fit.size)}
        booster = lgb.train(own, rows, num_boost_round=_rounds(fold.fit.size))
        total[fold.held] += np.asarray(booster.predict(values[fold.held], raw_score=True))
        times[fold.held] += 1
        boosters.append(booster)
    return boosters, total / times


def _leaf(rows: int) -> int:
    """Rows of a leaf at least: few where there are few."""
    return int(np.clip(rows // 60, 2, 10))


def _rounds(rows: int) -> int:
    """Trees: fewer where there is little to learn from."""
    return ROUNDS if rows > FEW else ROUNDS // 2
