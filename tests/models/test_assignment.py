"""Plans of a day's work: skills and minutes are kept, and little is left of what the best plan would bring."""

from __future__ import annotations

import numpy as np
import pytest

from models.assignment import Person, Task, bound, plan, total_value

QUEUES = ("matching", "claims", "coding", "denials", "finance", "rejected")
USUAL_MINUTES = {"matching": 4, "claims": 6, "coding": 30, "denials": 30, "finance": 8, "rejected": 10}


def backlog(seed: int, count: int = 1500) -> list[Task]:
    """Open items in the order in which they came: amounts are skewed, denials take long."""
    random = np.random.default_rng(seed)
    skills = random.choice(QUEUES, count, p=[0.35, 0.25, 0.1, 0.15, 0.05, 0.1])
    values = random.lognormal(4.5, 1.4, count)
    minutes = [USUAL_MINUTES[skill] * random.uniform(0.5, 1.5) for skill in skills]
    lapses = random.random(count) < 0.01
    return [
        Task(float(value), float(taken), str(skill), bool(last))
        for value, taken, skill, last in zip(values, minutes, skills, lapses, strict=True)
    ]


def team(seed: int, size: int = 8) -> list[Person]:
    """Most have two or three skills, and everything can be worked by somebody."""
    random = np.random.default_rng(seed)
    found = [
        Person(frozenset(random.choice(QUEUES, random.integers(1, 4), replace=False)), 420.0)
        for _ in range(size - 1)
    ]
    return [*found, Person(frozenset(QUEUES), 420.0)]


def first_in_first_out(tasks: list[Task], people: list[Person]) -> float:
    """What a team brings that takes the oldest item it may work."""
    left, value = [person.minutes for person in people], 0.0
    for task in tasks:
        for who, person in enumerate(people):
            if task.skill in person.skills and left[who] >= task.minutes:
                left[who] -= task.minutes
                value += task.value
                break
    return value


@pytest.mark.parametrize("seed", range(6))
def test_a_plan_brings_nearly_what_the_best_one_would(seed: int) -> None:
    tasks = [Task(one.value, one.minutes, one.skill) for one in backlog(seed)]
    people = team(seed)
    value, most = total_value(tasks, plan(tasks, people)), bound(tasks, people)
    assert value <= most * (1 + 1e-9)
    assert value >= 0.98 * most
    assert value > 1.5 * first_in_first_out(tasks, people)


@pytest.mark.parametrize("seed", range(3))
def test_nobody_works_without_the_skill_or_beyond_the_minutes(seed: int) -> None:
    tasks, people = backlog(seed), team(seed)
    given = plan(tasks, people)
    for who, person in enumerate(people):
        own = [task for task, worker in zip(tasks, given, strict=True) if worker == who]
        assert {task.skill for task in own} <= person.skills
        assert sum(task.minutes for task in own) <= person.minutes + 1e-6


def test_what_would_lapse_today_goes_before_what_is_worth_more() -> None:
    tasks = [Task(1000, 30, "denials"), Task(10, 30, "denials", lapses=True)]
    assert plan(tasks, [Person(frozenset({"denials"}), 30)]) == [None, 0]


def test_someone_is_freed_where_another_can_take_over() -> None:
    both, matcher = (
        Person(frozenset({"matching", "finance"}), 10),
        Person(frozenset({"matching", "a", "b"}), 10),
    )
    tasks = [Task(100, 10, "matching"), Task(50, 10, "finance")]
    assert plan(tasks, [both, matcher]) == [1, 0]


def test_an_item_that_does_not_fit_makes_room_for_a_smaller_one() -> None:
    tasks = [Task(900, 30, "a"), Task(100, 40, "a"), Task(1, 10, "a")]
    assert plan(tasks, [Person(frozenset({"a"}), 45)]) == [0, None, 0]


def test_without_people_or_work_there_is_no_plan() -> None:
    assert plan([Task(1, 1, "a")], []) == [None]
    assert (plan([], team(1)), bound([], team(1)), bound([Task(1, 1, "a")], [])) == ([], 0.0, 0.0)
