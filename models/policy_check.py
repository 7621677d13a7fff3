"""What is wrong with a policy: found when it is loaded, not when an item falls through."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations, pairwise

import msgspec

from features.errors import BadInputError
from features.payer_classes import PAYER_CLASSES
from features.service_types import SERVICE_TYPES
from models.lanes import Lane
from models.policy_regions import hidden
from models.policy_table import (
    ANY,
    BOUNDS,
    FORMAT,
    KINDS,
    LISTS,
    NEVER_AUTO,
    TEXTS,
    Conditions,
    Policy,
    Row,
    ValueBand,
)

ONE_OF = ("kind", *TEXTS)
UNIT = ("confidence_below", "margin_below", "interval_wider_than")  # 0..1
GROUP_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
WIDTHS = ("interval_wider_than",)  # of intervals within 0..1: none is wider than 1


def check(policy: Policy, *, where: str) -> None:
    """Raise BadInputError for the first fault, naming the row or the value."""
    for fault in faults(policy):
        raise BadInputError(fault, where, "correct the policy; the one in force stays as it is")


def faults(policy: Policy) -> Iterator[str]:
    """What is wrong, as sentences. Each stage takes the ones before it to be sound, so the first fault ends it."""
    for stage in (_faults_of_numbers, _faults_of_figures, _faults_of_rows, _faults_between_rows):
        found = list(stage(policy))
        if found:
            yield from found
            return


def _faults_of_numbers(policy: Policy) -> Iterator[str]:
    edges = [edge for band in policy.value_bands for edge in (band.at_least, band.below)]
    if not edges or not all(edge.is_finite() for edge in (*edges, policy.hard_ceiling)):
        yield "value_bands and hard_ceiling must be amounts"
    for row in policy.rows:
        for name in BOUNDS:
            if _is_out_of_range(name, getattr(row.when, name)):
                yield f"row {row.row!r} can never apply or always does: {name!r} is out of range"


def _is_out_of_range(name: str, value: Decimal | float | None) -> bool:
    if value is None:
        return False
    if not Decimal(value).is_finite():
        return True
    asked, sign = BOUNDS[name]
    if asked == "days_to_deadline":  # which may have passed
        return False
    return (
        value < 0
        or (sign == "<" and value == 0)
        or (name in UNIT and value > 1)
        or (name in WIDTHS and value == 1)
    )


def _faults_of_figures(policy: Policy) -> Iterator[str]:
    if policy.format != FORMAT:
        yield f"the policy has format {policy.format}, and this release reads format {FORMAT}"
    if policy.default.lane is Lane.AUTO:
        yield "the default lets items go without a look; only a row may"
    if not 0 < policy.audit_probability <= 1:
        yield "audit_probability must be above 0 and at most 1"
    if policy.certificate_days < 1:
        yield "certificate_days must be at least 1"
    for kind, promise in policy.kinds.items():
        if kind not in KINDS:
            yield f"kind {kind!r} does not exist; there are {', '.join(KINDS)}"
        if not (0 < promise.alpha < 1 and 0 < promise.delta < 1):
            yield f"alpha and delta of {kind!r} must lie between 0 and 1"
    yield from _faults_of_groups(policy)
    yield from _faults_of_desks(policy)
    yield from _faults_of_bands(policy.value_bands, policy.hard_ceiling)


def _faults_of_groups(policy: Policy) -> Iterator[str]:
    """A class in two groups would be certified twice, and an unknown one never; a name must not pass for another's."""
    for name, classes in policy.payer_groups.items():
        if not GROUP_NAME.fullmatch(name):
            yield f"the payer group {name!r} must be named by small letters, digits and hyphens"
        if not classes:
            yield f"the payer group {name!r} names no class"
    listed = [one for classes in policy.payer_groups.values() for one in classes]
    for one in dict.fromkeys(listed):
        if one not in PAYER_CLASSES:
            yield f"payer_groups names the class {one!r}; there are {', '.join(PAYER_CLASSES)}"
        if listed.count(one) > 1:
            yield f"payer_groups names the class {one!r} twice"


def _faults_of_desks(policy: Policy) -> Iterator[str]:
    for kind, desk in policy.desks.items():
        if kind not in KINDS:
            yield f"desk {kind!r} is of no kind; there are {', '.join(KINDS)}"
        if not desk.role or not (desk.sla_hours > 0 and desk.escalated_hours > 0):
            yield f"desk {kind!r} needs a role, and hours above 0"
    yield from (f"there is no desk for {kind!r}" for kind in KINDS if kind not in policy.desks)


def _faults_of_bands(bands: Sequence[ValueBand], ceiling: Decimal) -> Iterator[str]:
    """Bands must run from 0 to the ceiling, and be named by their bounds: certificates know them by name."""
    if bands[0].at_least != 0:
        yield f"value band {bands[0].name!r} must start at 0"
    for band in bands:
        if band.below <= band.at_least:
            yield f"value band {band.name!r} is empty"
        name = f"under-{band.below}" if band.at_least == 0 else f"{band.at_least}-to-{band.below}"
        if band.name != name:
            yield f"value band {band.name!r} must be named by its bounds: {name!r}"
    for lower, upper in pairwise(bands):
        if lower.below != upper.at_least:
            gap = "gap" if lower.below < upper.at_least else "overlap"
            yield f"there is a{'n' * (gap == 'overlap')} {gap} between value bands {lower.name!r} and {upper.name!r}"
    if bands[-1].below != ceiling:
        yield f"value band {bands[-1].name!r} must end at the hard ceiling"


def _faults_of_rows(policy: Policy) -> Iterator[str]:
    names = [row.row for row in policy.rows]
    for row in policy.rows:
        if names.count(row.row) > 1:
            yield f"row {row.row!r} is there twice"
        yield from (f"row {row.row!r} {fault}" for fault in _faults_of_row(row, policy))


def _faults_between_rows(policy: Policy) -> Iterator[str]:
    yield from _below_laxer_rows(policy.rows)
    for row, others in hidden(policy).items():
        yield f"row {row!r} is unreachable: {_listed(others)} decides before it on every item"
    yield from _faults_between_auto_rows([row for row in policy.rows if row.lane is Lane.AUTO])


def _faults_of_row(row: Row, policy: Policy) -> Iterator[str]:
    when = row.when
    for name in (*ONE_OF, *LISTS):
        listed = getattr(when, name)
        if listed is not None and (not listed or (ANY in listed and (len(listed) > 1 or name in ONE_OF))):
            yield f"can never apply or says too much in {name!r}"
    for kind in when.kind or ():
        if kind not in KINDS:
            yield f"names kind {kind!r}, which does not exist"
    for name, known in (("payer_class", PAYER_CLASSES), ("service_type", SERVICE_TYPES)):
        unknown = [one for one in getattr(when, name) or () if one not in known and one != ANY]
        yield from (f"names the {name} {one!r}; there are {', '.join(known)}" for one in unknown)
    least, below = when.value_at_least, when.value_below
    if least is not None and below is not None and below <= least:
        yield "can never apply: its value range is empty"
    if not row.code or not row.reason:
        yield "has no code or no reason"
    if row.lane is Lane.AUTO:
        yield from _faults_of_auto_row(when, policy)


def _faults_of_auto_row(when: Conditions, policy: Policy) -> Iterator[str]:
    if when.kind is None:
        yield "lets items go without a look and names no kind"
    for kind in when.kind or ():
        if kind in NEVER_AUTO:
            yield f"lets {kind!r} go without a look, which a person always decides"
        if kind not in policy.kinds:
            yield f"lets {kind!r} go without a look, but no alpha and delta are set for it"
    if when.value_below is None:
        yield "lets items go without a look and has no value ceiling (value_below)"
    elif when.value_below > policy.hard_ceiling:
        yield "lets items go without a look above the hard ceiling"
    if when.value_at_least is None:
        yield "lets items go without a look and does not say from which value (value_at_least)"


def _below_laxer_rows(rows: Sequence[Row]) -> Iterator[str]:
    """The first row that applies decides, so a strict row below a lax one that meets it would be passed over."""
    for upper, lower in combinations(rows, 2):
        if lower.lane > upper.lane and _meet(upper.when, lower.when):
            yield (
                f"row {lower.row!r} ({lower.lane.value}) stands below the laxer row {upper.row!r} "
                f"({upper.lane.value}), and both apply to some items: put it above"
            )


def _listed(names: Sequence[str]) -> str:
    return " or ".join(f"row {name!r}" for name in names) or "nothing can meet its conditions; no row"


def _faults_between_auto_rows(rows: Sequence[Row]) -> Iterator[str]:
    for one, other in combinations(rows, 2):
        if _meet(one.when, other.when):
            yield f"rows {one.row!r} and {other.row!r} overlap: both let the same items go without a look"
    for siblings in _by_all_but_value(rows):
        ordered = sorted(siblings, key=lambda row: row.when.value_at_least or Decimal(0))
        for lower, upper in pairwise(ordered):
            if (lower.when.value_below or 0) < (upper.when.value_at_least or 0):
                yield f"there is a gap in value between rows {lower.row!r} and {upper.row!r}"


def _by_all_but_value(rows: Sequence[Row]) -> list[list[Row]]:
    groups: dict[Conditions, list[Row]] = {}
    for row in rows:
        alike = msgspec.structs.replace(row.when, value_at_least=None, value_below=None)
        groups.setdefault(alike, []).append(row)
    return list(groups.values())


def _meet(one: Conditions, other: Conditions) -> bool:
    """Whether an item can meet both: names of lists can always come together, numbers only where ranges do."""
    for name in ONE_OF:
        left, right = getattr(one, name), getattr(other, name)
        if left is not None and right is not None and not set(left) & set(right):
            return False
    starts = [when.value_at_least or Decimal(0) for when in (one, other)]
    ends = [when.value_below for when in (one, other) if when.value_below is not None]
    return not ends or max(starts) < min(ends)
