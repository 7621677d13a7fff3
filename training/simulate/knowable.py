"""How likely a denial is to someone who knows every rule and rate of the payer, but not what no file shows.

The probability that a denial is drawn from holds the claim's own luck, which nobody can know beforehand, and what a
payer alone knows of the patient, which a provider can learn from earlier claims at best. Without them it says how much
of the distance to the oracle can be gone at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import prod
from typing import NamedTuple, TypeVar

from training.simulate import rates
from training.simulate.adjudication import hazards
from training.simulate.claims import SimulatedClaim
from training.simulate.draws import Draws
from training.simulate.planted import Planted

Item = TypeVar("Item")
ELDERLY = 65  # years
ASK_FOR_OTHERS = ("commercial", "exchange", "military")  # kinds of payers that look for another plan
CHANGED_LATELY = (
    rates.NEW_PLAN_EACH_JANUARY * rates.OLD_PLAN_BILLED * 90 / 365
)  # claims billed to an old plan


class Knowable(NamedTuple):
    """Probabilities of a denial, 0..1."""

    without_luck: float  # the mean in place of the claim's own draw
    without_hidden: float  # and of the patient's, and of coverage that nobody was told of


class Mean(Draws):
    """The mean of every factor in place of a draw."""

    def __init__(self) -> None:
        super().__init__(0, "means")

    def lognormal(self, sigma: float) -> float:  # noqa: ARG002 - the mean is 1 whatever the spread
        """1."""
        return 1.0

    def weighted(self, items: Sequence[Item], cumulative: Sequence[float]) -> Item:  # noqa: ARG002
        """The first, for which one it is does not matter here."""
        return items[0]


MEAN = Mean()


def knowable(claim: SimulatedClaim, planted: Sequence[Planted]) -> Knowable:
    """Of one claim."""
    without_luck = 1 - prod(1 - hazard.probability for hazard in hazards(MEAN, claim, planted))
    patient = claim.patient
    hidden = patient.frailty, patient.other_coverage, claim.not_covered
    patient.frailty, patient.other_coverage, claim.not_covered = 1.0, False, False
    try:
        shown = [hazard.probability for hazard in hazards(MEAN, claim, planted)]
    finally:
        patient.frailty, patient.other_coverage, claim.not_covered = hidden
    return Knowable(without_luck, 1 - prod(1 - each for each in (*shown, *_usual(claim))))


def _usual(claim: SimulatedClaim) -> Iterable[float]:
    """The mean hazards of another plan and of a gap, by what a file shows of the patient and the payer."""
    kind = claim.payer.kind
    if kind in ASK_FOR_OTHERS:
        elderly = (claim.service_from - claim.patient.born).days / 365.25 >= ELDERLY
        yield rates.OTHER_COVERAGE["62 and over" if elderly else "under 62"] * rates.DENIED_OTHER_COVERAGE
    gap = rates.MEDICAID_GAP if kind in ("medicaid", "managed") else CHANGED_LATELY
    yield gap * rates.DENIED_NOT_ELIGIBLE
