"""Which billed line each paid line answers, once the claim is found; and which lines answer to nothing.

Groups whose charges add up come first, then the best assignment of the rest, of which a pair is kept only where it is
sure. Never forced: a line that fits nothing, or several things alike, is named as such.
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
    table = scores(payment, claim)
    grouped = groups(payment, claim)
    pairs = [LinePair(*group, _evidence(payment, claim, group), "likely") for group in grouped]
    pairs += _singles(payment, claim, table, grouped)
    paid = {place for pair in pairs for place in pair.payment}
    billed = {place for pair in pairs for place in pair.claim}
    return LinePairing(
        pairs=tuple(sorted(pairs, key=lambda pair: pair.payment)),
        payment_only=_left(paid, table),
        claim_only=_left(billed, table.T),
    )


def _singles(
    payment: Sequence[PaymentLine],
    claim: Sequence[ClaimLine],
    table: NDArray[np.float64],
    grouped: Sequence[Group],
) -> list[LinePair]:
    """The sure pairs of the lines that stand in no group."""
    ours = {place for group in grouped for place in group.payment}
    theirs = {place for group in grouped for place in group.claim}
    numbered = any(line.control_number for line in payment)
    assigned = assign(
        table,
        [n for n in range(len(payment)) if n not in ours],
        [n for n in range(len(claim)) if n not in theirs],
        _kinds([_paid_kind(line) for line in payment]),
        _kinds([_billed_kind(line, numbered) for line in claim]),
    )
    return [
        LinePair(
            (one.row,),
            (one.column,),
            _evidence(payment, claim, Group((one.row,), (one.column,))),
            "certain" if one.margin >= CERTAIN else "likely",
            one.interchangeable,
        )
        for one in assigned
        if one.margin >= SURE
    ]


def _evidence(
    payment: Sequence[PaymentLine], claim: Sequence[ClaimLine], group: Group
) -> tuple[FieldEvidence, ...]:
    return line_evidence([payment[n] for n in group.payment], [claim[n] for n in group.claim])


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
