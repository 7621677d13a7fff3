"""The gate before a payer's decision: claims that are turned away as they come in, and told so in a 277CA."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from training.simulate import rates
from training.simulate.claims import SimulatedClaim
from training.simulate.draws import Draws
from training.simulate.workdays import working_day

# Status (STC01-2) and entity (STC01-3) of a rejection that no fault in the claim explains.
OTHER_REJECTIONS = (("562", "85"), ("116", ""), ("187", ""), ("33", "IL"), ("286", ""))


@dataclass(frozen=True, slots=True)
class Answer:
    """What the front end says of a claim on the day after it was sent."""

    claim: SimulatedClaim
    category: str  # A2 accepted; A3, A7 rejected
    status: str
    entity: str

    @property
    def accepted(self) -> bool:
        """Whether the payer will decide the claim."""
        return self.category == "A2"


def check(draws: Draws, claim: SimulatedClaim) -> Answer:
    """Turn the claim away or take it in. A fault that a front end can see is one that a payer would deny for."""
    if claim.wrong_member_id and draws.chance(rates.REJECTED_WRONG_MEMBER):
        return Answer(claim, "A7", "164", "IL")
    if not claim.rendering_shown and draws.chance(rates.REJECTED_WITHOUT_RENDERING):
        return Answer(claim, "A7", "562", "82")
    if draws.chance(rates.REJECTED):
        return Answer(claim, "A3", *draws.pick(OTHER_REJECTIONS))
    return Answer(claim, "A2", "20", "PR")


def sent_again(draws: Draws, rejected: SimulatedClaim, *, end: date) -> SimulatedClaim | None:
    """The claim put right under its own number, as it never was in the payer's system; None where it is forgotten."""
    day = working_day(rejected.submitted + timedelta(draws.between(2, 9)))
    if day > end or not draws.chance(rates.SENT_AGAIN):
        return None
    return replace(
        rejected,
        submitted=day,
        subscriber_id=rejected.coverage.subscriber_id,
        rendering_shown=True,
        wrong_member_id=False,
    )
