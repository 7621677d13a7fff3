"""Splink, the public peer: probabilistic record linkage after Fellegi and Sunter, by the Ministry of Justice (MIT).

It links payments to claims on cleaned columns. The shares of agreement among true pairs (m) come from the same
postings that the model learns from, those among others (u) from random pairs.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import pandas as pd
import splink.comparison_library as compare
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from features.match_columns import Columns, claim_columns, payment_columns
from features.x12.records import Claim, ClaimPayment
from training.benchmarks.protocols import NONE, MatchHistory, Ranked

PAIRS = 2_000_000  # random ones, for u
BLOCKS = (
    ("control",),
    ("control_start", "last_name"),
    ("member", "service_from"),
    ("last_name", "first_name", "service_from"),
    ("charge", "service_from", "provider"),
    ("member", "charge"),
)
START = 15  # characters of a control number that survive a cut
FEWEST = 0.01  # probability below which a pair is not kept


class Splink:
    """Six blocking rules, nine comparisons, term frequencies for names and charges."""

    def fit(self, history: MatchHistory) -> None:
        """u by random pairs, m by the postings."""
        linker, api = _linker(
            _settings(prior=1 / max(len(history.claims), 1)), history.payments, history.claims
        )
        linker.training.estimate_u_using_random_sampling(max_pairs=PAIRS, seed=history.seed)
        labels = api.register(_labels(history), dataset_display_name="labels")
        linker.training.estimate_m_from_pairwise_labels(labels)
        self._trained = linker.misc.save_model_to_json()
        self._share = sum(claim != NONE for claim in history.posted) / max(len(history.posted), 1)

    def rank(self, payments: Sequence[ClaimPayment], claims: Sequence[Claim]) -> Sequence[Ranked]:
        """Claims by match probability; none has what the best claim leaves."""
        trained = self._trained | {"probability_two_random_records_match": self._share / max(len(claims), 1)}
        linker, _ = _linker(trained, payments, claims)
        pairs = linker.inference.predict(threshold_match_probability=FEWEST).as_pandas_dataframe()
        found: dict[int, list[tuple[float, int]]] = defaultdict(list)
        for left, right, sure in pairs[["unique_id_l", "unique_id_r", "match_probability"]].itertuples(
            index=False
        ):
            claim, payment = sorted((str(left), str(right)))  # "c..." stands before "p..."
            found[int(payment[1:])].append((float(sure), int(claim[1:])))
        return [_ranked(found[row], payment, claims) for row, payment in enumerate(payments)]


def _ranked(found: list[tuple[float, int]], payment: ClaimPayment, claims: Sequence[Claim]) -> Ranked:
    """Best first, without claims that came after the payment; none first where no claim is likelier."""
    day = payment.payment_date
    in_time = [
        (claims[place].claim_id or NONE, sure)
        for sure, place in sorted(found, key=lambda pair: (-pair[0], pair[1]))
        if day is None or (claims[place].submitted or day) <= day
    ]
    none = (NONE, 1.0 - (in_time[0][1] if in_time else 0.0))
    return sorted([none, *in_time], key=lambda entry: -entry[1])


def _linker(
    settings: Any, payments: Sequence[ClaimPayment], claims: Sequence[Claim]
) -> tuple[Any, Any]:  # Splink's own annotations are partial
    api = DuckDBAPI()
    tables = {
        "claims": _frame(claim_columns(claims), "c"),
        "payments": _frame(payment_columns(payments), "p"),
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
            compare.JaroWinklerAtThresholds("first_name", [0.92, 0.8]),
            compare.ExactMatch("charge").configure(term_frequency_adjustments=True),
            compare.DamerauLevenshteinAtThresholds("service_from", [1, 2]),
            compare.ExactMatch("payer"),
            compare.ExactMatch("provider"),
            compare.ExactMatch("procedures"),
        ],
    )


def _frame(columns: Columns, prefix: str) -> pd.DataFrame:
    """Text columns, absent text as null."""
    days = pd.to_datetime(pd.Series(columns.service_from), unit="D").dt.strftime("%Y%m%d")
    frame = pd.DataFrame(
        {
            "unique_id": [f"{prefix}{row}" for row in range(len(columns))],
            "control": columns.control,
            "control_start": [control[:START] for control in columns.control],
            "member": columns.member,
            "last_name": columns.last,
            "first_name": columns.first,
            "charge": [None if charge != charge else f"{charge:.0f}" for charge in columns.charge],
            "service_from": days,
            "payer": columns.payer,
            "provider": columns.provider,
            "procedures": [" ".join(sorted(codes)) for codes in columns.procedures],
        },
        dtype=object,
    )
    return frame.where(frame.notna() & (frame != ""), None)


def _labels(history: MatchHistory) -> pd.DataFrame:
    """True pairs by their rows: of claims sent under one number, the last before the payment."""
    rows: dict[str, list[int]] = defaultdict(list)
    for row, claim in enumerate(history.claims):
        rows[claim.claim_id or NONE].append(row)
    pairs = [
        (f"c{rows[posted][-1]}", f"p{row}")
        for row, posted in enumerate(history.posted)
        if posted != NONE and posted in rows
    ]
    left, right = zip(*pairs, strict=True) if pairs else ((), ())
    return pd.DataFrame(
        {
            "source_dataset_l": "claims",
            "unique_id_l": left,
            "source_dataset_r": "payments",
            "unique_id_r": right,
        }
    )
