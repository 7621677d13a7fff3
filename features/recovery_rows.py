"""The columns of a denial and an action: what drove the choice of the action, and what may decide how it ends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from math import log10
from typing import Final

import numpy as np

from features.match_keys import payer_key
from features.recovery import Denial
from features.recovery_columns import Columns, Rows
from features.x12.records import Claim

COLUMNS: Final = Columns(
    categorical=(
        "action",
        "category",
        "carc",  # of the largest amount
        "action_on_carc",  # both at once: a correction mends other reasons than an appeal does
        "payer_class",  # filing indicator, SBR09
        "payer",
        "authorization",  # whether the claim shows one
        "part",  # whether the whole claim was refused
        "frequency",
        "procedure",  # of the line with the largest charge
    ),
    ordinal=("amount", "diagnoses", "lines", "days_to_submission"),
    within=(("carc", "category"), ("payer", "payer_class")),
    crossed=(
        ("action", "category"),
        ("action", "payer_class"),
        ("action", "payer"),
        ("action", "authorization"),
        ("action_on_carc", "payer"),
        ("action_on_carc", "authorization"),
        ("action_on_carc", "diagnoses"),
        ("action_on_carc", "amount"),
    ),
)


def rows_of(denials: Sequence[Denial], actions: Sequence[str]) -> Rows:
    """A row for each denial with an action; the period is the quarter in which the denial became known."""
    texts: dict[str, list[str | None]] = {name: [] for name in COLUMNS.categorical}
    numbers: dict[str, list[float]] = {name: [] for name in COLUMNS.ordinal}
    for denial, action in zip(denials, actions, strict=True):
        for name, text in _texts(denial, action).items():
            texts[name].append(text)
        for name, number in _numbers(denial).items():
            numbers[name].append(number)
    return Rows.of(COLUMNS, texts, numbers, np.array([quarter(one.known) for one in denials], dtype=np.int64))


def quarter(day: date) -> int:
    """Quarters since year 0.

    >>> quarter(date(2025, 1, 1)) - quarter(date(2024, 12, 31))
    1
    """
    return day.year * 4 + (day.month - 1) // 3


def main_procedure(claim: Claim) -> str | None:
    """The procedure of the line with the largest charge."""
    line = max(claim.lines, key=lambda one: one.charge or Decimal(0), default=None)
    return line.procedure or line.revenue_code if line else None


def _texts(denial: Denial, action: str) -> dict[str, str | None]:
    claim = denial.claim
    carc = denial.carcs[0] if denial.carcs else None
    whole = claim.charge is not None and denial.amount >= claim.charge
    return {
        "action": action,
        "category": denial.category,
        "carc": carc,
        "action_on_carc": f"{action} {carc}",
        "payer_class": claim.filing_indicator,
        "payer": payer_key(claim),
        "authorization": "shown" if claim.prior_authorization else "none",
        "part": "whole" if whole else "part",
        "frequency": claim.frequency,
        "procedure": main_procedure(claim),
    }


def _numbers(denial: Denial) -> dict[str, float]:
    claim = denial.claim
    sent, served = claim.submitted, claim.service_to
    return {
        "amount": log10(max(1.0, float(denial.amount))),
        "diagnoses": float(len(claim.diagnoses)),
        "lines": float(len(claim.lines)),
        "days_to_submission": float((sent - served).days) if sent and served else float("nan"),
    }
