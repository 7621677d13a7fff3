"""How much of the oracle can be reached from files.

The oracle knows what nobody at a provider can: the luck of each claim, how a payer rates a patient, coverage that ended
unheard of. Three marks stand below it:

- *no luck*: every rule and rate of the payers is known, and all that they know of the patient;
- *nothing hidden*: every rule and rate is known, but nothing that no file shows. Earlier claims of a patient tell a
  little of what is hidden, so that a method may come to lie above it;
- *taught the truth*: a model on the product's own columns that is told, in place of each past claim's outcome, the
  probability that it was drawn from, which is worth very many outcomes of the same claim.
"""

from __future__ import annotations

from typing import Any

import lightgbm as lgb
import numpy as np

from features.denial_risk import CATEGORICAL, COLUMNS, Encoding, encode
from training.benchmarks.denial.lived import Known
from training.benchmarks.denial.parts import Task
from training.benchmarks.denial.task import Split
from training.benchmarks.denial.truth import read_truth, true_of
from training.metrics import Floats

LUCK, HIDDEN, TAUGHT = "no luck", "nothing hidden", "taught the truth"
MARKS = (TAUGHT, HIDDEN, LUCK)
SENTENCE = (
    f"{LUCK}, {HIDDEN}: every rule and rate of the payers known, but not the claim's own luck, and besides not what no "
    f"file shows; {TAUGHT}: the model's own columns with the true probability of every earlier claim as its label"
)
ROUNDS = 400
PARAMETERS = {
    "objective": "cross_entropy", "learning_rate": 0.05, "num_leaves": 15, "min_data_in_leaf": 10,
    "cat_smooth": 5.0, "cat_l2": 2.0, "feature_fraction": 0.6, "deterministic": True, "force_row_wise": True,
    "num_threads": 1, "verbosity": -1,
}  # fmt: skip


def marks(task: Task, given: Split, known: Known) -> dict[str, Floats]:
    """Probabilities (n,) of the claims of the test window, by mark; those that the folder's truth can tell."""
    told = np.array([true[-2:] for true in true_of(read_truth(task.folder), given.claims)], dtype=np.float64)
    found = {TAUGHT: taught(task, given, known)}
    if not np.isnan(told).any():
        found |= {HIDDEN: told[:, 1], LUCK: told[:, 0]}
    return found


def taught(task: Task, given: Split, known: Known) -> Floats:
    """What the model that is taught the truth says of the test window, (n,)."""
    truth = read_truth(task.folder)
    sent = given.history.all_sent
    there = [row for row, claim in enumerate(sent) if (claim.claim_id or "") in truth]
    past = [sent[row] for row in there]
    probability = np.array([true.probability for true in true_of(truth, past)])
    encoding = Encoding.of_claims(past)
    columns = lgb.Dataset(
        encode(past, encoding, known.all_sent[there]).rows, probability, feature_name=list(COLUMNS),
        categorical_feature=list(CATEGORICAL), params={"verbosity": -1},
    )  # fmt: skip
    fixed: dict[str, Any] = {**PARAMETERS, "seed": task.seed}
    booster = lgb.train(fixed, columns, num_boost_round=ROUNDS)
    said = booster.predict(encode(given.claims, encoding, known.asked).rows, num_threads=1)
    return np.asarray(said, dtype=np.float64)
