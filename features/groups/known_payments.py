"""Claim payments that came before, found again by anything that two payments of one claim may share.

It grows payment by payment and is asked in between, so nothing that came later is ever found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from features.groups.facts import Brief

COMMON = 60  # payments that share a key, beyond which the key says nothing (claim id "0")


class KnownPayments:
    """Briefs by their places, in the order in which they were added."""

    def __init__(self) -> None:
        self.briefs: list[Brief] = []
        self._places: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)

    def add(self, brief: Brief) -> int:
        """Take in a payment; the answer is its place."""
        place = len(self.briefs)
        self.briefs.append(brief)
        for key in _keys(brief):
            self._places[key].append(place)
        return place

    def alike(self, brief: Brief, *, other_payers: bool = False) -> list[int]:
        """Places of payments that share a key with it, oldest first; only the same payer's unless it is said."""
        found: set[int] = set()
        for key in _keys(brief):
            places = self._places.get(key, ())
            if len(places) <= COMMON:
                found.update(places)
        return sorted(place for place in found if other_payers or self.briefs[place].payer == brief.payer)


def _keys(brief: Brief) -> Iterator[tuple[object, ...]]:
    if brief.number:
        yield "number", brief.payer, brief.number
    if brief.claim:
        yield "claim", brief.claim
    if brief.day and brief.charge is not None:
        for name in filter(None, (brief.name, brief.first)):
            yield "name", name, brief.day, brief.charge
    if brief.member and brief.day:
        yield "member", brief.member, brief.day
    if brief.member and brief.charge is not None:
        yield "member and charge", brief.member, brief.charge
