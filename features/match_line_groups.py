"""Lines that are one service on one side and several on the other: bundled by the payer, or paid in parts.

Only where the charges add up, and in one way alone: two ways would be a guess. Sources: 005010X221A1 section
1.10.2.6 (bundling and unbundling); unbundled parts may have a charge of zero and name the billed code in SVC06.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

from features.match_keys import cents, normalised
from features.match_line_scores import billed_code, claim_code
from features.x12.records import ClaimLine, PaymentLine

MOST_PARTS = 4  # lines in a group; more add up by chance
MOST_TRIED = 12  # lines that a group is looked for in, so that the search stays short


class Group(NamedTuple):
    """Places in the payment's and in the claim's lines; one side has one, the other two or more."""

    payment: tuple[int, ...]
    claim: tuple[int, ...]


def groups(payment: Sequence[PaymentLine], claim: Sequence[ClaimLine]) -> list[Group]:
    """Every group that adds up in one way alone; no line stands in two."""
    found: list[Group] = []
    for group in (*_splits(payment, claim), *_bundles(payment, claim)):
        if not any(
            set(group.payment) & set(one.payment) or set(group.claim) & set(one.claim) for one in found
        ):
            found.append(group)
    return found


def _splits(payment: Sequence[PaymentLine], claim: Sequence[ClaimLine]) -> list[Group]:
    """Billed lines that no paid line answers whole, with the parts of them that were paid apart."""
    found = []
    for place, billed in enumerate(claim):
        whole = cents(billed.charge)
        rivals = [other for other in claim if claim_code(other) == claim_code(billed)]
        parts = [n for n, paid in enumerate(payment) if _names(paid, billed) and _fits(paid, billed)]
        if not whole or len(parts) < 2 or (len(rivals) > 1 and not _by_number(payment, parts, billed)):
            continue
        charges = [cents(payment[n].charge) or 0 for n in parts]
        if whole not in charges or sum(charges) == whole:
            chosen = _adding_up(charges, whole)
            if chosen and len(chosen) > 1:
                found.append(Group(tuple(parts[n] for n in chosen), (place,)))
    return found


def _bundles(payment: Sequence[PaymentLine], claim: Sequence[ClaimLine]) -> list[Group]:
    """Paid lines that answer no billed line whole, with the billed lines that they were made of."""
    answered = {billed_code(paid) for paid in payment}
    found = []
    for place, paid in enumerate(payment):
        total = cents(paid.charge)
        own = [n for n, billed in enumerate(claim) if _names(paid, billed)]
        if not total or any(cents(claim[n].charge) == total for n in own):
            continue
        left = [
            n for n, billed in enumerate(claim) if claim_code(billed) not in answered and _fits(paid, billed)
        ]
        ways = [_with(n, left, claim, total) for n in own] if own else [_with(None, left, claim, total)]
        certain = [way for way in ways if way]
        if len(certain) == 1:
            found.append(Group((place,), certain[0]))
    return found


def _with(anchor: int | None, left: Sequence[int], claim: Sequence[ClaimLine], total: int) -> tuple[int, ...]:
    """The one choice out of ``left`` that adds up to the total with the anchor; empty where there is no such one."""
    fixed = [] if anchor is None else [anchor]
    missing = total - sum(cents(claim[n].charge) or 0 for n in fixed)
    charges = [cents(claim[n].charge) or 0 for n in left]
    chosen = _adding_up(charges, missing, most=MOST_PARTS - len(fixed)) if missing > 0 else None
    together = (*fixed, *(left[n] for n in chosen or ()))
    return tuple(sorted(together)) if chosen and len(together) > 1 else ()


def _adding_up(charges: Sequence[int], total: int, *, most: int = MOST_PARTS) -> tuple[int, ...] | None:
    """The places whose charges add up to a total: all of them, else the only choice of the least number of lines.

    >>> _adding_up([30, 50, 70], 80), _adding_up([30, 50, 50], 80), _adding_up([40, 0, 60], 100)
    ((0, 1), None, (0, 1, 2))
    """
    everything = tuple(range(len(charges)))
    if sum(charges) == total and len(charges) <= most:
        return everything
    if len(charges) > MOST_TRIED:
        return None
    for size in range(1, most + 1):
        ways = [one for one in combinations(everything, size) if sum(charges[n] for n in one) == total]
        if ways:
            return ways[0] if len(ways) == 1 else None
    return None


def _names(paid: PaymentLine, billed: ClaimLine) -> bool:
    """Whether the paid line says that it answers the billed one: by its number, else by its code."""
    ours, theirs = normalised(paid.control_number), normalised(billed.control_number)
    if ours and theirs:
        return ours == theirs
    code = billed_code(paid)
    return code is not None and code == claim_code(billed)


def _by_number(payment: Sequence[PaymentLine], parts: Sequence[int], billed: ClaimLine) -> bool:
    theirs = normalised(billed.control_number)
    return bool(theirs) and all(normalised(payment[n].control_number) == theirs for n in parts)


def _fits(paid: PaymentLine, billed: ClaimLine) -> bool:
    """Whether the days allow it: either is unknown, or the billed day lies in the paid period."""
    first, day = paid.service_from, billed.service_from
    return first is None or day is None or first <= day <= (paid.service_to or first)
