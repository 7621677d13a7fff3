"""Sentences of a replay that its reader must not miss."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from models.certificate_words import rate_text
from models.lanes import Lane
from models.routing import RoutingInput, awaits_certificate, cell_of
from training.whatif.replay import Replay, Side
from training.whatif.report import KindReport
from training.whatif.rows import Rows
from training.whatif.ruling import Ruling

ANEW = "Certify anew before this goes live; --recertify shows what would come of it."
MANY = 0.2  # of the items: from this share on it is said that something of them was not known to the model


def notes(found: Replay, report: KindReport) -> Iterator[str]:
    """What is to be known of a kind's days, model and certificates before its figures are read."""
    kind, before, after = report.kind, found.before, found.after
    overlap = report.items - report.honest
    if overlap:
        yield (
            f"{kind}: {overlap:,} of {report.items:,} items are dated before {report.honest_from}, on days that "
            "the model or its certificates were made on. They are counted in lanes and hours, and left out of all "
            "error rates."
        )
    yield from strangers(after)
    if report.recertified:
        yield (
            f"{kind}: certified anew for this replay alone, on the certification window, to hold to its last "
            "day. To let it go live takes a certificate of its own."
        )
    if not _certified(before.ruling, before.rows):
        yield f"{kind}: no certificate in force today lets anything go, so that nothing is automatic before."


def strangers(side: Side) -> Iterator[str]:
    """What the model has never seen, where that is much: nothing that it says of such items was ever tested."""
    items, lanes = side.rows.items, side.lanes()
    for name, count in sorted(Counter(name for item in items for name in item.unseen).items()):
        if count < MANY * len(items):
            continue
        word = name.replace("_", " ")
        which = (
            f"no {word} of this data was known to the model, which was made on other data"
            if count == len(items)
            else f"the {word} of {count:,} of {len(items):,} items was not known to the model"
        )
        went = Counter(lane for item, lane in zip(items, lanes, strict=True) if name in item.unseen)
        told = ", ".join(f"{went[lane]:,} to {lane.value}" for lane in Lane if went[lane])
        yield (
            f"{side.rows.kind}: {which}. They went where the policy sends what was never seen: {told}. "
            "A model that was trained on this data would know them."
        )


def other_rows(before: Ruling, after: Ruling, rows: Rows) -> str:
    """That certificates which stay in force were tested on other items than the policy that is tried leaves to them.

    Empty where it leaves the same ones to them, or none, or where no certificate stays in force.
    """
    certified = _certified(after, rows)
    within = [item for item in rows.items if cell_of(item, after.policy) in certified]
    waiting = [(_waits(item, before), _waits(item, after)) for item in within]
    more = sum(new and not old for old, new in waiting)
    fewer = sum(old and not new for old, new in waiting)
    if more:
        return (
            f"{rows.kind}: the policy that is tried leaves {more:,} items to their certificate that people see today. "
            f"No certificate in force was tested on such items, and what it promises is not shown for them. {ANEW}"
        )
    if fewer and any(new for _, new in waiting):
        return (
            f"{rows.kind}: the policy that is tried gives {fewer:,} items to people that are left to their certificate "
            "today. The certificates in force were tested with such items among the others, and the others alone may "
            f"be wrong more often than they promise. {ANEW}"
        )
    return ""


def unused(ruling: Ruling, kind: str, day: date) -> str:
    """That the policy allows more than the certificates in force were tested for, which only a new test can use."""
    policy = ruling.policy
    found = filter(None, (ruling.governing(cell, day) for cell in policy.cells(kind)))
    tested = [one for one in found if one.alpha < policy.alpha(kind) or one.delta < policy.delta(kind)]
    if not tested:
        return ""
    rates = " or ".join(sorted({_promised(one.alpha, one.delta) for one in tested}))
    return (
        f"{kind}: certificates in force were tested for {rates}; the policy that is tried allows "
        f"{_promised(policy.alpha(kind), policy.delta(kind))}. Only a new test can make use of that. {ANEW}"
    )


def _promised(alpha: float, delta: float) -> str:
    return f"at most {rate_text(alpha)} wrong, {rate_text(1 - delta)} sure"


def _waits(item: RoutingInput, ruling: Ruling) -> bool:
    return awaits_certificate(item, ruling.policy)


def _certified(ruling: Ruling, rows: Rows) -> set[object]:
    """The cells that a certificate in force on the first day lets items go in."""
    cells = ruling.policy.cells(rows.kind) if len(rows) else ()
    found = {cell: ruling.governing(cell, rows.days[0]) for cell in cells}
    return {cell for cell, one in found.items() if one is not None and one.threshold is not None}
