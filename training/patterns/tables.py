"""What is printed of a report: patterns, change points and recurrence as tables."""

from __future__ import annotations

from decimal import Decimal

from rich.table import Table

from features.patterns.report import ChangePoint, Pattern, Recurrence, Report

MOST = 25  # rows of a table; the files hold all


def all_of(report: Report) -> list[Table]:
    """The three tables."""
    return [_patterns(report.patterns), _changes(report.changes), _recurrences(report.recurrences)]


def described(report: Report) -> str:
    """What the report rests on, in a sentence."""
    return (
        f"{report.claims:,} claims with services from {report.first_day} to {report.last_day}, {report.denied:,} "
        f"denied ({dollars(report.amount_denied)}); {report.candidates:,} combinations of at least {report.support} "
        f"claims were tried; at most {report.false_discoveries:.0%} of the patterns are expected to be chance"
    )


def dollars(amount: Decimal) -> str:
    """An amount in whole dollars.

    >>> dollars(Decimal("1234.50"))
    '$1,234'
    """
    return f"${amount:,.0f}"


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    for place, column in enumerate(columns):
        table.add_column(column, justify="left" if place < 2 else "right", overflow="fold")
    return table


def _patterns(found: tuple[Pattern, ...]) -> Table:
    table = _table(
        f"Patterns of denials, most money at stake first ({len(found)})", "claims", "reason", "number", "denied",
        "expected", "excess", "at stake", "trend", "since",
    )  # fmt: skip
    for one in found[:MOST]:
        table.add_row(
            one.words, one.about, f"{one.claims:,}", f"{one.denied:,}", f"{one.expected:.1f}",
            f"{one.excess:.0f}\n{one.excess_low:.0f} to {one.excess_high:.0f}", dollars(one.amount_at_stake),
            f"{one.trend}\n{one.rate_before:.0%} to {one.rate_last_quarter:.0%}", str(one.since or "all along"),
        )  # fmt: skip
    return table


def _changes(found: tuple[ChangePoint, ...]) -> Table:
    table = _table(
        f"When payers changed ({len(found)})",
        "payer",
        "reason",
        "day",
        "between",
        "denied before",
        "after",
        "q",
    )
    for one in found[:MOST]:
        table.add_row(
            one.payer_name, one.category, str(one.day), f"{one.first}\n{one.last}", f"{one.rate_before:.1%}",
            f"{one.rate_after:.1%}", f"{one.q_value:.1e}",
        )  # fmt: skip
    return table


def _recurrences(found: tuple[Recurrence, ...]) -> Table:
    table = _table(
        "Corrected claims that were denied again", "payer", "denied first for", "corrected", "denied again",
        "same reason", "95 %", "denied again",
    )  # fmt: skip
    for one in found[:MOST]:
        table.add_row(
            one.payer_name, one.category, f"{one.corrected}", f"{one.denied_again}", f"{one.same_category}",
            f"{one.low:.0%} to {one.high:.0%}", dollars(one.amount_denied_again),
        )  # fmt: skip
    return table
