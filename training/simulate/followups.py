"""What the provider does about a denial: send a corrected claim, appeal, give it up, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from training.simulate import rates
from training.simulate.adjudication import Decision
from training.simulate.claims import SimulatedClaim
from training.simulate.draws import Draws, running
from training.simulate.payments import Payment
from training.simulate.workdays import working_day

Action = Literal["corrected", "appeal", "write-off", "none"]
NOT_CORRECTABLE = ("18", "29")  # sent twice, sent too late: nothing in the claim to put right


@dataclass(slots=True)
class FollowUp:
    """One thing that was done about a denial; ``overturn`` is the chance that an appeal of it wins."""

    day: date
    claim: SimulatedClaim
    denial: Payment
    reason: str
    action: Action
    minutes: int
    worked_by: str
    overturn: float
    overturned: bool = False
    new_claim_id: str = ""


def plan(
    draws: Draws, claim: SimulatedClaim, decision: Decision, denial: Payment, *, known: date
) -> FollowUp:
    """Draw what will be done after the day on which the denial is known.

    Large claims are appealed more often and left alone less; what nobody works stays as it is.
    """
    reason = decision.reason or ""
    action = _action(draws, claim, reason)
    first, last = rates.DAYS_TO_WORK[action]
    overturn = chance_of_overturn(claim, decision)
    return FollowUp(
        day=working_day(known + timedelta(draws.between(first, last))),
        claim=claim,
        denial=denial,
        reason=reason,
        action=action,
        minutes=round(rates.MINUTES_TO_WORK[action] * draws.lognormal(0.5)),
        worked_by=draws.pick(SPECIALISTS),
        overturn=overturn,
        overturned=action == "appeal" and draws.chance(overturn),
    )


def chance_of_overturn(claim: SimulatedClaim, decision: Decision) -> float:
    """The odds of the reason, moved by the payer, by an authorization on the claim, and by the patient's history."""
    chance = rates.OVERTURNED_ON_APPEAL.get(decision.reason or "", 0.4)
    odds = chance / (1 - chance) * claim.payer.lenience
    if decision.reason == "197":
        odds *= 3.0 if claim.authorization else 0.6
    if decision.reason == "50" and len(claim.diagnoses) > 2:
        odds *= 1.5  # more of the patient's history speaks for the service
    return odds / (1 + odds)


def _action(draws: Draws, claim: SimulatedClaim, reason: str) -> Action:
    shares = dict(rates.DENIAL_WORK)
    covered = reason != "27" or draws.chance(rates.COVERED_AFTER_ALL)
    if reason in NOT_CORRECTABLE or not covered or claim.frequency == "7":
        shares["none"] += shares["corrected"] * 0.4
        shares["appeal"] += shares["corrected"] * 0.3
        shares["write-off"] += shares["corrected"] * 0.3
        shares["corrected"] = 0.0
    if claim.charge > rates.LARGE_CLAIM:
        shares["appeal"] *= 2.0
        shares["none"] *= 0.5
    actions: tuple[Action, ...] = ("corrected", "appeal", "write-off", "none")
    return draws.weighted(actions, running([shares[action] for action in actions]))


SPECIALISTS = ("EROSSI", "FOKAFOR", "GLIM", "HNOVAK")
