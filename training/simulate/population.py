"""Families, their members, and the plans that cover them, which change over the years."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from training.simulate import rates
from training.simulate.draws import Draws, running
from training.simulate.names import FEMALE, MALE, STREETS, SURNAMES, TOWNS
from training.simulate.network import Network
from training.simulate.payers import Payer


@dataclass(slots=True)
class Coverage:
    """A plan of a family, from a day on."""

    since: date
    payer: Payer
    subscriber_id: str
    group: str | None
    supplement_id: str | None = None


@dataclass(slots=True)
class Patient:
    """A person; ``frailty`` scales the part of denials that no file shows."""

    last: str
    first: str
    born: date
    sex: str
    family: Family
    account: str
    frailty: float
    twin: Patient | None = None
    other_coverage: bool = False


@dataclass(slots=True)
class Family:
    """People of one household under one subscriber, the first member."""

    street: str
    town: tuple[str, str, str]
    members: list[Patient]
    coverages: list[Coverage]
    home: int  # its usual facility

    def coverage(self, day: date) -> tuple[Coverage, Coverage | None]:
        """The plan in force on a day, and the one before it."""
        before, now = None, self.coverages[0]
        for candidate in self.coverages[1:]:
            if candidate.since <= day:
                before, now = now, candidate
        return now, before


def build(draws: Draws, network: Network, *, people: int, start: date, end: date) -> list[Patient]:
    """At least so many people, family by family."""
    usual = [payer for payer in network.payers if payer.since == date.min]
    new = [payer for payer in network.payers if payer.since > date.min]
    payers = [payer for payer in usual if payer.kind != "medicare"]
    seniors = [payer for payer in usual if payer.kind in ("medicare", "advantage")]
    young = [payer for payer in payers if payer.kind != "advantage"]
    patients: list[Patient] = []
    surname_sums = running([1 / (rank + 12) for rank in range(len(SURNAMES))])
    facility_sums = running([facility.weight for facility in network.facilities])
    choices = {
        True: (seniors, running([p.weight for p in seniors])),
        False: (young, running([p.weight for p in young])),
    }
    while len(patients) < people:
        senior = draws.chance(rates.SENIOR_HOUSEHOLDS)
        family = Family(
            street=f"{draws.between(1, 9999)} {draws.pick(STREETS)} {draws.pick(('ST', 'AVE', 'RD'))}",
            town=draws.pick(TOWNS),
            members=[],
            coverages=[],
            home=draws.weighted(range(len(network.facilities)), facility_sums),
        )
        last = draws.weighted(SURNAMES, surname_sums)
        _people(draws, family, last, senior, start, len(patients))
        _plans(draws, family, choices[senior and not draws.chance(rates.WORKING_SENIORS)], start, end)
        for payer in new:
            _join(draws, family, payer)
        patients.extend(family.members)
    return patients


def _people(draws: Draws, family: Family, last: str, senior: bool, start: date, count: int) -> None:
    def add(years: int) -> Patient:
        sex = "F" if draws.chance(0.53) else "M"
        patient = Patient(
            last=last,
            first=draws.pick(FEMALE if sex == "F" else MALE),
            born=start - timedelta(int(years * 365.25) + draws.below(365)),
            sex=sex,
            family=family,
            account=f"{1_000_000 + (count + len(family.members)) * 7 % 8_999_999:07d}",
            frailty=draws.lognormal(rates.PATIENT_FRAILTY),
            other_coverage=draws.chance(rates.OTHER_COVERAGE["62 and over" if years >= 62 else "under 62"]),
        )
        family.members.append(patient)
        return patient

    if senior:
        add(draws.between(65, 90))  # Medicare covers each person alone
        return
    adults = draws.between(1, 2)
    for _ in range(adults):
        add(draws.between(22, 60))
    for _ in range(draws.below(4)):
        child = add(draws.between(0, 17))
        if draws.chance(rates.TWIN_FAMILIES * 2):
            _twins(draws, child, add(1))


def _twins(draws: Draws, one: Patient, two: Patient) -> None:
    two.born = one.born
    if draws.chance(0.5):  # parents like them to sound alike
        two.sex = one.sex
        names = [n for n in (FEMALE if one.sex == "F" else MALE) if n[0] == one.first[0] and n != one.first]
        two.first = draws.pick(names) if names else two.first
    one.twin, two.twin = two, one


def _plans(
    draws: Draws, family: Family, choice: tuple[list[Payer], list[float]], start: date, end: date
) -> None:
    day = date(2000, 1, 1)
    for year in range(start.year, end.year + 1):
        if not family.coverages or draws.chance(rates.NEW_PLAN_EACH_JANUARY):
            family.coverages.append(_coverage(draws, draws.weighted(*choice), day))
        day = date(year + 1, 1, 1)


def _join(draws: Draws, family: Family, payer: Payer) -> None:
    """Some employers move to a payer that is new, all of their families on the same day."""
    current, _ = family.coverage(payer.since)
    if current.payer.kind in ("commercial", "exchange") and draws.chance(rates.JOIN_NEW_PAYER):
        before = [coverage for coverage in family.coverages if coverage.since <= payer.since]
        family.coverages = [*before, _coverage(draws, payer, payer.since)]


def _coverage(draws: Draws, payer: Payer, since: date) -> Coverage:
    supplement = payer.kind == "medicare" and draws.chance(rates.SUPPLEMENT)
    return Coverage(
        since=since,
        payer=payer,
        subscriber_id=_member_id(draws, payer.member_style),
        group=draws.digits(6) if payer.kind in ("commercial", "exchange", "advantage") else None,
        supplement_id=f"GS{draws.digits(8)}" if supplement else None,
    )


def _member_id(draws: Draws, style: str) -> str:
    if style == "mbi":
        letters = "ACDEFGHJKMNPQRTUVWXY"
        a, b, c, d = (draws.pick(letters) for _ in range(4))
        return f"{draws.between(1, 9)}{a}{draws.between(10, 99)}{b}{draws.between(10, 99)}{c}{d}{draws.between(10, 99)}"
    if style == "suffix":
        return f"{draws.digits(9)}01"
    if style == "lettered-suffix":
        return f"{draws.pick(('XQP', 'YRM', 'ZBK'))}{draws.digits(9)}-00"
    return f"{draws.pick('HKMW')}{draws.digits(8)}"
