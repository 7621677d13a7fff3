"""What changes in a named scenario, and when: each a kind of drift that models meet in practice.

Every change falls on one day, three quarters into the simulated days, so that a model trained before it meets it
afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from training.simulate.draws import Draws
from training.simulate.network import Network, new_facility
from training.simulate.payers import NUMBERINGS, Payer, habits, newcomer
from training.simulate.services import AUTHORIZABLE

CHANGE_AFTER = 0.75  # of the days
# Beyond what payers usually ask for: therapy, counselling, chiropractic, injections, tests of the heart and some blood
# tests, as some payers have begun to.
NEWLY_ASKED = (
    *("97110", "97140", "97530", "90834", "90837", "98941", "20610"),
    *("96372", "93000", "93306", "80061", "83036", "84443"),
)
SURGE_DAYS, SURGE_FACTOR = 45, 3  # an influenza winter: three times the visits over six weeks


@dataclass(frozen=True, slots=True)
class Change:
    """The network that changes, and the day on which it does."""

    network: Network
    draws: Draws
    day: date
    end: date


def change_day(start: date, end: date) -> date:
    """The day of the change.

    >>> change_day(date(2023, 1, 1), date(2025, 12, 31))
    datetime.date(2025, 4, 1)
    """
    return start + timedelta(round((end - start).days * CHANGE_AFTER))


def steady(_: Change) -> None:
    """Nothing but what changes all the time: policies, plans, clinics that join."""


def policy_change(change: Change) -> None:
    """The largest commercial and the largest Medicare Advantage payer ask for many more authorizations."""
    for kind in ("commercial", "advantage"):
        wanted = _largest(change.network, kind).policies.authorization
        for code in (*AUTHORIZABLE, *NEWLY_ASKED):
            wanted[code] = min(wanted.get(code, change.day), change.day)


def new_payer(change: Change) -> None:
    """A payer that nobody has seen takes over a part of the commercial members."""
    payer = newcomer(change.draws, change.day, change.end)
    payer.policies = replace(payer.policies, authorization=dict.fromkeys(AUTHORIZABLE, change.day))
    change.network.payers.append(payer)


def format_change(change: Change) -> None:
    """The two largest payers change their systems: other claim numbers, other quirks."""
    for kind in ("medicare", "commercial"):
        payer = _largest(change.network, kind)
        fresh = habits(change.draws)
        fresh.quirks.update({"control-cut": 1.0, "control-prefixed": 0.8, "name-cut": 1.0})
        if fresh.numbering == payer.usual.numbering:
            place = NUMBERINGS.index(fresh.numbering) + 1
            fresh = replace(fresh, numbering=NUMBERINGS[place % len(NUMBERINGS)])
        payer.changed = (change.day, fresh)


def acquisition(change: Change) -> None:
    """A hospital with its own numbering and a poor intake joins."""
    network = change.network
    facility = new_facility(change.draws, len(network.facilities), network.organizations[0], hospital=True)
    facility.since, facility.style = change.day, "trailing"
    facility.intake, facility.delay = 2.2, 14.0
    facility.share_of_visits = 0.12
    network.facilities.append(facility)


SCENARIOS: dict[str, Callable[[Change], None]] = {
    "steady": steady,
    "policy-change": policy_change,
    "new-payer": new_payer,
    "format-change": format_change,
    "acquisition": acquisition,
    "surge": steady,  # it changes the calendar only
}


class Calendar:
    """Draws the days of visits: evenly, but for a surge."""

    def __init__(self, start: date, end: date, *, surge: date | None) -> None:
        self.start, self.surge = start, surge
        self.days = (end - start).days
        self.extra = SURGE_DAYS * (SURGE_FACTOR - 1) if surge else 0

    def draw(self, draws: Draws) -> date:
        """The day of a visit."""
        place = draws.below(self.days + self.extra)
        if self.surge and place >= self.days:
            return self.surge + timedelta((place - self.days) % SURGE_DAYS)
        return self.start + timedelta(place)


def _largest(network: Network, kind: str) -> Payer:
    return max((payer for payer in network.payers if payer.kind == kind), key=lambda payer: payer.weight)
