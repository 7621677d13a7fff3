"""What the page of patterns shows: the report's rows with their pictures, as templates need them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from markupsafe import Markup

from features.patterns.picture import quarters_svg
from features.patterns.report import Pattern, Report

OLD_AFTER = 45  # days from the report's data, after which the page says that it is old


@dataclass(frozen=True)
class PatternRow:
    """A pattern with its picture, and its money as a share of the largest."""

    pattern: Pattern
    picture: Markup
    share: float  # 0..100


@dataclass(frozen=True)
class PatternsView:
    """The page of one report."""

    report: Report
    rows: tuple[PatternRow, ...]
    at_stake: Decimal
    recurring: Decimal  # dollars denied again
    days_old: int

    @property
    def old(self) -> bool:
        """Whether it should be made anew."""
        return self.days_old > OLD_AFTER


def patterns_view(report: Report, *, today: date) -> PatternsView:
    """Rows in the report's order, dearest first."""
    most = max((one.amount_at_stake for one in report.patterns), default=Decimal(0)) or Decimal(1)
    return PatternsView(
        report=report,
        rows=tuple(
            PatternRow(
                one,
                Markup(quarters_svg(one)),  # noqa: S704 - of numbers alone
                float(one.amount_at_stake / most * 100),
            )
            for one in report.patterns
        ),
        at_stake=sum((one.amount_at_stake for one in report.patterns), Decimal(0)),
        recurring=sum((one.amount_denied_again for one in report.recurrences), Decimal(0)),
        days_old=(today - report.made).days,
    )
