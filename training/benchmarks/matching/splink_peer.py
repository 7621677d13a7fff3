"""Splink, a public peer: probabilistic record linkage after Fellegi and Sunter, by the Ministry of Justice (MIT).

Trained in the two ways that its documentation shows: by expectation-maximisation without any label, and with the
shares of agreement among true pairs (m) from the same postings that the model learns from. The shares among others
(u) come from random pairs either way; names and charges have term frequencies.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import pandas as pd
import splink.comparison_library as compare
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from features.x12.records import Claim, ClaimPayment
from training.benchmarks.matching.peer_tables import (
    BLOCKS,
    FEWEST,
    claim_table,
    payment_table,
    rankings,
    recent,
    true_pairs,
)
from training.benchmarks.protocols import NONE, MatchHistory, Ranked

PAIRS = 2_000_000  # random ones, for u
# Pairs that agree on these are nearly always right; they find about so much of all.
SURE = (("control", "charge"), ("member", "service_from", "charge"))
FOUND_BY_SURE = 0.85
# Expectation-maximisation learns every comparison but those that it blocks on, so it takes two turns.
TURNS = (("control",), ("member", "service_from"))


class Splink:
    """Five blocking rules, nine comparisons, m by the postings."""

    def fit(self, history: MatchHistory) -> None:
        """u by random pairs, then m."""
        payments, posted = recent(history)
        linker, api = _linker(_settings(prior=1 / max(len(history.claims), 1)), payments, history.claims)
        linker.training.estimate_u_using_random_sampling(max_pairs=PAIRS, seed=history.seed)
        self.learn(linker, api, true_pairs(history.claims, posted))
        self._trained = linker.misc.save_model_to_json()
        self._share = sum(claim != NONE for claim in posted) / max(len(posted), 1)

    def learn(self, linker: Any, api: Any, pairs: Sequence[tuple[int, int]], /) -> None:
        """m from the pairs of the ledger."""
        labels = api.register(_labels(pairs), dataset_display_name="labels")
        linker.training.estimate_m_from_pairwise_labels(labels)

    def rank(self, payments: Sequence[ClaimPayment], claims: Sequence[Claim]) -> Sequence[Ranked]:
        """Claims by match weight; how likely any pair is follows from how many claims there are."""
        trained = self._trained | {"probability_two_random_records_match": self._share / max(len(claims), 1)}
        linker, _ = _linker(trained, payments, claims)
        pairs = linker.inference.predict(threshold_match_weight=FEWEST).as_pandas_dataframe()
        ids = pairs[["unique_id_l", "unique_id_r", "match_weight"]].itertuples(index=False)
        return rankings([_scored(*one) for one in ids], payments, claims)


class SplinkUnsupervised(Splink):
    """The same settings, m by expectation-maximisation."""

    def learn(self, linker: Any, _: Any, __: Sequence[tuple[int, int]], /) -> None:
        """How likely any pair is by sure rules, then a turn for each part of the comparisons."""
        sure = [block_on(*columns) for columns in SURE]
        linker.training.estimate_probability_two_random_records_match(sure, recall=FOUND_BY_SURE)
        for columns in TURNS:
            linker.training.estimate_parameters_using_expectation_maximisation(block_on(*columns))


def _scored(left: str, right: str, weight: float) -> tuple[int, int, float]:
    claim, payment = sorted((str(left), str(right)))  # "c..." stands before "p..."
    return int(claim[1:]), int(payment[1:]), float(weight)


def _linker(
    settings: Any, payments: Sequence[ClaimPayment], claims: Sequence[Claim]
) -> tuple[Any, Any]:  # Splink's own annotations are partial
    api = DuckDBAPI()
    tables = {
        "claims": _with_ids(claim_table(claims), "c"),
        "payments": _with_ids(payment_table(payments), "p"),
    }
    registered = [api.register(frame, dataset_display_name=name) for name, frame in tables.items()]
    return Linker(registered, settings, log_level=logging.ERROR), api


def _settings(*, prior: float) -> SettingsCreator:
    return SettingsCreator(
        link_type="link_only",
        probability_two_random_records_match=prior,
        blocking_rules_to_generate_predictions=[block_on(*columns) for columns in BLOCKS],
        comparisons=[
            compare.DamerauLevenshteinAtThresholds("control", [1, 3]),
            compare.DamerauLevenshteinAtThresholds("member", [1, 3]),
            compare.JaroWinklerAtThresholds("last_name", [0.92, 0.8]).configure(
                term_frequency_adjustments=True
            ),
            compare.JaroWinklerAtThresholds("first_name", [0.92, 0.8]).configure(
                term_frequency_adjustments=True
            ),
            compare.ExactMatch("charge").configure(term_frequency_adjustments=True),
            compare.DamerauLevenshteinAtThresholds("service_from", [1, 2]),
            compare.ExactMatch("payer"),
            compare.ExactMatch("provider"),
            compare.ExactMatch("procedures"),
        ],
    )


def _with_ids(table: pd.DataFrame, prefix: str) -> pd.DataFrame:
    return table.assign(unique_id=[f"{prefix}{row}" for row in range(len(table))])


def _labels(pairs: Sequence[tuple[int, int]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "source_dataset_l": "claims",
            "unique_id_l": [f"c{claim}" for claim, _ in pairs],
            "source_dataset_r": "payments",
            "unique_id_r": [f"p{payment}" for _, payment in pairs],
        }
    )
