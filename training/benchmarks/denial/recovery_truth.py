"""What the truth knows of an action's outcome: the chance that an appeal would win, and that a correction holds."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from features.denial_work import APPEAL
from features.errors import MissingDataError
from features.recovery_columns import Floats
from training.benchmarks.denial.truth import read_truth
from training.recovery_outcomes import Outcome

FILE = Path("truth/denials.csv")


@dataclass(frozen=True)
class Chances:
    """Each (n,): of an appeal, taken or not; of a correction, NaN where none was sent; of what was done."""

    appeal: Floats
    corrected: Floats
    taken: Floats


def true_chances(folder: Path, outcomes: Sequence[Outcome]) -> Chances:
    """The chances of each; raises MissingDataError where the truth does not tell of every denial."""
    try:
        appeals, claims = _appeals(folder), read_truth(folder)
        appeal = np.array([appeals[_key(one)] for one in outcomes])
        corrected = np.array(
            [1 - claims[one.new_claim_id].probability if one.new_claim_id else np.nan for one in outcomes]
        )
    except (KeyError, FileNotFoundError):
        raise MissingDataError(
            "the truth does not tell of every denial", FILE.name, "simulate it anew"
        ) from None
    appealed = np.array([one.action == APPEAL for one in outcomes])
    return Chances(appeal, corrected, np.where(appealed, appeal, corrected))


def _appeals(folder: Path) -> dict[tuple[str, str], float]:
    with (folder / FILE).open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream)
        return {
            (row["claim_id"], row["payer_claim_number"]): float(row["overturn_probability"]) for row in rows
        }


def _key(outcome: Outcome) -> tuple[str, str]:
    return outcome.denial.claim.claim_id or "", outcome.denial.payment.payer_claim_number or ""
