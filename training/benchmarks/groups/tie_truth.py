"""Which ties between payments are true, by the sealed truth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from features.groups.facts import Brief, is_reversal
from features.groups.ties import Kind, Tie
from features.x12.records import Claim, ClaimPayment
from training.benchmarks.groups.tally import Tally
from training.benchmarks.matching.truth import TruePayment
from training.match_labels import NOWHERE

EVENTS: dict[str, Kind] = {
    "reversal": "reversal", "correction": "correction", "secondary": "secondary", "duplicate": "paid-again",
    "split": "split",
}  # fmt: skip
KINDS = tuple(kind for kind in get_args(Kind) if kind in EVENTS.values())


class TieTruth:
    """Judges ties of payments that are given in the order in which they came.

    Payments for claims of another system are judged for reversals alone, by the payer's claim number: of no other tie
    between them is the truth known.
    """

    def __init__(
        self, payments: Sequence[ClaimPayment], truth: Sequence[TruePayment], claims: Sequence[Claim]
    ) -> None:
        self.payments, self.truth, self.claims = payments, truth, claims
        self._briefs = [Brief.of(payment) for payment in payments]
        self._wanted = self._find()

    def wanted(self, kind: Kind, first: int) -> list[int]:
        """Places, from ``first`` on, of the payments of which a tie of the kind is expected.

        Only those whose other side has come: what was paid before the files begin, or stands in none, cannot be tied.
        """
        return [place for place in self._wanted[kind] if place >= first]

    def tally(self, kind: Kind, ties: Sequence[Tie], first: int) -> Tally:
        """Judge ties of one kind, those of payments from ``first`` on."""
        wanted = set(self.wanted(kind, first))
        tally = Tally(of=len(wanted))
        for tie in {tie.place: tie for tie in ties if tie.kind == kind and tie.place >= first}.values():
            if tie.place not in wanted:
                tally.invented += not self.right(tie)
            elif self.right(tie):
                tally.right += 1
            else:
                tally.wrong += 1
        return tally

    def parts(self, ties: Sequence[Tie], first: int) -> Tally:
        """Judge splits by their parts alone: a claim may have a twin that nothing tells it from."""
        wanted = set(self.wanted("split", first))
        tally = Tally(of=len(wanted))
        for tie in ties:
            if tie.kind == "split" and tie.place >= first:
                right = self._right_parts(tie)
                tally.right += right and tie.place in wanted
                tally.wrong += not right and tie.place in wanted
                tally.invented += not right and tie.place not in wanted
        return tally

    def right(self, tie: Tie) -> bool:
        """Whether all payments of a tie truly are what it says."""
        if tie.kind == "split":
            return self._right_split(tie)
        return EVENTS.get(self.truth[tie.place].event) == tie.kind and self._partner(
            tie.kind, tie.place, tie.to[0]
        )

    def _right_split(self, tie: Tie) -> bool:
        named = tie.claim is not None and self.claims[tie.claim].claim_id == self.truth[tie.place].claim_id
        return named and self._right_parts(tie)

    def _right_parts(self, tie: Tie) -> bool:
        places = (tie.place, *tie.to)
        return all(self._same_claim(tie.place, place) and self._is(place, "split") for place in places)

    def _find(self) -> dict[Kind, list[int]]:
        """By kind, payments with at least one earlier payment that they are truly tied to."""
        by_claim: dict[str, list[int]] = {}
        found: dict[Kind, list[int]] = {kind: [] for kind in KINDS}
        for place, true in enumerate(self.truth):
            kind = EVENTS.get(true.event)
            foreign = true.claim_id == NOWHERE
            key = f"number {self._briefs[place].number}" if foreign else true.claim_id
            earlier = by_claim.setdefault(key, [])
            told = kind if not foreign or kind == "reversal" else None
            if told and any(self._partner(told, place, other) for other in earlier):
                found[told].append(place)
            earlier.append(place)
        return found

    def _partner(self, kind: Kind, place: int, other: int) -> bool:
        """Whether an earlier payment is what a payment of the kind is truly tied to."""
        if not self._same_claim(place, other):
            return False
        one, two = self._briefs[place], self._briefs[other]
        back = is_reversal(self.payments[other])
        if kind == "correction":
            return back and one.trace == two.trace
        if kind == "secondary":
            return not back and one.payer != two.payer
        if kind == "split":
            return self._is(other, "split")
        return not back and one.payer == two.payer and (one.charge == two.charge or one.paid == two.paid)

    def _same_claim(self, place: int, other: int) -> bool:
        one, two = self.truth[place].claim_id, self.truth[other].claim_id
        if one == NOWHERE == two:
            number = self._briefs[place].number
            return bool(number) and number == self._briefs[other].number
        return one == two

    def _is(self, place: int, event: str) -> bool:
        return self.truth[place].event == event
