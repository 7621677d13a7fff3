"""What may be done about a denial, and what each is expected to bring."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final, Literal, Protocol

from msgspec import Struct

from features.recovery import Denial

Action = Literal["corrected", "appeal", "bill-secondary", "bill-patient", "write-off-proposal"]
"""A write-off is a proposal to a person: nothing is written off here."""

Source = Literal["history", "neutral"]
"""Learnt from this provider's own history, or a neutral rate that stands in while there is none."""

COST_A_MINUTE: Final = 0.65
"""Dollars of a specialist's minute: 24.16 an hour, the median of medical records specialists (BLS, Occupational
Employment and Wage Statistics, May 2024, 29-2072), and 1.43 times that with benefits and overhead (BLS, Employer
Costs for Employee Compensation: wages are 70 % of the cost), rounded up."""


class Option(Struct, frozen=True):
    """One thing that may be done."""

    action: Action
    grounds: tuple[str, ...]  # in words, what to put right or to argue with; the weightiest first
    probability: float  # 0..1, that it recovers
    low: float  # the interval of the probability
    high: float
    amount: Decimal  # dollars that are expected where it succeeds
    minutes: float  # expected minutes of a person's work
    deadline: date | None  # the last day on which it can be done; None: there is none
    source: Source = "history"

    @property
    def expected(self) -> Decimal:
        """Dollars that doing it is expected to bring: probability times amount."""
        return (Decimal(str(self.probability)) * self.amount).quantize(Decimal("0.01"))

    @property
    def net(self) -> float:
        """The same less what the work costs; by this options are ordered."""
        return float(self.expected) - COST_A_MINUTE * self.minutes


class Assessment(Struct, frozen=True):
    """What may be done about one denial, best first; never empty, as a write-off can always be proposed."""

    options: tuple[Option, ...]

    @property
    def best(self) -> Option:
        """The next best action."""
        return self.options[0]


class Assessor(Protocol):
    """``models.recovery.RecoveryModel``, ``models.recovery_neutral.NeutralRecovery``, or a test's own."""

    @property
    def version(self) -> str:
        """Which model assessed."""

    def assess(self, denials: Sequence[Denial], *, at: date) -> list[Assessment]:
        """An assessment for each denial, in their order, as of a day: what is overdue by then is no option."""
