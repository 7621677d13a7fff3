"""What a search for patterns found, as it is written by training and shown by serving: plain values without a patient.

Numbers of claims are counts, rates are 0 to 1, money is ``Decimal`` dollars. A pattern stands on at least eleven
patients; fewer could point at a person.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec
from msgspec import Struct

from features.errors import BadInputError, MissingDataError

FILE = "patterns.json"
FORMAT = 1


class Condition(Struct, frozen=True):
    """One condition: the attribute, its value in the files, and how a person would name it."""

    name: str
    value: str
    label: str


class Pattern(Struct, frozen=True):
    """Claims that are denied more often than expected of their payer, season, service, place and amount.

    ``expected`` takes all other patterns into account; ``excess_low`` and ``excess_high`` are at 95 %.
    """

    conditions: tuple[Condition, ...]
    categories: tuple[str, ...]  # those that are in excess; empty for denials of all kinds together
    claims: int
    denied: int
    expected: float
    excess: float
    excess_low: float
    excess_high: float
    q_value: float  # expected share of chance finds among this pattern and the stronger ones
    amount_denied: Decimal
    amount_at_stake: Decimal  # the part of it that is beyond what is expected
    rate_last_quarter: float  # of denials, over the last 91 days of services
    rate_before: float
    trend: str  # rising, falling, steady, or unknown where too little was seen
    since: date | None  # the first day of the excess, where it has not been there all along
    since_first: date | None
    since_last: date | None
    quarters: tuple[tuple[date, int, int, float], ...]  # first day, claims, denied, expected
    also: tuple[str, ...] = ()  # other descriptions of the same claims

    @property
    def words(self) -> str:
        """The conditions as a person says them."""
        return ", ".join(condition.label for condition in self.conditions)

    @property
    def about(self) -> str:
        """The categories as a person says them."""
        return ", ".join(self.categories) or "all reasons"


class ChangePoint(Struct, frozen=True):
    """A day on which a payer began to deny more, or less, for a category; season taken out."""

    payer: str
    payer_name: str
    category: str
    day: date
    first: date  # the day lies between these at 95 %
    last: date
    claims: int
    rate_before: float
    rate_after: float
    q_value: float


class Recurrence(Struct, frozen=True):
    """Corrected claims of a payer after denials of a category: how many were denied again."""

    payer: str
    payer_name: str
    category: str
    corrected: int
    denied_again: int
    same_category: int  # of these, denied for the same category
    low: float  # of the share that was denied again, at 95 %
    high: float
    amount_denied_again: Decimal


class Report(Struct, frozen=True):
    """All that one search found."""

    made: date  # the last day that the data tells of
    digest: str  # of the data set
    claims: int
    denied: int
    amount_denied: Decimal
    first_day: date
    last_day: date
    candidates: int
    support: int
    false_discoveries: float
    patterns: tuple[Pattern, ...]
    changes: tuple[ChangePoint, ...]
    recurrences: tuple[Recurrence, ...]
    format: int = FORMAT


def write(report: Report, folder: Path) -> Path:
    """Write the report into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE
    path.write_bytes(msgspec.json.format(msgspec.json.encode(report)))
    return path


def read(path: Path) -> Report:
    """Read a report; raises MissingDataError where there is none, BadInputError where it cannot be read."""
    try:
        report = msgspec.json.decode(path.read_bytes(), type=Report)
    except FileNotFoundError:
        raise MissingDataError(
            "no patterns were looked for yet", path.name, "run `python -m training patterns`"
        ) from None
    except msgspec.DecodeError:
        raise BadInputError(
            "this is no report of patterns", path.name, "run `python -m training patterns` again"
        ) from None
    if report.format != FORMAT:
        raise BadInputError(
            "the report is of another version", path.name, "run `python -m training patterns` again"
        )
    return report
