"""Combined deposits: the one set of open payments that comes to the amount, or nothing where several do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from features.groups.lump_search import Part, Rest, search

MOST_OPEN = 18  # payments that are searched; with more, chance finds sums of its own
OTHER_THAN_ONE = -4.9  # natural log-odds of a payment: with it the search drops sets of more than five
AROUND = 2000  # cents below the amount, in which sums are counted to know how many hit it by chance
NOTHING_ELSE = Rest(share=1e-9, mean=0.0, deviation=1.0)  # what else a deposit may hold is left to the model


class Sum(Struct, frozen=True):
    """The places of the payments that come to the amount, and how many other sets would have done so by chance."""

    members: tuple[int, ...]
    by_chance: float


def unique_sum(amount: int, cents: Sequence[int], *, needed: int | None = None) -> Sum | None:
    """The only set of at least two amounts (n,) in cents that comes to ``amount``, as places in ``cents``.

    ``needed`` is a place that has to be in it. None where no set does, several do, or the search met its bound.

    >>> unique_sum(600, [100, 200, 500, 250]).members
    (0, 2)
    >>> unique_sum(600, [100, 500, 200, 400]) is None
    True
    """
    places = [place for place, each in enumerate(cents) if place != needed and each < amount]
    rest = amount - (0 if needed is None else cents[needed])
    if not 0 < len(places) <= MOST_OPEN or rest <= 0:
        return None
    values = np.array([cents[place] for place in places], dtype=np.int64)
    found = search(rest, [_part(int(each)) for each in values], NOTHING_ELSE)
    inside = (found.bits[:, None] >> np.arange(len(places), dtype=np.uint64)) & np.uint64(1)
    least = 2 if needed is None else 1
    sums = (inside.astype(np.int64) @ values)[inside.sum(axis=1) >= least]
    hits = np.flatnonzero((inside.astype(np.int64) @ values == rest) & (inside.sum(axis=1) >= least))
    if found.bounded or hits.size != 1:
        return None
    members = [places[bit] for bit in np.flatnonzero(inside[hits[0]])]
    near = int(((sums < rest) & (sums >= rest - AROUND)).sum())
    width = min(AROUND, rest)
    return Sum(tuple(sorted(members + ([] if needed is None else [needed]))), (near + 0.5) / width)


def _part(cents: int) -> Part:
    return Part((float(cents),), (0.0,), (OTHER_THAN_ONE,), 0.0)
