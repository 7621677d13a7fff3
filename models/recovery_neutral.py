"""What stands in where nothing was learnt: published or neutral rates, the same for every denial, and labelled so.

They order denials by their amount and say which actions are open and by when; they know nothing of a payer or a reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from features.recovery import Denial
from models.recovery_choice import CENT, NOTHING, Estimate, assessment, on_patient, possible
from models.recovery_limits import Limits
from models.recovery_options import Action, Assessment

# 54 % of denials by private payers were paid in the end (Premier 2024, survey of hospitals); of appeals, 44 % won
# against exchange plans (KFF, claims denials and appeals in ACA marketplace plans in 2023), 82 % against Medicare
# Advantage (KFF, prior authorization in 2023): the interval.
PAID_IN_THE_END: Final = (0.54, 0.44, 0.82)
SECOND_PAYER: Final = (0.5, 0.1, 0.9)  # no figure was found: anything may be
PATIENT_PAYS: Final = (0.4, 0.1, 0.7)  # chosen; larger balances of patients mostly go unpaid
PAID_OF_CHARGE: Final = Decimal("0.4")  # of charges; chosen, and learnt from history wherever there is one
MINUTES: Final[dict[Action, float]] = {  # chosen
    "corrected": 20.0,
    "appeal": 45.0,
    "bill-secondary": 10.0,
    "bill-patient": 5.0,
    "write-off-proposal": 5.0,
}


@dataclass(frozen=True)
class NeutralRecovery:
    """Assesses denials where there is no trained model; every option's source is ``neutral``."""

    limits: Limits = field(default_factory=Limits)

    @property
    def version(self) -> str:
        """The same always."""
        return "denial-recovery-neutral"

    def assess(self, denials: Sequence[Denial], *, at: date) -> list[Assessment]:
        """An assessment for each denial, in their order, as of a day."""
        return [
            assessment(one, {action: neutral(one, action) for action in possible(one)}, self.limits, at=at)
            for one in denials
        ]


def neutral(denial: Denial, action: Action, *, paid_of_charge: Decimal = PAID_OF_CHARGE) -> Estimate:
    """The neutral estimate of an action."""
    if action == "write-off-proposal":
        return Estimate(0.0, 0.0, 0.0, NOTHING, MINUTES[action], "neutral")
    if action == "bill-patient":
        return Estimate(*PATIENT_PAYS, on_patient(denial), MINUTES[action], "neutral")
    rates = SECOND_PAYER if action == "bill-secondary" else PAID_IN_THE_END
    amount = (denial.amount * paid_of_charge).quantize(CENT)
    return Estimate(*rates, amount, MINUTES[action], "neutral")
