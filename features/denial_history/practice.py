"""What is usual, of the claims that were sent so far: an authorization, a referral, a diagnosis, a member id's shape.

Which services need an authorization stands in contracts that no file holds, but the claims show it: one that lacks what
nearly all of its like carry is suspect, and so is one with a diagnosis that its procedure never has. No outcome takes
part.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from features.denial_history.facts import Facts
from features.denial_history.tally import Tally, cells_from_plain, cells_to_plain

COLUMNS: Final = (
    "authorization_lacking",
    "referral_lacking",
    "diagnosis_share",
    "least_diagnosis_share",
    "member_shape_share",
)
LACKING: Final = ("authorization_lacking", "referral_lacking")
DOUBT: Final = 5.0  # claims without any that a share starts from
PRACTICE_CHANGES: Final = 365.0  # days until half of it is forgotten
STAYS: Final = 3650.0  # what goes with what, and how a payer builds its numbers

HALF_LIVES: Final[Mapping[str, float]] = {
    "authorization": PRACTICE_CHANGES,  # by payer and service
    "referral": PRACTICE_CHANGES,
    "service": STAYS,
    "pair": STAYS,  # by service and principal diagnosis
    "payer": STAYS,
    "shape": STAYS,  # by payer and shape of the member id
}


class Practice:
    """Shares in 0..1 of the claims sent so far."""

    def __init__(self) -> None:
        self.tallies = {name: Tally(half_life) for name, half_life in HALF_LIVES.items()}

    def columns(self, facts: Facts) -> tuple[float, ...]:
        """The values of ``COLUMNS``: what a claim lacks counts for as much as it is usual, 0 where it is there."""
        pairs = [self._pair(service, facts) for service in facts.services]
        return (
            0.0 if facts.authorized else self._most("authorization", facts),
            0.0 if facts.referred else self._most("referral", facts),
            max(pairs, default=0.0),
            min(pairs, default=0.0),
            self._shape(facts),
        )

    def sent(self, facts: Facts) -> None:
        """Take in a claim as it is sent."""
        tallies, day = self.tallies, facts.day
        for service in facts.services:
            tallies["authorization"].add((facts.payer, service), day, hit=facts.authorized)
            tallies["referral"].add((facts.payer, service), day, hit=facts.referred)
            tallies["service"].add(service, day, hit=False)
            tallies["pair"].add((service, facts.diagnosis), day, hit=False)
        tallies["payer"].add(facts.payer, day, hit=False)
        tallies["shape"].add((facts.payer, facts.member_shape), day, hit=False)

    def to_plain(self) -> dict[str, list[list[Any]]]:
        """For a manifest: keys with several claims."""
        return {name: cells_to_plain(tally) for name, tally in self.tallies.items()}

    @staticmethod
    def from_plain(plain: Mapping[str, Any]) -> Practice:
        """The inverse of ``to_plain``, but for what that leaves out."""
        practice = Practice()
        for name, cells in plain.items():
            practice.tallies[name].cells = cells_from_plain(cells)
        return practice

    def _most(self, name: str, facts: Facts) -> float:
        tally, day = self.tallies[name], facts.day
        found = [tally.counts((facts.payer, service), day) for service in facts.services]
        return max((carrying / (claims + DOUBT) for claims, carrying in found), default=0.0)

    def _pair(self, service: str, facts: Facts) -> float:
        with_it, _ = self.tallies["pair"].counts((service, facts.diagnosis), facts.day)
        claims, _ = self.tallies["service"].counts(service, facts.day)
        return with_it / (claims + DOUBT)

    def _shape(self, facts: Facts) -> float:
        alike, _ = self.tallies["shape"].counts((facts.payer, facts.member_shape), facts.day)
        claims, _ = self.tallies["payer"].counts(facts.payer, facts.day)
        return (alike + 1.0) / (claims + 2.0)
