"""Which actions a denial leaves open, and their order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from features.recovery import Denial, refused
from models.recovery_grounds import grounds
from models.recovery_limits import Limits
from models.recovery_options import Action, Assessment, Option, Source

NOTHING: Final = Decimal(0)
CENT: Final = Decimal("0.01")
NOT_CORRECTABLE: Final = ("duplicate", "timely-filing")  # there is nothing in the claim to put right
OTHER_PAYERS: Final = ("eligibility", "coordination", "non-covered", "benefit-limit")
REPLACEMENT: Final = "7"  # CLM05-3: a claim that was corrected once; the next step is an appeal
PATIENT: Final = "PR-"  # the group of what the patient owes


class Estimate(NamedTuple):
    """What doing something is expected to bring and to take."""

    probability: float
    low: float
    high: float
    amount: Decimal
    minutes: float
    source: Source


def possible(denial: Denial) -> tuple[Action, ...]:
    """What may be done about a denial, whatever it brings; a write-off proposal is always there, and last."""
    found: list[Action] = []
    if denial.category not in NOT_CORRECTABLE and denial.claim.frequency != REPLACEMENT:
        found.append("corrected")
    found.append("appeal")
    if denial.category in OTHER_PAYERS and other_payer_known(denial):
        found.append("bill-secondary")
    if on_patient(denial) > 0:
        found.append("bill-patient")
    return (*found, "write-off-proposal")


def other_payer_known(denial: Denial) -> bool:
    """Whether the claim names another payer, or the payment says that the claim was sent on to one."""
    return bool(denial.claim.prior_payers) or denial.payment.crossover_payer_id is not None


def on_patient(denial: Denial) -> Decimal:
    """Dollars of the denial that the payer puts on the patient."""
    by_reason = refused([denial.payment])
    return sum((amount for reason, amount in by_reason.items() if reason.startswith(PATIENT)), NOTHING)


def assessment(
    denial: Denial, estimates: Mapping[Action, Estimate], limits: Limits, *, at: date
) -> Assessment:
    """The options that are not overdue, best first: by expected dollars less what the work costs.

    What the payer owes goes before what the patient is asked for, and what is worth its work before a write-off.
    """
    options = []
    for action, estimate in estimates.items():
        deadline = limits.deadline(denial, action)
        if deadline is None or deadline >= at:
            options.append(Option(action, grounds(denial, action), *estimate[:5], deadline, estimate.source))
    return Assessment(tuple(sorted(options, key=lambda option: (_turn(option), -option.net))))


def _turn(option: Option) -> int:
    if option.action == "write-off-proposal":
        return 2
    return 3 if option.net <= 0 else int(option.action == "bill-patient")
