"""Today's worklists: the team's plan over the open items, one reviewer's share of it, and what has to wait."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal

import msgspec
from msgspec import Struct

from features.errors import NotFoundError
from models.assignment import SHORTEST, Person, Task, plan
from serving.access.actor import may_plan_for
from serving.clock import utc_now
from serving.items import ItemRow
from serving.monitor.blinding import blinded
from serving.store.monitor import MonitorStore
from serving.store.store import Store
from serving.store.worklists import Standing
from serving.worklists.reviewers import Reviewer, Team

MOST_OF_A_QUEUE = 3000  # items that a plan looks at: more than a large team does in a day
WAITING_SHOWN = 50
TYPICAL = 4.0  # minutes: the quickest kind, by which is reckoned how many items a day can hold


class Worklist(Struct, frozen=True):
    """A reviewer's day."""

    reviewer: str
    at: datetime  # UTC
    capacity: float  # minutes a day
    worked: float  # minutes of what was decided today
    items: tuple[ItemRow, ...]  # today's, what lapses today first, then the most value a minute
    lapsing: tuple[str, ...]  # ids of those that are lost if they are not worked today
    minutes: float  # of these items
    expected: Decimal  # dollars that these are expected to bring
    waiting: tuple[ItemRow, ...]  # that fit nobody's day, the most value a minute first; the first of them
    waiting_items: int  # all open items of this reviewer's queues that are in nobody's day
    waiting_minutes: float
    waiting_expected: Decimal


class Worklists:
    """Makes them from the store as it is now."""

    def __init__(self, store: Store, team: Team, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._store = store
        self.team = team
        self._clock = clock

    def of(self, name: str) -> Worklist:
        """A reviewer's worklist; raises NotFoundError for one that the team does not know, or that is not the actor's.

        A lead sees everybody's.
        """
        if not may_plan_for(name):
            raise NotFoundError("the file of reviewers names nobody so", remedy="see CLEARLANE_REVIEWERS")
        reviewer, at = self.team.named(name), self._clock()
        worked = self._store.minutes_worked([one.name for one in self.team.reviewer], at)
        standings = self._store.standings(at)
        found = self._candidates(standings, worked, at)
        given = plan([_task(row, lapses) for row, lapses in found], self._people(found, worked))
        own = self.team.reviewer.index(reviewer)
        mine = [one for one, who in zip(found, given, strict=True) if who == own]
        waits = [
            row for (row, _), who in zip(found, given, strict=True) if who is None and _works(reviewer, row)
        ]
        planned = [row for (row, _), who in zip(found, given, strict=True) if who is not None]
        made = _worklist(
            reviewer, at, worked.get(name, 0.0), mine, waits, _rest(reviewer, standings, planned)
        )
        kept = MonitorStore.of(self._store)
        return msgspec.structs.replace(
            made, items=blinded(made.items, kept), waiting=blinded(made.waiting, kept)
        )

    def _candidates(
        self, standings: Sequence[Standing], worked: dict[str, float], at: datetime
    ) -> list[tuple[ItemRow, bool]]:
        """Of each queue that somebody works as many items as its people could do today."""
        found: list[tuple[ItemRow, bool]] = []
        for queue, role in dict.fromkeys((one.queue, one.role) for one in standings):
            able = [one for one in self.team.reviewer if one.works(queue, role)]
            minutes = sum(_left(one, worked) for one in able)
            if able:
                limit = min(MOST_OF_A_QUEUE, WAITING_SHOWN + math.ceil(minutes / TYPICAL))
                found += self._store.first_of(queue, role, at, limit=limit)
        return found

    def _people(self, found: Sequence[tuple[ItemRow, bool]], worked: dict[str, float]) -> list[Person]:
        skills = {_skill(row): row for row, _ in found}
        return [
            Person(frozenset(skill for skill, row in skills.items() if _works(one, row)), _left(one, worked))
            for one in self.team.reviewer
        ]


def _left(reviewer: Reviewer, worked: dict[str, float]) -> float:
    return max(0.0, reviewer.minutes_a_day - worked.get(reviewer.name, 0.0))


def _works(reviewer: Reviewer, row: ItemRow) -> bool:
    return reviewer.works(row.queue, row.role)


def _skill(row: ItemRow) -> str:
    return f"{row.queue}/{row.role or ''}"


def _task(row: ItemRow, lapses: bool) -> Task:
    minutes = max(row.minutes or TYPICAL, SHORTEST)
    return Task(value=(row.priority or 0.0) * minutes, minutes=minutes, skill=_skill(row), lapses=lapses)


def _worklist(
    reviewer: Reviewer,
    at: datetime,
    worked: float,
    mine: list[tuple[ItemRow, bool]],
    waits: list[ItemRow],
    rest: tuple[int, float, Decimal],
) -> Worklist:
    ordered = sorted(mine, key=lambda one: (not one[1], -(one[0].priority or 0.0), one[0].id))
    later = sorted(waits, key=lambda row: (-(row.priority or 0.0), row.id))
    return Worklist(
        reviewer=reviewer.name,
        at=at,
        capacity=reviewer.minutes_a_day,
        worked=worked,
        items=tuple(row for row, _ in ordered),
        lapsing=tuple(row.id for row, lapses in ordered if lapses),
        minutes=sum(row.minutes or TYPICAL for row, _ in ordered),
        expected=sum((row.expected or Decimal() for row, _ in ordered), Decimal()),
        waiting=tuple(later[:WAITING_SHOWN]),
        waiting_items=rest[0],
        waiting_minutes=rest[1],
        waiting_expected=rest[2],
    )


def _rest(
    reviewer: Reviewer, standings: Sequence[Standing], planned: Sequence[ItemRow]
) -> tuple[int, float, Decimal]:
    """Items, minutes and dollars of a reviewer's queues that are in nobody's day."""
    own = [one for one in standings if reviewer.works(one.queue, one.role)]
    done = [row for row in planned if _works(reviewer, row)]
    return (
        sum(one.items for one in own) - len(done),
        max(0.0, sum(one.minutes for one in own) - sum(row.minutes or 0.0 for row in done)),
        sum((one.expected for one in own), Decimal())
        - sum((row.expected or Decimal() for row in done), Decimal()),
    )
