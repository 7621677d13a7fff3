"""Count what a replay shows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date

import numpy as np

from models.lanes import Lane
from models.routing import cell_of
from models.work_minutes import minutes_of
from training.whatif.coverage import Covered
from training.whatif.errors import compared, rate_of
from training.whatif.replay import Replay, Side
from training.whatif.report import CellPair, Count, KindReport, Month, Pair, Queue, Transition, Waiting
from training.whatif.rows import UNKNOWN
from training.whatif.ruling import NO_CELL, cause, cell_name, queue

EXAMPLES = 3


def measured(
    replay: Replay, *, certificates: Sequence[Covered], recertified: bool, until: date, seed: int
) -> KindReport:
    """The figures of a kind."""
    before, after, difference = compared(replay, seed=seed)
    old, new = replay.before, replay.after
    queues = _queues(replay)
    return KindReport(
        kind=replay.kind,
        model_before=old.ruling.model,
        model_after=new.ruling.model,
        first=old.rows.days[0],
        last=old.rows.days[-1],
        honest_from=replay.honest_from,
        items=len(old.rows),
        honest=int(replay.honest.sum()),
        changed=int(replay.changed().size),
        lanes=_lanes(replay),
        cells=_cells(replay),
        queues=queues,
        hours_before=sum(one.hours_before for one in queues),
        hours_after=sum(one.hours_after for one in queues),
        minutes_each=minutes_of(replay.kind),
        minutes_a_day=replay.minutes_a_day,
        errors_before=before,
        errors_after=after,
        difference=difference,
        alpha_before=_alpha(old, replay.kind),
        alpha_after=_alpha(new, replay.kind),
        transitions=_transitions(replay),
        months=_months(replay),
        waiting_before=_waiting(old, until),
        waiting_after=_waiting(new, until),
        certificates=tuple(certificates),
        recertified=recertified,
    )


def _alpha(side: Side, kind: str) -> float | None:
    policy = side.ruling.policy
    return policy.alpha(kind) if policy.cells(kind) else None


def _lanes(replay: Replay) -> tuple[Pair, ...]:
    counts = [_counted(side, [lane.value for lane in side.lanes()]) for side in (replay.before, replay.after)]
    return tuple(
        Pair(
            name=lane.value,
            before=counts[0].get(lane.value, Count()),
            after=counts[1].get(lane.value, Count()),
        )
        for lane in Lane
    )


def _counted(side: Side, names: Sequence[str]) -> dict[str, Count]:
    items: Counter[str] = Counter(names)
    cents: Counter[str] = Counter()
    for name, amount in zip(names, side.rows.cents().tolist(), strict=True):
        cents[name] += amount
    return {name: Count(many, cents[name] / 100) for name, many in items.items()}


def _cells(replay: Replay) -> tuple[CellPair, ...]:
    """Cells of either policy; those of the one before first."""
    everything, automatic = [], []
    for side in (replay.before, replay.after):
        names = [cell_name(cell_of(item, side.ruling.policy)) for item in side.rows.items]
        everything.append(_counted(side, names))
        went = side.automatic()
        marked = [name if gone else "" for name, gone in zip(names, went, strict=True)]
        automatic.append(_counted(side, marked))
    of_policy = [
        cell_name(cell)
        for side in (replay.before, replay.after)
        for cell in side.ruling.policy.cells(replay.kind)
    ]
    return tuple(
        CellPair(
            cell=name,
            all_before=everything[0].get(name, Count()),
            automatic_before=automatic[0].get(name, Count()),
            all_after=everything[1].get(name, Count()),
            automatic_after=automatic[1].get(name, Count()),
        )
        for name in dict.fromkeys([*of_policy, NO_CELL])
    )


def _queues(replay: Replay) -> tuple[Queue, ...]:
    counts = [
        Counter(queue(routed) for routed in side.waited.routed if routed.lane is not Lane.AUTO)
        for side in (replay.before, replay.after)
    ]
    hours = minutes_of(replay.kind) / 60
    return tuple(
        Queue(
            name=name,
            items_before=counts[0][name],
            items_after=counts[1][name],
            hours_before=counts[0][name] * hours,
            hours_after=counts[1][name] * hours,
        )
        for name in sorted({*counts[0], *counts[1]})
    )


def _transitions(replay: Replay) -> tuple[Transition, ...]:
    """The largest first."""
    groups: dict[tuple[str, str, str, str], list[int]] = defaultdict(list)
    for place in replay.changed().tolist():
        one, other = replay.before.waited.routed[place], replay.after.waited.routed[place]
        groups[one.lane.value, other.lane.value, why(replay.before, place), why(replay.after, place)].append(
            place
        )
    found = [_transition(replay, names, places) for names, places in groups.items()]
    return tuple(sorted(found, key=lambda one: (-one.count.items, one.cause_after, one.cause_before)))


def why(side: Side, place: int) -> str:
    """What decided an item's lane, and whether it was waiting that did."""
    waited = "waited, " if side.waited.moved(place) else ""
    return waited + cause(side.waited.routed[place])


def _transition(replay: Replay, names: tuple[str, str, str, str], places: Sequence[int]) -> Transition:
    acting = replay.after if names[1] == Lane.AUTO.value else replay.before
    errors = acting.rows.errors[[place for place in places if replay.honest[place]]]
    known = errors[errors != UNKNOWN]
    return Transition(
        lane_before=names[0],
        lane_after=names[1],
        cause_before=names[2],
        cause_after=names[3],
        count=Count(len(places), int(acting.rows.cents()[list(places)].sum()) / 100),
        checked=int(known.size),
        wrong=int((known == 1).sum()),
        rate=rate_of(errors),
        examples=tuple(replay.before.rows.numbers[place] for place in places[:EXAMPLES]),
    )


def _months(replay: Replay) -> tuple[Month, ...]:
    months = np.array([f"{day:%Y-%m}" for day in replay.before.rows.days])
    before, after = replay.before.automatic(), replay.after.automatic()
    return tuple(
        Month(
            month=str(month),
            items=int((months == month).sum()),
            before=float(before[months == month].mean()),
            after=float(after[months == month].mean()),
        )
        for month in np.unique(months)
    )


def _waiting(side: Side, until: date) -> Waiting:
    waited = side.waited
    manual = [place for place, routed in enumerate(waited.routed) if routed.lane is not Lane.AUTO]
    days = [((waited.decided[place] or until) - side.rows.days[place]).days for place in manual]
    return Waiting(
        moved=sum(waited.moved(place) for place in manual),
        open=sum(waited.is_open(place) for place in manual),
        longest_days=max(days, default=0),
    )
