"""Which attack a broken entry looks like, from the entries around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from serving.audit.chain import BEGINNING, Logged, hash_of

Attack = Literal["change", "delete", "insert", "reorder", "truncate", "rewrite", "fork"]


def suspected(number: int, near: Sequence[Logged]) -> tuple[Attack, str]:
    """What was done at the first entry whose hash is wrong; ``near`` are the entries around it, in order.

    It is a guess for whoever has to look into it: that the entry is wrong is certain.
    """
    by_number = {entry.number: entry for entry in near}
    entry, following = by_number[number], by_number.get(number + 1)
    before = by_number[number - 1].hash if number - 1 in by_number else BEGINNING
    place = _place_of(entry, by_number)
    if place is not None:
        return "reorder", f"entry {number} was written as entry {place}: entries were moved."
    if following is not None:
        if _fits(following, number, before):
            return (
                "insert",
                f"entry {number} was put in: what stands behind it was made to follow entry {number - 1}.",
            )
        if _fits(following, number + 2, entry.hash):
            return "delete", f"an entry was taken out at {number}, and those behind it were renumbered."
    if following is not None and not _fits(following, number + 1, entry.hash):
        return _unlinked(number, entry, following, before)
    return "change", f"what entry {number} holds was changed, or its hash was."


def _unlinked(number: int, entry: Logged, following: Logged, before: str) -> tuple[Attack, str]:
    """Neither the entry nor the one behind it follows from what is stored before it."""
    if _fits(following, number + 1, _hash(entry, number, before)):
        return "change", f"the hash of entry {number} was changed."
    return "rewrite", f"entry {number} was changed, and its hash and what stands behind it with it."


def _place_of(entry: Logged, by_number: Mapping[int, Logged]) -> int | None:
    """The other number under which an entry's own hash is right."""
    hashes = [BEGINNING, *(one.hash for one in by_number.values())]
    places = (place for place in by_number if place != entry.number)
    return next((place for place in places for before in hashes if _fits(entry, place, before)), None)


def _fits(entry: Logged, number: int, before: str | None) -> bool:
    return before is not None and _hash(entry, number, before) == entry.hash


def _hash(entry: Logged, number: int, before: str) -> str | None:
    try:
        return hash_of(msgspec.structs.replace(entry, number=number), before)
    except ValueError:
        return None
