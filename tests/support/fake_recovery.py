"""An assessor of denials for tests that are not about the model: it answers by rules a test can see through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from features.recovery import Denial
from models.recovery_options import Assessment, Option

APPEAL_DAYS, CORRECTION_DAYS = 60, 180


@dataclass(frozen=True)
class FakeRecovery:
    """A correction brings all in six of ten; an appeal half in four of ten; what is too late is no option."""

    version: str = "denial-recovery-fake"
    appeal_first: bool = False

    def assess(self, denials: Sequence[Denial], *, at: date) -> list[Assessment]:
        """One answer a denial."""
        return [Assessment(_options(denial, at, appeal_first=self.appeal_first)) for denial in denials]


def _options(denial: Denial, at: date, *, appeal_first: bool) -> tuple[Option, ...]:
    correction = Option(
        action="corrected",
        grounds=("Add the authorization number.",),
        probability=0.6,
        low=0.5,
        high=0.7,
        amount=denial.amount,
        minutes=15.0,
        deadline=denial.known + timedelta(days=CORRECTION_DAYS),
    )
    appeal = Option(
        action="appeal",
        grounds=("The service was urgent.", "The plan covers it."),
        probability=0.4,
        low=0.3,
        high=0.5,
        amount=denial.amount / 2,
        minutes=40.0,
        deadline=denial.known + timedelta(days=APPEAL_DAYS),
    )
    give_up = Option("write-off-proposal", (), 0.0, 0.0, 0.0, Decimal(0), 5.0, None)
    order = (appeal, correction) if appeal_first else (correction, appeal)
    timely = (one for one in order if one.deadline and one.deadline >= at)
    return (*timely, give_up)
