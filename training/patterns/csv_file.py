"""The patterns as a table, a row a pattern."""

from __future__ import annotations

import csv
from pathlib import Path

from features.patterns.report import Pattern, Report

COLUMNS = ("pattern", "conditions", "categories", "claims", "denied", "expected", "excess", "excess_low", "excess_high",
           "q_value", "amount_denied", "amount_at_stake", "rate_last_quarter", "rate_before", "trend", "since",
           "also")  # fmt: skip


def write_csv(report: Report, folder: Path) -> Path:
    """Write ``patterns.csv``."""
    path = folder / "patterns.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(_row(number, one) for number, one in enumerate(report.patterns, start=1))
    return path


def _row(number: int, one: Pattern) -> list[object]:
    conditions = ";".join(f"{condition.name}={condition.value}" for condition in one.conditions)
    return [number, conditions, ";".join(one.categories) or "all", one.claims, one.denied, one.expected, one.excess,
            one.excess_low, one.excess_high, f"{one.q_value:.2e}", one.amount_denied, one.amount_at_stake,
            one.rate_last_quarter, one.rate_before, one.trend, one.since or "", " | ".join(one.also)]  # fmt: skip
