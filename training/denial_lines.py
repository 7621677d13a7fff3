"""Learn which lines of a denied claim the denial falls on: all of them, or those that gave the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from features.claim_services import service_of
from features.denial_history.outcome import Outcome
from features.denial_history.replay import ServiceRates
from features.denial_lines import COLUMNS, line_rows
from features.x12.records import Claim

Floats = NDArray[np.float64]

FEWEST = 200  # lines of denied claims with several
ROUNDS = 120
PARAMETERS: Mapping[str, Any] = {
    "objective": "binary",
    "learning_rate": 0.05,
    "num_leaves": 7,
    "min_data_in_leaf": 30,
    "lambda_l2": 5.0,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 2,
    "verbosity": -1,
}


@dataclass(frozen=True)
class DeniedClaim:
    """A denied claim with several lines, and what was known of its services when it was sent."""

    claim: Claim
    outcome: Outcome
    rates: ServiceRates

    @property
    def fell(self) -> Floats:
        """Whether the denial fell on each line, (lines,)."""
        return np.array(
            [bool(self.outcome.of_service(service_of(line))) for line in self.claim.lines], dtype=float
        )


def learn_lines(denied: Sequence[DeniedClaim], shares: Floats, *, seed: int) -> lgb.Booster | None:
    """A booster on ``features.denial_lines.COLUMNS``, given that a claim is denied; None where there are too few.

    ``shares`` (n, len(CATEGORIES)) is what the claim's own model says that a denial of each would be about.
    """
    rows, fell = examples(denied, shares)
    if fell.size < FEWEST or not 0 < fell.mean() < 1:
        return None
    columns = lgb.Dataset(rows, fell, feature_name=list(COLUMNS), params={"verbosity": -1})
    return lgb.train({**PARAMETERS, "seed": seed}, columns, num_boost_round=ROUNDS)


def examples(denied: Sequence[DeniedClaim], shares: Floats) -> tuple[Floats, Floats]:
    """The rows of all lines, (n, len(COLUMNS)), and whether the denial fell on each, (n,)."""
    rows = [line_rows(one.claim, one.rates, share) for one, share in zip(denied, shares, strict=True)]
    fell = [one.fell for one in denied]
    return (
        np.vstack(rows) if rows else np.empty((0, len(COLUMNS))),
        np.concatenate(fell) if fell else np.empty(0),
    )
