"""Lines that are one service on one side and several on the other: bundled by the payer, or paid in parts.

Only where the charges add up, and in one way alone: two ways would be a guess. Sources: 005010X221A1 section
1.10.2.6 (bundling and unbundling); unbundled parts may have a charge of zero and name the billed code in SVC06.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
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


def groups(
    payment: Sequence[PaymentLine],
    claim: Sequence[ClaimLine],
    rows: Sequence[int],
    columns: Sequence[int],
    kinds: Sequence[int],
) -> list[Group]:
    """Every group that adds up in one way alone, among some places of both sides; no line stands in two.

    ``kinds`` are equal for billed lines that nothing tells apart, of which any will do.
    """
    found: list[Group] = []
    for group in (*_splits(payment, claim, rows, columns), *_bundles(payment, claim, rows, columns, kinds)):
        if not any(
            set(group.payment) & set(one.payment) or set(group.claim) & set(one.claim) for one in found
        ):
            found.append(group)
    return found


def _splits(
    payment: Sequence[PaymentLine], claim: Sequence[ClaimLine], rows: Sequence[int], columns: Sequence[int]
) -> Iterator[Group]:
    """Billed lines with the parts of them that were paid apart; a part that two of them may claim is in neither."""
    claimed = {place: [n for n in rows if _answers(payment[n], claim[place])] for place in columns}
    asked = Counter(n for parts in claimed.values() for n in parts)
    for place, parts in claimed.items():
        whole, own = cents(claim[place].charge), [n for n in parts if asked[n] == 1]
        chosen = _adding_up([cents(payment[n].charge) or 0 for n in own], whole) if whole else None
        if chosen and len(chosen) > 1:
            yield Group(tuple(own[n] for n in chosen), (place,))


def _bundles(
    payment: Sequence[PaymentLine],
    claim: Sequence[ClaimLine],
    rows: Sequence[int],
    columns: Sequence[int],
    kinds: Sequence[int],
) -> Iterator[Group]:
    """Paid lines with the billed lines that they were made of, the one that they name among them if there is one."""
    for row in rows:
        total = cents(payment[row].charge) or 0
        near = [place for place in columns if _fits(payment[row], claim[place])]
        named = {kinds[place]: place for place in near if _names(payment[row], claim[place])}
        ways = [_with((place,), near, claim, total, kinds) for place in named.values()]
        certain = {way for way in ways or [_with((), near, claim, total, kinds)] if way}
        if len(certain) == 1:
            yield Group((row,), certain.pop())


def _with(
    fixed: tuple[int, ...],
    near: Sequence[int],
    claim: Sequence[ClaimLine],
    total: int,
    kinds: Sequence[int],
) -> tuple[int, ...]:
    """The one choice of lines that adds up to the total with the fixed ones; empty where there is no such one."""
    missing = total - sum(cents(claim[n].charge) or 0 for n in fixed)
    left = [n for n in near if n not in fixed]
    charges = [cents(claim[n].charge) or 0 for n in left]
    most = MOST_PARTS - len(fixed)
    chosen = _adding_up(charges, missing, most=most, kinds=[kinds[n] for n in left]) if missing > 0 else None
    together = (*fixed, *(left[n] for n in chosen or ()))
    return tuple(sorted(together)) if chosen and len(together) > 1 else ()


def _adding_up(
    charges: Sequence[int], total: int, *, most: int = MOST_PARTS, kinds: Sequence[int] | None = None
) -> tuple[int, ...] | None:
    """The places whose charges add up to a total: all of them, else the only choice of the least number of lines.

    Choices of the same ``kinds`` are one.

    >>> _adding_up([30, 50, 70], 80), _adding_up([30, 50, 50], 80), _adding_up([40, 0, 60], 100)
    ((0, 1), None, (0, 1, 2))
    >>> _adding_up([30, 50, 50], 80, kinds=[0, 1, 1])
    (0, 1)
    """
    everything = tuple(range(len(charges)))
    if sum(charges) == total and len(charges) <= most:
        return everything
    if len(charges) > MOST_TRIED:
        return None
    alike = kinds or everything
    for size in range(1, most + 1):
        ways = [one for one in combinations(everything, size) if sum(charges[n] for n in one) == total]
        if ways:
            return ways[0] if len({tuple(sorted(alike[n] for n in way)) for way in ways}) == 1 else None
    return None


def _answers(paid: PaymentLine, billed: ClaimLine) -> bool:
    """Whether a paid line may be a part of the billed one."""
    part, whole = cents(paid.charge), cents(billed.charge)
    return (
        part is not None
        and whole is not None
        and part < whole
        and _names(paid, billed)
        and _fits(paid, billed)
    )


def _names(paid: PaymentLine, billed: ClaimLine) -> bool:
    """Whether the paid line says that it answers the billed one: by its number, else by its code."""
    ours, theirs = normalised(paid.control_number), normalised(billed.control_number)
    if ours and theirs:
        return ours == theirs
    code = billed_code(paid)
    return code is not None and code == claim_code(billed)


def _fits(paid: PaymentLine, billed: ClaimLine) -> bool:
    """Whether the days allow it: either is unknown, or the billed day lies in the paid period."""
    first, day = paid.service_from, billed.service_from
    return first is None or day is None or first <= day <= (paid.service_to or first)
