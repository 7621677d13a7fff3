"""By which day a corrected claim or an appeal has to be there: typical limits by class of payer, and a user's own.

Contracts and states differ, so a provider's own table goes before these: a CSV file with the columns ``payer`` (its
id), ``payer_class`` (the claim filing indicator, SBR09), ``action`` (corrected, appeal, bill-secondary, bill-patient),
``days`` and ``since`` (denial or service). An empty payer or class stands for all. Any row of the user's goes before
the published ones; among either, the most specific that applies counts, a payer before a class.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Final, Literal, get_args

from msgspec import Struct

from features.csv_tables import Table
from features.recovery import Denial
from models.recovery_options import Action

Since = Literal["denial", "service"]
COLUMNS: Final = ("payer", "payer_class", "action", "days", "since")
REMEDY: Final = "all columns stand in docs/recovery.md"
LONGEST: Final = 3660  # days; a limit beyond ten years is a slip of the pen


class Limit(Struct, frozen=True):
    """So many days after the denial became known, or after the last day of service."""

    action: Action
    days: int
    since: Since = "denial"
    payer_class: str = ""
    payer: str = ""


def _of(classes: str, *limits: tuple[Action, int, Since]) -> list[Limit]:
    return [Limit(action, days, since, one) for one in classes.split() for action, days, since in limits]


PUBLISHED: Final[tuple[Limit, ...]] = (
    # Medicare: redetermination 120 days from the notice (42 CFR 405.942), claims a calendar year from the service
    # (42 CFR 424.44).
    *_of("MA MB", ("appeal", 120, "denial"), ("corrected", 365, "service")),
    # Medicare Advantage: reconsideration 65 days from the notice, since 2025 (42 CFR 422.582); corrections by contract,
    # commonly as commercial plans.
    *_of("16", ("appeal", 65, "denial"), ("corrected", 180, "denial")),
    # Medicaid: managed care appeals 60 days from the notice (42 CFR 438.402), claims 12 months from the service
    # (42 CFR 447.45).
    *_of("MC", ("appeal", 60, "denial"), ("corrected", 365, "service")),
    # TRICARE: reconsideration 90 days from the notice (32 CFR 199.10), claims a year from the service (32 CFR 199.7).
    *_of("CH", ("appeal", 90, "denial"), ("corrected", 365, "service")),
    # Group health plans have to give 180 days for an appeal (29 CFR 2560.503-1(h)), individual ones by 45 CFR 147.136
    # too; 180 for corrections is a common contract's.
    Limit("appeal", 180),
    Limit("corrected", 180),
    Limit("bill-secondary", 180),  # a second payer counts from the first one's decision; a common contract's
)


class Limits(Struct, frozen=True):
    """All limits, a user's own before the published ones."""

    rows: tuple[Limit, ...] = PUBLISHED
    own: tuple[Limit, ...] = ()

    @staticmethod
    def read(path: Path) -> Limits:
        """The published limits with a user's table before them; raises as ``features.csv_tables.Table.read``."""
        return Limits.of(Table("table of limits", COLUMNS, _limit, REMEDY).read(path))

    @staticmethod
    def of(own: Iterable[Limit]) -> Limits:
        """The published limits with these before them."""
        return Limits(own=tuple(own))

    def deadline(self, denial: Denial, action: Action) -> date | None:
        """The last day for an action; None where no limit is known for it."""
        limit = self._limit(denial, action)
        if limit is None:
            return None
        start = denial.claim.service_to if limit.since == "service" else None
        return (start or denial.known) + timedelta(limit.days)

    def _limit(self, denial: Denial, action: Action) -> Limit | None:
        return _most_specific(self.own, denial, action) or _most_specific(self.rows, denial, action)


def _most_specific(rows: Iterable[Limit], denial: Denial, action: Action) -> Limit | None:
    """Of the rows that apply; of equals the first."""
    applying = [
        one
        for one in rows
        if one.action == action
        and one.payer in ("", denial.claim.payer_id)
        and one.payer_class in ("", denial.claim.filing_indicator)
    ]
    return max(applying, key=lambda one: (bool(one.payer), bool(one.payer_class)), default=None)


def _limit(row: Mapping[str, str]) -> Limit:
    action, days, since = row["action"], int(row["days"]), row["since"] or "denial"
    if action not in get_args(Action) or since not in get_args(Since) or not 0 < days <= LONGEST:
        raise ValueError("no limit")
    return Limit(action, days, since, row["payer_class"], row["payer"])  # type: ignore[arg-type]
