"""What a policy says of every item there can be: one is tried of each region that its rows tell apart.

The bounds of all rows cut each input into pieces within which no row changes its mind: an amount into the ranges
between bounds, a payer into those that are named and all others. One item of each combination of pieces therefore
stands for all of them, so that what is found here is exact. Of flags, missing and unseen names one at a time is tried:
rows ask for any of some names, so that a second name can only make further rows apply.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise, product
from math import prod
from typing import Final

from msgspec import Struct

from models.lanes import Lane
from models.policy_table import ANY, BOUNDS, KINDS, LISTS, NUMBERS, TEXTS, Conditions, Policy, Row

OTHER: Final = "another"  # a name that no row has
NOTHING: Final = "none"  # a list without names
MOST: Final = 400_000  # regions of a kind; a table that makes more is one that nobody reads


class Axis(Struct, frozen=True):
    """One input, cut into its pieces."""

    name: str
    pieces: tuple[str, ...]  # in words
    bounds: tuple[float, ...] = ()  # between the pieces of a number, rising


class Region(Struct, frozen=True):
    """One combination of pieces, and the rows that apply to it."""

    pieces: tuple[int, ...]  # by axis
    rows: tuple[int, ...]  # places in the table, rising; the first decides


def axes_of(rows: Sequence[Row]) -> list[Axis]:
    """The inputs that these rows ask for, with their pieces."""
    whens = [row.when for row in rows]
    numbers = [_ranges(name, whens) for name in NUMBERS]
    names = [_named(name, whens, OTHER) for name in TEXTS]
    lists = [_named(name, whens, NOTHING, OTHER) for name in LISTS]
    return [axis for axis in (*numbers, *names, *lists) if axis is not None]


def regions(policy: Policy, kind: str) -> tuple[list[Axis], Iterator[Region]]:
    """The axes of a kind and its regions; no region where there are more than ``MOST``."""
    places = [place for place, row in enumerate(policy.rows) if row.concerns(kind)]
    axes = axes_of([policy.rows[place] for place in places])
    if prod(len(axis.pieces) for axis in axes) > MOST:
        return axes, iter(())
    held = {place: _held(policy.rows[place].when, axes) for place in places}
    return axes, (
        Region(
            pieces, tuple(p for p in places if all(ok[at] for ok, at in zip(held[p], pieces, strict=True)))
        )
        for pieces in product(*(range(len(axis.pieces)) for axis in axes))
    )


def hidden(policy: Policy) -> dict[str, tuple[str, ...]]:
    """The rows that never decide, each with the one that always applies before it, else with those that decide."""
    deciding: set[int] = set()
    before: dict[int, set[int]] = {}  # by row, those that decide in its stead
    always: dict[int, set[int]] = {}  # by row, those above it that apply wherever it does
    for kind in KINDS:
        axes, found = regions(policy, kind)
        if prod(len(axis.pieces) for axis in axes) > MOST:
            return {}
        for region in found:
            deciding.update(region.rows[:1])
            for at, place in enumerate(region.rows):
                above = set(region.rows[:at])
                before.setdefault(place, set()).update(region.rows[:1])
                always[place] = always.get(place, above) & above
    return {
        row.row: _names(policy.rows, sorted(always.get(place, ()))[:1] or sorted(before.get(place, ())))
        for place, row in enumerate(policy.rows)
        if place not in deciding
    }


def gaps(policy: Policy) -> list[str]:
    """Where no row decides, so that the default does, kind by kind."""
    return [
        f"{kind}: {text}"
        for kind in KINDS
        for axes, found in (regions(policy, kind),)
        for text in _described(axes, {region.pieces for region in found if not region.rows})
    ]


def overlaps(policy: Policy) -> dict[str, tuple[str, ...]]:
    """The rows that decide before others which say something else of the same items."""
    below: dict[int, set[int]] = {place: set() for place in range(len(policy.rows))}
    for kind in KINDS:
        for region in regions(policy, kind)[1]:
            for other in region.rows[1:]:
                if _outcome(policy.rows[other]) != _outcome(policy.rows[region.rows[0]]):
                    below[region.rows[0]].add(other)
    return {
        policy.rows[place].row: _names(policy.rows, sorted(others))
        for place, others in below.items()
        if others
    }


def _names(rows: Sequence[Row], places: Sequence[int]) -> tuple[str, ...]:
    return tuple(rows[place].row for place in places)


def _outcome(row: Row) -> tuple[Lane, str | None, str | None]:
    return row.lane, row.queue, row.role


def _ranges(name: str, whens: Sequence[Conditions]) -> Axis | None:
    bounds = _bounds(name, whens)
    if not bounds:
        return None
    shown = [f"{bound:g}" if name != "amount" else f"{bound:,.2f}" for bound in bounds]
    between = (f"{low} to {high}" for low, high in pairwise(shown))
    return Axis(name, (f"below {shown[0]}", *between, f"{shown[-1]} and more"), tuple(bounds))


def _bounds(name: str, whens: Sequence[Conditions]) -> list[float]:
    found = (getattr(when, condition) for when in whens for condition in _on(name))
    least = 0.0 if name == "amount" else -math.inf  # an amount below zero is not known at all
    return sorted({float(bound) for bound in found if bound is not None and bound > least})


def _on(name: str) -> list[str]:
    """The conditions on an input that is a number."""
    return [condition for condition, (asked, _) in BOUNDS.items() if asked == name]


def _named(name: str, whens: Sequence[Conditions], *others: str) -> Axis | None:
    asked = [getattr(when, name) for when in whens if getattr(when, name) is not None]
    if not asked:
        return None
    named = sorted({one for listed in asked for one in listed if one != ANY})
    return Axis(name, (*others, *named))


def _held(when: Conditions, axes: Sequence[Axis]) -> list[list[bool]]:
    """Of each axis, in which pieces the conditions hold."""
    return [_held_on(when, axis) for axis in axes]


def _held_on(when: Conditions, axis: Axis) -> list[bool]:
    if axis.name in NUMBERS:
        return _held_numbers(when, axis)
    listed = getattr(when, axis.name)
    if listed is None:
        return [True] * len(axis.pieces)
    if listed == (ANY,):
        return [piece != NOTHING for piece in axis.pieces]
    return [piece in listed for piece in axis.pieces]


def _held_numbers(when: Conditions, axis: Axis) -> list[bool]:
    ok = [True] * len(axis.pieces)
    for condition in _on(axis.name):
        bound = getattr(when, condition)
        if bound is None or float(bound) not in axis.bounds:
            continue
        first_above = axis.bounds.index(float(bound)) + 1
        for piece in range(len(ok)):
            ok[piece] = ok[piece] and ((piece < first_above) == (BOUNDS[condition][1] == "<"))
    return ok


def _described(axes: Sequence[Axis], found: set[tuple[int, ...]]) -> Iterator[str]:
    """Regions in words, without the inputs that make no difference."""
    kept = [place for place in range(len(axes)) if not _is_free(place, axes[place], found)]
    told = sorted({tuple(pieces[place] for place in kept) for pieces in found})
    for pieces in told:
        words = (
            f"{axes[place].name} {axes[place].pieces[at]}" for place, at in zip(kept, pieces, strict=True)
        )
        yield ", ".join(words) or "every item"


def _is_free(place: int, axis: Axis, found: set[tuple[int, ...]]) -> bool:
    return all(
        (*pieces[:place], at, *pieces[place + 1 :]) in found
        for pieces in found
        for at in range(len(axis.pieces))
    )
