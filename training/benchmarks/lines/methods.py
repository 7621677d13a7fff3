"""Baselines that pair lines: each gives for every paid line the billed ones that it answers."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from features.match_keys import cents
from features.match_line_scores import billed_code, claim_code
from features.match_lines import LinePairing
from features.x12.records import ClaimLine, PaymentLine

Paired = list[frozenset[int]]
Method = Callable[[Sequence[PaymentLine], Sequence[ClaimLine]], Paired]
NOTHING: frozenset[int] = frozenset()


def answers_of(pairing: LinePairing, lines: int) -> Paired:
    """A pairing as the answer of each of so many paid lines."""
    found = [NOTHING] * lines
    for pair in pairing.pairs:
        for place in pair.payment:
            found[place] = frozenset(pair.claim)
    return found


def order(payment: Sequence[PaymentLine], claim: Sequence[ClaimLine]) -> Paired:
    """The first answers the first, and so on."""
    return [frozenset((n,)) if n < len(claim) else NOTHING for n in range(len(payment))]


def procedure_only(payment: Sequence[PaymentLine], claim: Sequence[ClaimLine]) -> Paired:
    """The first billed line with the billed code that is not taken yet."""
    return _first_alike([billed_code(line) for line in payment], [claim_code(line) for line in claim])


def procedure_day_charge(payment: Sequence[PaymentLine], claim: Sequence[ClaimLine]) -> Paired:
    """The first that has the code, the day and the charge; else nothing."""
    return _first_alike(
        [(billed_code(line), line.service_from, cents(line.charge)) for line in payment],
        [(claim_code(line), line.service_from, cents(line.charge)) for line in claim],
    )


def _first_alike(wanted: Sequence[Hashable], offered: Sequence[Hashable]) -> Paired:
    left = list(range(len(offered)))
    found: Paired = []
    for key in wanted:
        place = next((n for n in left if offered[n] == key), None)
        found.append(NOTHING if place is None else frozenset((place,)))
        if place is not None:
            left.remove(place)
    return found


BASELINES: dict[str, Method] = {
    "order": order,
    "procedure": procedure_only,
    "procedure, day, charge": procedure_day_charge,
}
