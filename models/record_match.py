"""The record-match model: how sure it is that two records of two tables are of the same thing.

A linear member scores the pair and its rivals; two boosters read that beside the features; a blend turns the log-odds
of all three into one calibrated probability. Each is fitted on several folds of the labelled pairs and averaged.
How rare words are is no part of the model: that comes from the tables at hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from features.errors import BadInputError, ModelFileError
from features.records.pair_files import PairRows
from features.records.rivals import Rivals
from features.records.spec import Spec
from features.records.standing import Standing
from features.records.wording import Wording
from models.files import Parts, load_parts, save_parts
from models.records.blend import Blend
from models.records.linear import Linear

KIND = "record-match"
CHUNK = 20_000  # pairs whose features are in memory at once
THREADS = 1  # a second thread waits more than it works on so few rows
RETRAIN = "train it again with this release"
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PairFeatures:
    """All that the members read of n pairs."""

    names: tuple[str, ...]
    values: Floats  # (n, k), NaN where absent
    wording: Wording

    @staticmethod
    def of(standing: Standing, pairs: PairRows) -> PairFeatures:
        """Agreement by column, standing among rivals, and wording; some pairs after others, to spare memory."""
        parts = [_columns(standing, some) for some in (*chunks(pairs), pairs.taken(np.arange(0)))]
        names, _ = parts[0]
        return PairFeatures(
            names, np.vstack([values for _, values in parts]), Wording.of(standing.comparison, pairs)
        )

    def taken(self, rows: NDArray[np.intp]) -> PairFeatures:
        """Some of the pairs."""
        return PairFeatures(
            self.names, self.values[rows], Wording(self.wording.rows[rows], self.wording.names)
        )


@dataclass(frozen=True)
class RecordMatchModel:
    """A linear member, and two boosters a fold on the features, the linear log-odds and those of the rivals."""

    spec: Spec
    names: tuple[str, ...]
    linear: Linear
    boosted: Sequence[lgb.Booster]
    scattered: Sequence[lgb.Booster]
    blend: Blend
    threshold: float  # of the best F1 on labelled pairs that the members did not see

    def confidences(self, standing: Standing, pairs: PairRows) -> Floats:
        """Calibrated probabilities (n,) that each pair is a match, in the pairs' order."""
        if not len(pairs):
            return np.zeros(0)
        rivals = Rivals.of(standing, pairs)
        scores = self.first(standing, rivals.pairs)
        return np.concatenate([self._confidence(standing, some, rivals, scores) for some in chunks(pairs)])

    def first(self, standing: Standing, pairs: PairRows) -> Floats:
        """The linear member's log-odds (n,), by which rivals are judged."""
        parts = [self._linear(PairFeatures.of(standing, some)) for some in chunks(pairs)]
        return np.concatenate([np.zeros(0), *parts])

    def _confidence(self, standing: Standing, pairs: PairRows, rivals: Rivals, scores: Floats) -> Floats:
        features = PairFeatures.of(standing, pairs)
        linear = self._linear(features)
        values = np.column_stack([features.values, linear, rivals.features(scores, pairs, linear)])
        trees = [_mean_log_odds(some, values) for some in (self.boosted, self.scattered)]
        return self.blend(np.column_stack([linear, *trees]))

    def _linear(self, features: PairFeatures) -> Floats:
        if features.names != self.names:
            remedy = "use the spec that it was trained with"
            raise BadInputError("the model was trained on other columns", remedy=remedy)
        return self.linear(features.values, features.wording)

    def save(self, folder: Path) -> str:
        """Save without pickle; the answer is the model's version."""
        boosters = {"boosted": self.boosted, "scattered": self.scattered}
        return save_parts(
            folder,
            kind=KIND,
            manifest={
                "spec": self.spec.to_list(),
                "features": list(self.names),
                "words": dict(self.linear.words),
                "folds": len(self.boosted),
                "threshold": self.threshold,
            },
            boosters={
                f"{name}-{fold}": one for name, some in boosters.items() for fold, one in enumerate(some)
            },
            arrays={
                **{f"linear-{name}": array for name, array in self.linear.to_arrays().items()},
                "blend": np.append(self.blend.weights, self.blend.intercept),
            },
        )

    @staticmethod
    def load(folder: Path) -> RecordMatchModel:
        """Load a saved model; raises ModelFileError where it is damaged or incomplete."""
        parts = load_parts(folder, kind=KIND)
        try:
            return _from_parts(parts)
        except (KeyError, TypeError, ValueError, IndexError, BadInputError) as error:
            raise ModelFileError("a part of the model is missing", remedy=RETRAIN) from error


def chunks(pairs: PairRows) -> Iterator[PairRows]:
    """The pairs in order, so many at a time that their features fit in memory."""
    for start in range(0, len(pairs), CHUNK):
        yield pairs.taken(np.arange(start, min(start + CHUNK, len(pairs))))


def _columns(standing: Standing, pairs: PairRows) -> tuple[tuple[str, ...], Floats]:
    own, values = standing.comparison.features(pairs)
    places, ranks = standing.features(pairs)
    return (*own, *places), np.hstack([values, ranks])


def _from_parts(parts: Parts) -> RecordMatchModel:
    manifest: dict[str, Any] = parts.manifest
    folds = range(int(manifest["folds"]))
    blend = parts.arrays["blend"]
    return RecordMatchModel(
        spec=Spec.from_list(manifest["spec"]),
        names=tuple(manifest["features"]),
        linear=Linear.from_arrays(
            {name: parts.arrays[f"linear-{name}"] for name in Linear.ARRAYS}, manifest["words"]
        ),
        boosted=[parts.boosters[f"boosted-{fold}"] for fold in folds],
        scattered=[parts.boosters[f"scattered-{fold}"] for fold in folds],
        blend=Blend(blend[:-1], float(blend[-1])),
        threshold=float(manifest["threshold"]),
    )


def _mean_log_odds(boosters: Sequence[lgb.Booster], values: Floats) -> Floats:
    raw = [np.asarray(one.predict(values, raw_score=True, num_threads=THREADS)) for one in boosters]
    return np.asarray(np.mean(raw, axis=0), dtype=np.float64)
