"""A report of patterns with one row of each sort."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from features.patterns.report import ChangePoint, Condition, Pattern, Recurrence, Report


def make_pattern(**changes: Any) -> Pattern:
    """Forty claims of a payer and a procedure, fourteen of them denied."""
    pattern = Pattern(
        conditions=(
            Condition("payer", "PAY1", "payer PAY1"),
            Condition("procedure", "72148", "procedure 72148"),
        ),
        categories=("authorization",),
        claims=43,
        denied=14,
        expected=2.5,
        excess=11.5,
        excess_low=6.0,
        excess_high=19.0,
        q_value=1e-6,
        amount_denied=Decimal("28000.00"),
        amount_at_stake=Decimal("23000.00"),
        rate_last_quarter=0.4,
        rate_before=0.3,
        trend="rising",
        since=date(2024, 1, 5),
        since_first=date(2024, 1, 1),
        since_last=date(2024, 1, 9),
        quarters=(
            (date(2023, 7, 1), 3, 0, 0.2),
            (date(2023, 10, 1), 20, 6, 1.1),
            (date(2024, 1, 1), 20, 8, 1.2),
        ),
        also=("payer PAY1, service line imaging",),
    )
    return msgspec.structs.replace(pattern, **changes)


def make_report(**changes: Any) -> Report:
    """One pattern, one change point, one row of recurrence."""
    report = Report(
        made=date(2024, 3, 31),
        digest="0" * 64,
        claims=5000,
        denied=600,
        amount_denied=Decimal("900000.00"),
        first_day=date(2023, 1, 1),
        last_day=date(2023, 12, 31),
        candidates=12_345,
        support=20,
        false_discoveries=0.01,
        patterns=(make_pattern(),),
        changes=(
            ChangePoint("PAY1", "LAKESIDE HEALTH PLAN", "authorization", date(2023, 9, 1), date(2023, 8, 20),
                        date(2023, 9, 4), 900, 0.01, 0.06, 1e-5),
        ),
        recurrences=(
            Recurrence("PAY1", "LAKESIDE HEALTH PLAN", "eligibility", 24, 11, 3, 0.26, 0.67, Decimal("4200.00")),
        ),
    )  # fmt: skip
    return msgspec.structs.replace(report, **changes)
