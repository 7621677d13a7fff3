"""How many claims have a sibling: another claim of the same member, service date and charge.

Siblings are what makes matching hard; without them any method looks superb. Corrected claims are left out: they are
alike to the claim that they replace by their nature.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from features.match_keys import cents
from features.x12.records import Claim

ORIGINAL = "1"  # CLM05-3
NEXT = 5  # control numbers of one shape that differ by so much at most are adjacent
NUMBER = re.compile(r"\d+")


class Siblings(NamedTuple):
    """Claims, those that have a sibling, and those that have one with an adjacent control number."""

    claims: int
    alike: int
    adjacent: int

    def __str__(self) -> str:
        share, near = (part / max(self.claims, 1) for part in (self.alike, self.adjacent))
        return (
            f"siblings: {share:.1%} of {self.claims:,} original claims are alike in member, service date and "
            f"charge with another; {near:.1%} with one of an adjacent control number"
        )


def siblings(claims: Iterable[Claim]) -> Siblings:
    """Count them."""
    alike: dict[tuple[object, ...], set[str]] = defaultdict(set)
    for claim in claims:
        if claim.frequency == ORIGINAL:
            key = claim.subscriber_id, claim.service_from, cents(claim.charge)
            alike[key].add(claim.claim_id or "")
    groups = [sorted(ids) for ids in alike.values() if len(ids) > 1]
    near = [sum(has_adjacent(one, ids) for one in ids) for ids in groups]
    return Siblings(sum(map(len, alike.values())), sum(map(len, groups)), sum(near))


def has_adjacent(one: str, others: Sequence[str]) -> bool:
    """Whether one of the others has the same shape and a number close by.

    >>> has_adjacent("A-0017", ["A-0017", "A-0018", "B-0090"]), has_adjacent("A-0017", ["B-0018"])
    (True, False)
    """
    return any(_adjacent(one, other) for other in others if other != one)


def _adjacent(one: str, other: str) -> bool:
    if NUMBER.sub("#", one) != NUMBER.sub("#", other):
        return False
    pairs = zip(NUMBER.findall(one), NUMBER.findall(other), strict=True)
    apart = [abs(int(a) - int(b)) for a, b in pairs if a != b]
    return len(apart) == 1 and apart[0] <= NEXT
