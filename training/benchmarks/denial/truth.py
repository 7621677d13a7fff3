"""The sealed truth of claims: the probability that each denial was drawn from, and what was drawn."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from features.errors import MissingDataError
from features.x12.records import Claim

FILE = Path("truth/claims.csv")


class TrueClaim(NamedTuple):
    """What the payer's rules knew, and what someone would say who knows them; NaN where an older folder has it not."""

    probability: float
    denied: float
    reason: str  # CARC, empty where it is not denied
    without_luck: float  # the mean in place of the claim's own draw
    without_hidden: float  # and of what no file shows of patient and coverage


def true_of(truth: Mapping[str, TrueClaim], claims: Sequence[Claim]) -> list[TrueClaim]:
    """The truth of each claim; raises MissingDataError where it does not tell of one."""
    try:
        return [truth[claim.claim_id or ""] for claim in claims]
    except KeyError:
        raise MissingDataError(
            "the truth does not tell of every claim", FILE.name, "simulate it anew"
        ) from None


def read_truth(folder: Path) -> dict[str, TrueClaim]:
    """By claim id; raises MissingDataError where the folder has no truth."""
    path = folder / FILE
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            return {row["claim_id"]: _claim(row) for row in csv.DictReader(stream)}
    except FileNotFoundError as error:
        raise MissingDataError(
            "there is no truth beside the data", path.name, "measure on simulated data"
        ) from error


def _claim(row: Mapping[str, str]) -> TrueClaim:
    knowable = (float(row.get(name) or math.nan) for name in ("without_luck", "without_hidden"))
    return TrueClaim(float(row["denial_probability"]), float(row["denied"]), row.get("reason", ""), *knowable)
