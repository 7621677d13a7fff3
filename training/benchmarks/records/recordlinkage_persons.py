"""recordlinkage on FEBRL4, as in its own documentation: block, compare, classify by expectation-maximisation.

Several blocks are joined, for one alone loses matches; the threshold is the best that the true pairs can choose.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import recordlinkage
from numpy.typing import NDArray

from features.records.pair_files import PairRows
from features.records.tables import RecordTable
from training.benchmarks.records.sets import NUMBER, TableSet

Floats = NDArray[np.float64]
BLOCKS = ("given_name", "surname", "date_of_birth", "postcode", "suburb", "address_1")
TEXTS = (("given_name", 0.85), ("surname", 0.85), ("address_1", 0.85), ("suburb", 0.85))
EXACT = ("date_of_birth", "street_number", "postcode", "state")


def linked(given: TableSet) -> tuple[PairRows, Floats]:
    """Pairs and their match probabilities."""
    left, right = _frame(given.left), _frame(given.right)
    numbered = NUMBER in given.left.columns
    indexer = recordlinkage.Index()
    for column in (*BLOCKS, *((NUMBER,) if numbered else ())):
        indexer.block(column)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of pandas and scikit-learn, about the library's own calls
        candidates = indexer.index(left, right)
        agreements = _compare(numbered).compute(candidates, left, right)
        probabilities = recordlinkage.ECMClassifier(binarize=0.5)
        probabilities.fit(agreements)
        sure = probabilities.prob(agreements)
    pairs = PairRows(
        candidates.get_level_values(0).to_numpy(dtype=np.intp),
        candidates.get_level_values(1).to_numpy(dtype=np.intp),
    )
    return pairs, np.asarray(sure, dtype=np.float64)


def _compare(numbered: bool) -> Any:
    compare = recordlinkage.Compare()
    for column, threshold in TEXTS:
        compare.string(column, column, method="jarowinkler", threshold=threshold, label=column)
    for column in (*EXACT, *((NUMBER,) if numbered else ())):
        compare.exact(column, column, label=column)
    return compare


def _frame(table: RecordTable) -> pd.DataFrame:
    """Text by row number, absent text as missing."""
    frame = pd.DataFrame(table.columns, dtype=object)
    return frame.where(frame != "", None)
