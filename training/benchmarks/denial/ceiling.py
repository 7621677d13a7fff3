"""How much of the oracle can be reached from files: a model that is taught the true probabilities themselves.

The oracle knows what nobody at a provider can: how a payer rates a patient, coverage that ended unheard of, and the
draw of each claim's own. This model sees the same columns as the product's, but in place of each past claim's outcome
it is told the probability that the outcome was drawn from, which is worth as much as very many outcomes of the same
claim. It too learns from a limited number of claims, so it is a mark on the way, not a proof that nobody gets farther.
"""

from __future__ import annotations

from typing import Any

import lightgbm as lgb
import numpy as np

from features.denial_risk import CATEGORICAL, COLUMNS, Encoding, encode
from training.benchmarks.denial.parts import Task
from training.benchmarks.denial.task import Split
from training.benchmarks.denial.truth import read_truth, true_of
from training.metrics import Floats

NAME = "taught the truth"
SENTENCE = (
    f"{NAME}: LightGBM on the model's own columns, taught the true probability of every earlier claim in place of "
    "its outcome"
)
ROUNDS = 400
PARAMETERS = {
    "objective": "cross_entropy", "learning_rate": 0.05, "num_leaves": 15, "min_data_in_leaf": 10,
    "cat_smooth": 5.0, "cat_l2": 2.0, "feature_fraction": 0.6, "deterministic": True, "force_row_wise": True,
    "num_threads": 1, "verbosity": -1,
}  # fmt: skip


def taught(task: Task, given: Split) -> Floats:
    """Its probabilities (n,) of the claims of the test window."""
    truth = read_truth(task.folder)
    past = [claim for claim in given.history.all_sent if (claim.claim_id or "") in truth]
    probability = np.array([true.probability for true in true_of(truth, past)])
    encoding = Encoding.of_claims(past)
    columns = lgb.Dataset(
        encode(past, encoding).rows, probability, feature_name=list(COLUMNS),
        categorical_feature=list(CATEGORICAL), params={"verbosity": -1},
    )  # fmt: skip
    fixed: dict[str, Any] = {**PARAMETERS, "seed": task.seed}
    booster = lgb.train(fixed, columns, num_boost_round=ROUNDS)
    said = booster.predict(encode(given.claims, encoding).rows, num_threads=1)
    return np.asarray(said, dtype=np.float64)
