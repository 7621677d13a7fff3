"""How well a paid line answers a billed line: agreement field by field, and one score for the two.

The weights are log-odds set by hand, not learnt: too few lines differ in more than one field to learn them from, and
the benchmark ``lines`` checks what they lead to. A pair that scores 0 or less is no better than no pair.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from features.evidence import Agreement, FieldEvidence
from features.match_keys import cents, normalised
from features.x12.records import ClaimLine, PaymentLine

Floats = NDArray[np.float64]

# What an agreement in a field is worth; what is not named is worth nothing.
WEIGHTS: dict[str, dict[Agreement, float]] = {
    "control_number": {"exact": 8.0, "normalised": 8.0, "conflict": -5.0},
    "procedure": {"exact": 5.0, "normalised": 5.0, "similar": 1.0, "conflict": -4.0},
    "charge": {"exact": 4.0, "normalised": 4.0, "conflict": -3.0},
    "service_from": {"exact": 2.0, "normalised": 0.5, "similar": -0.5, "conflict": -1.5},
    "modifiers": {"exact": 1.0, "conflict": -1.0},
    "units": {"exact": 0.5, "conflict": -0.5},
}
NEAR = timedelta(days=1)  # payers and time zones shift a date by as much
COMMON = 50  # lines of a claim beyond which a shared code or charge alone says too little
FAMILY = 4  # characters of a procedure code that one service's levels share: 99213, 99214


def billed_code(line: PaymentLine) -> str | None:
    """The code that was billed: payers may judge another one, and keep the billed one in SVC06."""
    return line.original_procedure or line.procedure or line.revenue_code


def claim_code(line: ClaimLine) -> str | None:
    """The procedure, or the revenue code of a line that has none."""
    return line.procedure or line.revenue_code


def line_evidence(paid: Sequence[PaymentLine], billed: Sequence[ClaimLine]) -> tuple[FieldEvidence, ...]:
    """How a paid line agrees with a billed one, field by field.

    Of several on a side, which are one service there, charges and units are summed and the first speaks for the rest.
    """
    ours, theirs = paid[0], billed[0]
    return (
        _text("control_number", ours.control_number, theirs.control_number),
        _procedure(ours, theirs),
        _modifiers(ours.modifiers, theirs.modifiers),
        _day(ours, theirs.service_from),
        _amount("charge", [line.charge for line in paid], [line.charge for line in billed]),
        _amount("units", [line.units for line in paid], [line.units for line in billed]),
    )


def score(evidence: Iterable[FieldEvidence]) -> float:
    """The log-odds that lines with this evidence are a pair, up to a constant."""
    return sum(WEIGHTS[one.field].get(one.agreement, 0.0) for one in evidence)


def scores(payment: Sequence[PaymentLine], claim: Sequence[ClaimLine]) -> Floats:
    """Scores (n, m) of every paid line with every billed line; minus infinity where they share nothing telling.

    Only lines that share a control number, a code or a charge are compared: any other pair scores below 0. Where many
    lines share a code or a charge, as in a long series, they must share it on one day.
    """
    table = np.full((len(payment), len(claim)), -np.inf)
    places: dict[Hashable, list[int]] = defaultdict(list)
    for place, billed in enumerate(claim):
        for key in _keys(billed.control_number, claim_code(billed), billed.charge, billed.service_from):
            places[key].append(place)
    known: dict[Hashable, float] = {}
    for row, paid in enumerate(payment):
        wanted = _keys(paid.control_number, billed_code(paid), paid.charge, paid.service_from)
        dated = paid.service_from is not None
        for column in {place for key in wanted for place in _usable(key, places, dated=dated)}:
            pair = (_compared_of(paid), _compared_of(claim[column]))
            if pair not in known:
                known[pair] = score(line_evidence([paid], [claim[column]]))
            table[row, column] = known[pair]
    return table


def _compared_of(line: PaymentLine | ClaimLine) -> Hashable:
    """What a score depends on, so that alike lines are compared once."""
    original = line.original_procedure if isinstance(line, PaymentLine) else None
    what = (line.control_number, line.procedure, original, line.revenue_code, line.modifiers)
    return (*what, line.charge, line.units, line.service_from, line.service_to)


def _usable(key: tuple[object, ...], places: Mapping[Hashable, list[int]], *, dated: bool) -> Sequence[int]:
    """The places of a key; none where it is common and a day can narrow it down."""
    found = places.get(key, [])
    return found if not dated or len(key) > 2 or len(found) <= COMMON else ()


def _keys(
    control: str | None, code: str | None, charge: Decimal | None, day: date | None
) -> Iterator[tuple[object, ...]]:
    if normalised(control):
        yield "control", normalised(control)
    if code:
        yield from (("code", code), ("code", code, day))
    if charge:
        yield from (("charge", cents(charge)), ("charge", cents(charge), day))


def _text(field: str, ours: str | None, theirs: str | None) -> FieldEvidence:
    one, other = normalised(ours), normalised(theirs)
    agreement: Agreement = "conflict"
    if not one or not other:
        agreement = "absent"
    elif one == other:
        agreement = "exact" if ours == theirs else "normalised"
    return FieldEvidence(field, ours, theirs, agreement, None)


def _procedure(paid: PaymentLine, billed: ClaimLine) -> FieldEvidence:
    """A code that was judged instead of the billed one is the same after clean-up: SVC06 keeps the billed one."""
    ours, theirs = billed_code(paid), claim_code(billed)
    agreement: Agreement = "conflict"
    if not ours or not theirs:
        agreement = "absent"
    elif ours == theirs:
        agreement = "normalised" if paid.original_procedure not in (None, paid.procedure) else "exact"
    elif len(ours) == len(theirs) > FAMILY and ours[:FAMILY] == theirs[:FAMILY]:
        agreement = "similar"
    return FieldEvidence("procedure", ours, theirs, agreement, None)


def _modifiers(ours: tuple[str, ...], theirs: tuple[str, ...]) -> FieldEvidence:
    """A payer that drops them all says nothing; the order says nothing either."""
    shown = (" ".join(ours) or None, " ".join(theirs) or None)
    if not ours or not theirs:
        return FieldEvidence("modifiers", *shown, "absent", None)
    shared = len(set(ours) & set(theirs)) / len(set(ours) | set(theirs))
    agreement: Agreement = "exact" if shared == 1 else "similar" if shared else "conflict"
    return FieldEvidence("modifiers", *shown, agreement, shared)


def _day(paid: PaymentLine, theirs: date | None) -> FieldEvidence:
    """A paid period that holds the billed day is the same after clean-up; a day beside it is similar."""
    ours = paid.service_from
    if ours is None or theirs is None:
        return FieldEvidence("service_from", _iso(ours), _iso(theirs), "absent", None)
    agreement: Agreement = "conflict"
    if ours == theirs:
        agreement = "exact"
    elif ours <= theirs <= (paid.service_to or ours):
        agreement = "normalised"
    elif abs(ours - theirs) <= NEAR:
        agreement = "similar"
    return FieldEvidence("service_from", _iso(ours), _iso(theirs), agreement, None)


def _amount(field: str, ours: Sequence[Decimal | None], theirs: Sequence[Decimal | None]) -> FieldEvidence:
    """Sums of amounts; a reversal turns the sign."""
    one, other = _total(ours), _total(theirs)
    shown = (None if one is None else str(one), None if other is None else str(other))
    if one is None or other is None:
        return FieldEvidence(field, *shown, "absent", None)
    agreement: Agreement = "conflict"
    if abs(one) == abs(other):
        agreement = "exact" if one == other else "normalised"
    return FieldEvidence(field, *shown, agreement, None)


def _total(amounts: Sequence[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
