"""From two tables and labelled pairs to scored pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from features.errors import BadInputError
from features.records.candidates import candidates
from features.records.comparison import Comparison
from features.records.pair_files import PairRows
from features.records.spec import Spec
from features.records.standing import Standing
from features.records.tables import RecordTable
from models.record_match import RecordMatchModel
from training.records.fit import Fitted, fit

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Task:
    """All that was given, read and checked."""

    left: RecordTable
    right: RecordTable
    spec: Spec
    same_table: bool
    labelled: tuple[PairRows, Floats] | None  # pairs and labels
    given: PairRows | None  # to score; None to search
    model: RecordMatchModel | None  # kept from another time


class Scored(NamedTuple):
    """Pairs (n,) and their confidences (n,)."""

    pairs: PairRows
    confidence: Floats


@dataclass(frozen=True)
class Matcher:
    """A model for two tables, and the pairs that it is to score."""

    standing: Standing
    model: RecordMatchModel
    fitted: Fitted | None  # None for a model that was kept
    given: PairRows | None

    @staticmethod
    def of(task: Task, *, unlisted: bool = False, seed: int) -> Matcher:
        """Learn from the labelled pairs, or take the kept model.

        With ``unlisted``, the other candidates of each labelled match's records are non-matches to learn from. Raises
        MissingDataError for too few labels and BadInputError for a kept model of another spec.
        """
        comparison = Comparison.of(task.left, task.right, task.spec, same_table=task.same_table)
        standing = _standing(task, comparison, everything=unlisted or task.given is None)
        given = None if task.given is None else _one_way(task.given, comparison)
        if task.model is not None:
            return Matcher(standing, _fitting(task.model, task.spec), None, given)
        pairs, labels = _labelled(task, comparison)
        if unlisted:
            pairs, labels = _with_unlisted(pairs, labels, candidates(comparison, standing))
        fitted = fit(standing, pairs, labels, seed=seed)
        return Matcher(standing, fitted.model, fitted, given)

    def scored(self, *, least: float) -> Scored:
        """The given pairs in their order, or the candidates of at least this confidence, best first by left record."""
        if self.given is not None:
            confidence = self.model.confidences(self.standing, self.given)
            return Scored(
                self.given, np.where(_selves(self.given, self.standing.comparison), 0.0, confidence)
            )
        found = candidates(self.standing.comparison, self.standing)
        confidence = self.model.confidences(self.standing, found)
        kept = np.flatnonzero(confidence >= least)
        order = kept[np.lexsort((found.right[kept], -confidence[kept], found.left[kept]))]
        return Scored(found.taken(order), confidence[order])


def _standing(task: Task, comparison: Comparison, *, everything: bool) -> Standing:
    """Rivals of all records where candidates are searched, else of those that are named."""
    if everything:
        return Standing.of(comparison, np.arange(len(task.left)), np.arange(len(task.right)))
    named = [pairs for pairs in (task.given, task.labelled and task.labelled[0]) if pairs is not None]
    left = np.concatenate([pairs.left for pairs in named])
    right = np.concatenate([pairs.right for pairs in named])
    if comparison.same_table:
        left = right = np.concatenate([left, right])
    return Standing.of(comparison, left, right)


def _fitting(model: RecordMatchModel, spec: Spec) -> RecordMatchModel:
    """The kept model, where it was trained with this spec."""
    if model.spec != spec:
        remedy = "give the spec that it was trained with"
        raise BadInputError("the model was kept with another spec", "--model", remedy)
    return model


def _labelled(task: Task, comparison: Comparison) -> tuple[PairRows, Floats]:
    """What there is to learn from: each pair once, and no record with itself."""
    assert task.labelled is not None, "the command asks for labels or a model"  # noqa: S101
    pairs, labels = _distinct(_one_way(task.labelled[0], comparison), task.labelled[1])
    others = ~_selves(pairs, comparison)
    return pairs.taken(others), labels[others]


def _one_way(pairs: PairRows, comparison: Comparison) -> PairRows:
    """In one table a pair has no direction: the lower row stands left, so that both ways get one answer."""
    if not comparison.same_table:
        return pairs
    return PairRows(np.minimum(pairs.left, pairs.right), np.maximum(pairs.left, pairs.right))


def _selves(pairs: PairRows, comparison: Comparison) -> NDArray[np.bool_]:
    """Pairs of a record with itself, which are no matches and teach nothing."""
    return np.asarray((pairs.left == pairs.right) & comparison.same_table, dtype=np.bool_)


def _distinct(pairs: PairRows, labels: Floats) -> tuple[PairRows, Floats]:
    """Each pair once with each label; one that has both is left to the model as the doubt that it is."""
    keys = np.column_stack([pairs.left, pairs.right, labels])
    _, first = np.unique(keys, axis=0, return_index=True)
    kept = np.sort(first)
    return pairs.taken(kept), labels[kept]


def _with_unlisted(pairs: PairRows, labels: Floats, found: PairRows) -> tuple[PairRows, Floats]:
    """The labelled pairs, then the candidates of matched records that no line names, as non-matches."""
    matched = pairs.taken(labels > 0)
    width = int(max(pairs.right.max(initial=0), found.right.max(initial=0))) + 1
    listed = np.isin(found.left * width + found.right, pairs.left * width + pairs.right)
    near = np.isin(found.left, matched.left) | np.isin(found.right, matched.right)
    more = found.taken(near & ~listed)
    return (
        PairRows(np.concatenate([pairs.left, more.left]), np.concatenate([pairs.right, more.right])),
        np.concatenate([labels, np.zeros(len(more))]),
    )
