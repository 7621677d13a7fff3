"""Splink on FEBRL4, set up as in its own documentation's FEBRL4 example: no labels, parameters by EM.

It is done one favour: its threshold is the best that the true pairs themselves can choose.
"""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
import pandas as pd
import splink.comparison_library as compare
from numpy.typing import NDArray
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from features.records.pair_files import PairRows
from features.records.tables import RecordTable
from training.benchmarks.records.sets import NUMBER, TableSet

Floats = NDArray[np.float64]
RANDOM_PAIRS = 1_000_000  # for u
FEWEST = 1e-4  # probability below which a pair is not kept
RECALL = 0.9  # of the deterministic rules, about
BLOCKS = (
    ("given_name", "surname"),
    ("date_of_birth",),
    ("surname", "postcode"),
    ("given_name", "postcode"),
    ("surname", "street_number"),
    ("given_name", "street_number"),
    ("address_1",),
    ("suburb", "given_name"),
    ("suburb", "surname"),
    ("suburb", "street_number"),
    ("postcode", "street_number"),
)
TRAINED_BY = (("date_of_birth",), ("postcode",))


def linked(given: TableSet, *, seed: int) -> tuple[PairRows, Floats]:
    """Pairs and their match probabilities."""
    numbered = NUMBER in given.left.columns
    api = DuckDBAPI()
    tables = [
        api.register(_frame(table), dataset_display_name=name)
        for name, table in (("originals", given.left), ("copies", given.right))
    ]
    linker = Linker(tables, _settings(numbered), log_level=logging.ERROR)
    _train(linker, numbered, seed)
    predicted: Any = linker.inference.predict(threshold_match_probability=FEWEST)
    found = predicted.as_pandas_dataframe()
    from_left = found["source_dataset_l"] == "originals"
    left = np.where(from_left, found["unique_id_l"], found["unique_id_r"])
    right = np.where(from_left, found["unique_id_r"], found["unique_id_l"])
    rows = given.left.rows(), given.right.rows()
    pairs = PairRows(
        np.array([rows[0][name] for name in left], dtype=np.intp),
        np.array([rows[1][name] for name in right], dtype=np.intp),
    )
    return pairs, found["match_probability"].to_numpy(dtype=np.float64)


def _train(linker: Any, numbered: bool, seed: int) -> None:
    training = linker.training
    rules = [block_on("given_name", "surname", "date_of_birth"), block_on("date_of_birth", "address_1")]
    rules += [block_on(NUMBER)] if numbered else []
    training.estimate_probability_two_random_records_match(rules, recall=RECALL)
    training.estimate_u_using_random_sampling(max_pairs=RANDOM_PAIRS, seed=seed)
    for columns in TRAINED_BY:
        training.estimate_parameters_using_expectation_maximisation(block_on(*columns))


def _settings(numbered: bool) -> SettingsCreator:
    blocks = [*BLOCKS, *(((NUMBER,),) if numbered else ())]
    comparisons: list[Any] = [
        compare.NameComparison("given_name"),
        compare.NameComparison("surname"),
        compare.DateOfBirthComparison(
            "date_of_birth", input_is_string=True, datetime_format="%Y%m%d", invalid_dates_as_null=True
        ),
        compare.ExactMatch("street_number").configure(term_frequency_adjustments=True),
        compare.LevenshteinAtThresholds("address_1", [2, 5]),
        compare.JaroWinklerAtThresholds("suburb", [0.9, 0.8]),
        compare.DamerauLevenshteinAtThresholds("postcode", [1, 2]),
        compare.ExactMatch("state"),
    ]
    if numbered:
        comparisons.append(compare.DamerauLevenshteinAtThresholds(NUMBER, [1, 2]))
    return SettingsCreator(
        link_type="link_only",
        blocking_rules_to_generate_predictions=[block_on(*columns) for columns in blocks],
        comparisons=comparisons,
    )


def _frame(table: RecordTable) -> pd.DataFrame:
    """Text, absent text as null."""
    frame = pd.DataFrame({"unique_id": table.ids, **table.columns}, dtype=object)
    return frame.where(frame != "", None)
