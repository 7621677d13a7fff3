"""Who of a team works which item today: greedily by value a minute, within everybody's skills and minutes.

Items are taken in order: first those that would lapse if nobody worked them today, then the most value a minute. Each
goes to the person who can do the least else, so that those with many skills stay free for what only they can do; where
nobody who may work it has the minutes left, someone is freed first if another can take over what he was given. An item
that then fits nobody waits. ``bound`` is what no plan can exceed: the same with items that may be split (a linear
program), so that a plan's distance from the best one is known at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

SHORTEST: Final = 0.5  # minutes: nothing takes less


class Task(Struct, frozen=True):
    """An item of work."""

    value: float  # dollars that working it today is worth, 0 or more
    minutes: float
    skill: str  # the queue it stands in
    lapses: bool = False  # nothing is left to be had after today


class Person(Struct, frozen=True):
    """Someone of the team."""

    skills: frozenset[str]
    minutes: float  # of work today


def plan(tasks: Sequence[Task], team: Sequence[Person]) -> list[int | None]:
    """The place in ``team`` of who works each task, in the order of ``tasks``; None where it waits.

    >>> coder, both = Person(frozenset({"coding"}), 60), Person(frozenset({"coding", "denials"}), 60)
    >>> plan([Task(900, 60, "coding"), Task(500, 60, "denials")], [both, coder])
    [1, 0]
    """
    left = [person.minutes for person in team]
    given: list[int | None] = [None] * len(tasks)
    able = {skill: _able(skill, team) for skill in {task.skill for task in tasks}}
    held: dict[tuple[int, str], list[int]] = {}
    for place in sorted(range(len(tasks)), key=lambda place: _order(tasks[place])):
        task = tasks[place]
        who = _with_room(able[task.skill], left, task.minutes)
        if who is None:
            who = _freed(task, tasks, given, held, able, left)
        if who is not None:
            _give(place, who, tasks, given, held, left)
    return given


def bound(tasks: Sequence[Task], team: Sequence[Person]) -> float:
    """Dollars that no plan exceeds: each task split at will among those who may work it."""
    pairs = [
        (place, who)
        for place, task in enumerate(tasks)
        for who, person in enumerate(team)
        if task.skill in person.skills
    ]
    if not pairs:
        return 0.0
    of_task, of_person = (np.array(column, dtype=np.intp) for column in zip(*pairs, strict=True))
    value = np.array([task.value for task in tasks])[of_task]
    minutes = np.array([max(task.minutes, SHORTEST) for task in tasks])[of_task]
    rows = np.concatenate([of_task, len(tasks) + of_person])
    columns = np.tile(np.arange(len(pairs)), 2)
    limits = np.concatenate([np.ones(len(tasks)), [person.minutes for person in team]])
    shape = (len(limits), len(pairs))
    matrix: Any = csr_matrix((np.concatenate([np.ones(len(pairs)), minutes]), (rows, columns)), shape=shape)
    found = linprog(-value, A_ub=matrix, b_ub=limits, bounds=(0, 1), method="highs")
    return -float(found.fun or 0.0)


def total_value(tasks: Sequence[Task], given: Sequence[int | None]) -> float:
    """Dollars of the tasks that somebody works."""
    worked: NDArray[np.bool_] = np.array([who is not None for who in given], dtype=bool)
    return float(np.array([task.value for task in tasks])[worked].sum())


def _order(task: Task) -> tuple[bool, float]:
    return not task.lapses, -task.value / max(task.minutes, SHORTEST)


def _able(skill: str, team: Sequence[Person]) -> list[int]:
    """Who has a skill, those with the fewest others first."""
    found = [who for who, person in enumerate(team) if skill in person.skills]
    return sorted(found, key=lambda who: len(team[who].skills))


def _with_room(people: Sequence[int], left: Sequence[float], minutes: float) -> int | None:
    return next((who for who in people if left[who] >= minutes), None)


def _freed(
    task: Task,
    tasks: Sequence[Task],
    given: list[int | None],
    held: dict[tuple[int, str], list[int]],
    able: dict[str, list[int]],
    left: list[float],
) -> int | None:
    """Someone who may work a task once another has taken over one of his; None where nobody can be freed.

    Of what he holds only the last given of each skill is looked at: tasks of a skill are much alike.
    """
    for who in able[task.skill]:
        for (holder, skill), places in list(held.items()):
            if holder != who or not places or left[who] + tasks[places[-1]].minutes < task.minutes:
                continue
            others = [other for other in able[skill] if other != who]
            taker = _with_room(others, left, tasks[places[-1]].minutes)
            if taker is not None:
                place = places.pop()
                left[who] += tasks[place].minutes
                _give(place, taker, tasks, given, held, left)
                return who
    return None


def _give(
    place: int,
    who: int,
    tasks: Sequence[Task],
    given: list[int | None],
    held: dict[tuple[int, str], list[int]],
    left: list[float],
) -> None:
    given[place] = who
    left[who] -= tasks[place].minutes
    held.setdefault((who, tasks[place].skill), []).append(place)
