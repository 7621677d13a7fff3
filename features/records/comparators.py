"""How the two values of a pair agree, for each kind of column; NaN where either value is absent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, JaroWinkler, Prefix
from rapidfuzz.process import cpdist

from features.records.pair_files import PairRows
from features.records.prepared import (
    CodeColumn,
    DateColumn,
    NumberColumn,
    Objects,
    Prepared,
    TextColumn,
    Words,
)
from features.records.weights import row_maxima, row_products

Floats = NDArray[np.float64]
Features = dict[str, Floats]
THREADS = 1


def compare(column: Prepared, pairs: PairRows) -> Features:
    """Features of a column by name, each (n,)."""
    if isinstance(column, TextColumn):
        return _text(column, pairs)
    if isinstance(column, NumberColumn):
        return _number(*column.value.of(pairs))
    if isinstance(column, DateColumn):
        return _date(column, pairs)
    return _code(column, pairs)


def _text(column: TextColumn, pairs: PairRows) -> Features:
    left, right = column.text.of(pairs)
    present = _present(left, right)
    ordered = column.ordered.of(pairs)
    frequency = np.vstack(column.frequency.of(pairs))
    found = {
        "same": (left == right).astype(np.float64),
        "ratio": _similarity(left, right, fuzz.ratio),
        "sorted_ratio": _similarity(*ordered, fuzz.ratio),
        "set_ratio": _similarity(left, right, fuzz.token_set_ratio),
        "partial_ratio": _similarity(left, right, fuzz.partial_ratio),
        "start": _similarity(left, right, JaroWinkler.normalized_similarity),
        "initials": _similarity(*column.initials.of(pairs), fuzz.ratio),
        "length": _ratio(_lengths(left), _lengths(right)),
        **_sets("word", column.words, pairs),
        "gram_cosine": row_products(*column.grams.cosine.of(pairs)),
        **_covered("gram", column.grams, pairs),
        "coded": _similarity(*column.coded.of(pairs), fuzz.partial_ratio),
    }
    return {
        **_absent(left, right),
        **_where(present, found),
        **_where(present, _sets("number", column.numbers, pairs)),
        **_where(present, _sets("code", column.codes, pairs)),
        "common": np.log1p(np.fmax(*frequency)),
    }


def _sets(name: str, words: Words, pairs: PairRows) -> Features:
    """Agreement of two sets of words: cosine, coverage by rarity, and what is shared and what is not."""
    left, right = words.weighted.of(pairs)
    binary = words.present.of(pairs)
    shared = left.multiply(binary[1]).tocsr()
    only = (left - shared).tocsr(), (right - right.multiply(binary[0])).tocsr()
    counts = [_counts(matrix) for matrix in binary]
    both = _counts(binary[0].multiply(binary[1]).tocsr())
    return {
        f"{name}_cosine": row_products(*words.cosine.of(pairs)),
        **_covered(name, words, pairs),
        f"{name}_jaccard": _share(both, counts[0] + counts[1] - both),
        f"{name}_shared": both,
        f"{name}_left_only": counts[0] - both,
        f"{name}_right_only": counts[1] - both,
        f"{name}_rarest_shared": row_maxima(shared),
        f"{name}_rarest_left": row_maxima(only[0]),
        f"{name}_rarest_right": row_maxima(only[1]),
    }


def _covered(name: str, words: Words, pairs: PairRows) -> Features:
    """The share of each side's words, by rarity, that the other side has."""
    left, right = words.weighted.of(pairs)
    present = words.present.of(pairs)
    shared = row_products(left, present[1])
    totals = [np.asarray(side.sum(axis=1), dtype=np.float64).ravel() for side in (left, right)]
    return {
        f"{name}_left_covered": _share(shared, totals[0]),
        f"{name}_right_covered": _share(shared, totals[1]),
    }


def _number(left: Floats, right: Floats) -> Features:
    difference = np.abs(left - right)
    larger = np.fmax(np.abs(left), np.abs(right))
    return {
        "absent": np.isnan(left).astype(np.float64) + np.isnan(right),
        "same": np.where(np.isnan(difference), np.nan, difference <= 1e-9 * np.fmax(larger, 1.0)),
        "difference": difference,
        "relative": np.where(np.isnan(difference), np.nan, _share(difference, larger, empty=0.0)),
        "signed": _share(left - right, larger, empty=0.0) + 0 * difference,
        "zero": np.where(np.isnan(difference), np.nan, (left == 0) | (right == 0)),
    }


def _date(column: DateColumn, pairs: PairRows) -> Features:
    left, right = column.digits.of(pairs)
    present = _present(left, right)
    days = np.abs(np.subtract(*column.day.of(pairs)))
    found = {
        "same": (left == right).astype(np.float64),
        "digits": _similarity(left, right, fuzz.ratio),
        "edits": _similarity(left, right, OSA.distance),
        "year": _parts_equal(left, right, slice(0, 4)),
        "month": _parts_equal(left, right, slice(4, 6)),
        "day": _parts_equal(left, right, slice(6, 8)),
        "swapped": np.array([_swapped(*both) for both in zip(left, right, strict=True)], dtype=np.float64),
    }
    return {**_absent(left, right), **_where(present, found), "days": days}


def _code(column: CodeColumn, pairs: PairRows) -> Features:
    left, right = column.code.of(pairs)
    present = _present(left, right)
    frequency = np.vstack(column.frequency.of(pairs))
    found = {
        "same": (left == right).astype(np.float64),
        "ratio": _similarity(left, right, fuzz.ratio),
        "edits": _similarity(left, right, OSA.distance),
        "start": _similarity(left, right, Prefix.normalized_similarity),
        "within": _similarity(left, right, fuzz.partial_ratio),
        "length": _ratio(_lengths(left), _lengths(right)),
    }
    return {**_absent(left, right), **_where(present, found), "common": np.log1p(np.fmax(*frequency))}


def _similarity(left: Objects, right: Objects, scorer: Callable[..., Any]) -> Floats:
    return np.asarray(cpdist(left, right, scorer=scorer, workers=THREADS, dtype=np.float64))


def _present(left: Objects, right: Objects) -> NDArray[np.bool_]:
    return np.asarray((left != "") & (right != ""), dtype=np.bool_)


def _absent(left: Objects, right: Objects) -> Features:
    """How many of the two values are absent."""
    return {"absent": (left == "").astype(np.float64) + (right == "")}


def _where(present: NDArray[np.bool_], found: Mapping[str, Floats]) -> Features:
    return {name: np.where(present, value, np.nan) for name, value in found.items()}


def _counts(matrix: Any) -> Floats:
    return np.asarray(matrix.sum(axis=1), dtype=np.float64).ravel()


def _share(part: Floats, whole: Floats, *, empty: float = np.nan) -> Floats:
    result = np.full(part.shape, empty)
    np.divide(part, whole, out=result, where=whole > 0)
    return result


def _ratio(left: Floats, right: Floats) -> Floats:
    """The shorter over the longer."""
    return _share(np.fmin(left, right), np.fmax(left, right))


def _lengths(values: Objects) -> Floats:
    return np.array([len(value) for value in values], dtype=np.float64)


def _parts_equal(left: Objects, right: Objects, part: slice) -> Floats:
    return np.array([a[part] == b[part] for a, b in zip(left, right, strict=True)], dtype=np.float64)


def _swapped(left: str, right: str) -> bool:
    """Whether month and day stand in each other's place."""
    return len(left) == 8 and left != right and left[:4] + left[6:] + left[4:6] == right
