"""When patients visit: the calendar of visits, with the series and the same-day siblings that real life has."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from datetime import date, timedelta

from training.simulate import rates
from training.simulate.draws import Draws, running
from training.simulate.network import Facility, Network
from training.simulate.population import Patient
from training.simulate.scenarios import Calendar
from training.simulate.services import SERVICES, Service
from training.simulate.workdays import working_day


@dataclass(slots=True)
class Visit:
    """A visit to be billed: ``sibling`` says what its second claim is, if it has one."""

    day: date
    delay: int  # days until the claim is sent
    patient: Patient
    facility: Facility
    service: Service
    sibling: str = ""
    foreign: bool = False  # billed from another system

    @property
    def ready(self) -> date:
        """When its claim is sent at the latest: a working day, after the delay and after the longest stay."""
        return working_day(self.day + timedelta(max(self.delay, self.service.days[1])))

    @property
    def claims(self) -> int:
        """How many claims it gives."""
        return 2 if self.sibling else 1


def plan(
    draws: Draws, network: Network, patients: list[Patient], *, claims: int, calendar: Calendar, end: date
) -> list[Visit]:
    """Visits that give exactly so many claims, all sent by ``end``.

    What would be sent later is drawn again, not moved: the last days are like any others.
    """
    twins = [patient for patient in patients if patient.twin]
    visits: list[Visit] = []
    left = claims
    while left > 0:
        visit = _visit(draws, network, draws.pick(patients), calendar.draw(draws), end)
        if visit.ready > end:
            continue
        if left >= 2 and draws.chance(rates.SIBLING_VISIT):
            _second(draws, visit, twins)
        visits.append(visit)
        left -= visit.claims
        if visit.service.series and not visit.sibling and draws.chance(rates.SERIES_VISIT):
            more = _series(draws, visit, end)[:left]
            visits.extend(more)
            left -= len(more)
    return visits


def _visit(draws: Draws, network: Network, patient: Patient, day: date, end: date) -> Visit:
    facility = _facility(draws, network, patient, day)
    age = (end - patient.born).days // 365
    service = _service(draws, patient, age)
    if service.form == "I" and not facility.hospital:
        facility = network.facilities[draws.below(12)]
    delay = max(1, round(facility.delay * draws.lognormal(0.6)))
    if draws.chance(rates.LATE_SUBMISSION):
        delay += draws.between(40, 320)
    if service.specialty != "emergency" and not service.days[1] and day.weekday() > 4:
        day += timedelta(7 - day.weekday())
    return Visit(day, delay, patient, facility, service)


def _facility(draws: Draws, network: Network, patient: Patient, day: date) -> Facility:
    """The family's usual one, or another, of those that belong to the network by that day."""
    newest = network.facilities[-1]
    if newest.share_of_visits and newest.since <= day and draws.chance(newest.share_of_visits):
        return newest
    facility = network.facilities[patient.family.home]
    if facility.since > day or draws.chance(0.25):
        facility = draws.pick([one for one in network.facilities if one.since <= day])
    return facility


def _service(draws: Draws, patient: Patient, age: int) -> Service:
    sums = _SUMS
    while True:
        service = SERVICES[bisect(sums, draws.random() * sums[-1])]
        if service.ages[0] <= age <= service.ages[1] and service.sex in ("", patient.sex):
            return service


def _second(draws: Draws, visit: Visit, twins: list[Patient]) -> None:
    kind = draws.weighted(tuple(rates.SIBLING_KINDS), _KIND_SUMS)
    if kind == "twins" and twins:
        visit.patient = draws.pick(twins)
        child = visit.patient.born > visit.day - timedelta(18 * 365)
        visit.service = next(s for s in SERVICES if s.name == ("well-child" if child else "office"))
    elif kind == "facility-and-professional" and (visit.service.form == "P" or visit.service.days[1]):
        kind = "repeat"
    visit.sibling = kind


def _series(draws: Draws, first: Visit, end: date) -> list[Visit]:
    step = draws.pick((2, 7, 7, 7, 14, 21))
    days = [first.day + timedelta(step * place) for place in range(1, draws.between(2, 7))]
    later = [Visit(day, first.delay, first.patient, first.facility, first.service) for day in days]
    return [visit for visit in later if visit.ready <= end]


_SUMS = running([service.weight for service in SERVICES])
_KIND_SUMS = running(list(rates.SIBLING_KINDS.values()))
