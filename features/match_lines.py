"""Which billed line each paid line answers, once the claim is found; and which lines answer to nothing.

Lines that were paid whole come first, then groups whose charges add up, then what is left; of each best assignment
a pair is kept only where it is sure. Never forced: a line that fits nothing, or several things alike, is named so.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from features.evidence import FieldEvidence
from features.match_keys import cents
from features.match_line_assignment import assign
from features.match_line_groups import Group, groups
from features.match_line_scores import claim_code, line_evidence, scores
from features.x12.records import ClaimLine, PaymentLine

Sureness = Literal["certain", "likely"]
Why = Literal["nothing-alike", "several-alike"]

SURE = 2.0  # log-odds that the whole must lose without a pair for it to be kept
CERTAIN = 6.0


class LinePair(Struct, frozen=True):
    """Paid lines and the billed lines that they answer: one and one, or one service here and several there."""

    payment: tuple[int, ...]  # places in the payment's lines, from 0
    claim: tuple[int, ...]  # places in the claim's lines, from 0
    evidence: tuple[FieldEvidence, ...]
    sureness: Sureness
    interchangeable: bool = False  # a twin of either line fits alike: same service, day and charge


class Unpaired(Struct, frozen=True):
    """A line without an answer: nothing is like it, or several are and nothing tells them apart."""

    place: int
    why: Why


class LinePairing(Struct, frozen=True):
    """Every line of both sides exactly once: in a pair, added by the payer, or not answered in this payment."""

    pairs: tuple[LinePair, ...]  # in the payment's order
    payment_only: tuple[Unpaired, ...]
    claim_only: tuple[Unpaired, ...]


def pair_lines(payment: Sequence[PaymentLine], claim: Sequence[ClaimLine]) -> LinePairing:
    """Pair paid lines with billed lines, in any number and order."""
    lines = _Lines(payment, claim)
    whole = lines.with_unbundled([pair for pair in lines.singles([]) if _same_charge(pair)])
    grouped = [*whole, *lines.groups(whole)]
    pairs = [*grouped, *lines.singles(grouped)]
    paid = {place for pair in pairs for place in pair.payment}
    billed = {place for pair in pairs for place in pair.claim}
    return LinePairing(
        pairs=tuple(sorted(pairs, key=lambda pair: pair.payment)),
        payment_only=_left(paid, lines.table),
        claim_only=_left(billed, lines.table.T),
    )


class _Lines:
    """Both sides' lines with the scores of every two."""

    def __init__(self, payment: Sequence[PaymentLine], claim: Sequence[ClaimLine]) -> None:
        self.payment, self.claim = payment, claim
        self.table = scores(payment, claim)
        numbered = any(line.control_number for line in payment)
        self._paid_kinds = _kinds([_paid_kind(line) for line in payment])
        self._billed_kinds = _kinds([_billed_kind(line, numbered) for line in claim])

    def singles(self, taken: Sequence[LinePair]) -> list[LinePair]:
        """The sure pairs of one and one, of the lines that are not taken yet."""
        rows, columns = self._free(taken)
        assigned = assign(self.table, rows, columns, self._paid_kinds, self._billed_kinds)
        return [
            self._pair(
                Group((one.row,), (one.column,)),
                "certain" if one.margin >= CERTAIN else "likely",
                interchangeable=one.interchangeable,
            )
            for one in assigned
            if one.margin >= SURE
        ]

    def with_unbundled(self, pairs: Sequence[LinePair]) -> list[LinePair]:
        """The pairs, each with the lines that were split off without a charge and name its billed code (SVC06)."""
        free, _ = self._free(pairs)
        codes = [claim_code(self.claim[pair.claim[0]]) for pair in pairs]
        joined: dict[int, list[int]] = {}
        for place in free:
            code = self.payment[place].original_procedure
            if code and not cents(self.payment[place].charge) and codes.count(code) == 1:
                joined.setdefault(codes.index(code), []).append(place)
        return [
            self._pair(Group((*pair.payment, *joined[n]), pair.claim), "likely") if n in joined else pair
            for n, pair in enumerate(pairs)
        ]

    def groups(self, taken: Sequence[LinePair]) -> list[LinePair]:
        """One service here and several there, of the lines that are not taken yet."""
        found = groups(self.payment, self.claim, *self._free(taken), self._billed_kinds.tolist())
        return [self._pair(group, "likely") for group in found]

    def _free(self, taken: Sequence[LinePair]) -> tuple[list[int], list[int]]:
        ours = {place for pair in taken for place in pair.payment}
        theirs = {place for pair in taken for place in pair.claim}
        return (
            [n for n in range(len(self.payment)) if n not in ours],
            [n for n in range(len(self.claim)) if n not in theirs],
        )

    def _pair(self, group: Group, sureness: Sureness, *, interchangeable: bool = False) -> LinePair:
        paid, billed = [self.payment[n] for n in group.payment], [self.claim[n] for n in group.claim]
        return LinePair(*group, line_evidence(paid, billed), sureness, interchangeable)


def _same_charge(pair: LinePair) -> bool:
    return any(one.field == "charge" and one.agreement in ("exact", "normalised") for one in pair.evidence)


def _kinds(contents: Sequence[Hashable]) -> NDArray[np.intp]:
    """Equal numbers for twins: lines of one side that nothing tells apart."""
    known: dict[Hashable, int] = {}
    return np.array([known.setdefault(content, len(known)) for content in contents], dtype=np.intp)


def _paid_kind(line: PaymentLine) -> Hashable:
    """With what was decided: which of two alike lines was denied is not for us to guess."""
    what = (line.control_number, line.procedure, line.original_procedure, line.revenue_code, line.modifiers)
    when = (line.service_from, line.service_to)
    return (*what, *when, cents(line.charge), line.units, line.paid, line.adjustments)


def _billed_kind(line: ClaimLine, numbered: bool) -> Hashable:
    """A line's number tells twins apart only where the payer sends numbers back."""
    what = (line.control_number if numbered else None, claim_code(line), line.revenue_code, line.modifiers)
    return (*what, cents(line.charge), line.units, line.service_from, line.service_to)


def _left(taken: set[int], table: NDArray[np.float64]) -> tuple[Unpaired, ...]:
    """The lines of one side that stand in no pair, ``table`` having a row for each."""
    return tuple(
        Unpaired(place, "several-alike" if (table[place] > 0).sum() > 1 else "nothing-alike")
        for place in range(table.shape[0])
        if place not in taken
    )
