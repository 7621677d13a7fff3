"""Planted patterns: what makes denials for a combination of payer, place, code, modifier or provider.

The payers' own lists give patterns too (an authorization that a payer wants for a procedure). These are others that a
denial analyst meets: a modifier that one payer reads wrongly, a procedure whose records one hospital forgets, a
provider whose Medicare enrolment lapsed on a day. Each is a rule with its conditions as the files show them, so that
what a method finds can be held against it. They have a stream of draws of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from training.simulate.claims import SimulatedClaim
from training.simulate.draws import Draws
from training.simulate.network import Facility, Network
from training.simulate.payers import Payer

LONG_AGO = date(2000, 1, 1)
BUSY = 4  # the payers or hospitals with the most claims that one is drawn from: a small one shows nothing
MODIFIERS = ("95", "26", "GP")
DOCUMENTED = ("97110", "99214", "90837", "99213")
HOSPITAL_PROCEDURES = ("80053", "99284", "G0463")
DIAGNOSES = ("M5450", "F411", "E119", "I10")
MEDICARE = ("MA", "MB")  # claim filing indicators
# How many of the claims are denied for it; chosen, so that each is worth an analyst's day and none is all there is.
BY_MODIFIER, BY_RECORDS, BY_HOSPITAL, BY_PROVIDER, BY_DIAGNOSIS = 0.3, 0.3, 0.25, 0.6, 0.3


@dataclass(frozen=True, slots=True)
class Rule:
    """What denies claims: its kind, its conditions as the files show them, its first day, and its CARC."""

    kind: str
    conditions: tuple[tuple[str, str], ...]
    since: date
    reason: str

    def written(self) -> str:
        """The conditions, as in ``payer=12345;procedure=72148``."""
        return ";".join(f"{name}={value}" for name, value in self.conditions)


@dataclass(frozen=True, slots=True)
class Planted:
    """A planted pattern and how probably it denies a claim that meets it."""

    rule: Rule
    probability: float
    remark: str | None = None

    def line(self, claim: SimulatedClaim) -> int | None:
        """The line that it is about: the first with the rule's procedure or modifier, if it names one."""
        wanted = dict(self.rule.conditions)
        for place, line in enumerate(claim.lines):
            if line.procedure == wanted.get("procedure") or wanted.get("modifier") in line.modifiers:
                return place
        return None

    def meets(self, claim: SimulatedClaim) -> bool:
        """Whether the claim fulfils every condition on the day of its service."""
        if claim.service_from < self.rule.since:
            return False
        return all(_holds(claim, name, value) for name, value in self.rule.conditions)


def biller(claim: SimulatedClaim) -> str:
    """The billing NPI that the files show: the hospital's own, or the organization's on professional claims."""
    return claim.facility.owner.npi if claim.form == "P" else claim.facility.npi


def renders(claim: SimulatedClaim) -> str | None:
    """The rendering NPI that the files show."""
    hidden = claim.form == "I" and claim.service.specialty == "laboratory"
    return claim.physician.npi if claim.rendering_shown and not hidden else None


def _holds(claim: SimulatedClaim, name: str, value: str) -> bool:
    match name:
        case "payer":
            return claim.payer.payer_id == value
        case "billing":
            return biller(claim) == value
        case "rendering":
            return renders(claim) == value
        case "procedure":
            return any(line.procedure == value for line in claim.lines)
        case "modifier":
            return any(value in line.modifiers for line in claim.lines)
        case "diagnosis":
            return claim.diagnoses[0] == value
        case _:  # "coverage"
            return value == "medicare" and claim.indicator in MEDICARE


def draw(draws: Draws, network: Network, start: date, end: date) -> tuple[Planted, ...]:
    """The planted patterns of a network: five, of different shapes."""
    hospitals = sorted((f for f in network.facilities if f.hospital), key=lambda f: -f.weight)[:BUSY]
    commercial = _busiest(network, "commercial")
    managed = _busiest(network, "managed", "advantage")
    somewhere = network.facilities[draws.below(len(network.facilities))].owner.npi
    provider = _busy_provider(draws, hospitals)
    lapse = start + timedelta(round((end - start).days * draws.uniform(0.35, 0.55)))
    return (
        _planted(
            "96", BY_MODIFIER, payer=draws.pick(commercial[1:]).payer_id, modifier=draws.pick(MODIFIERS)
        ),
        _planted(
            "252", BY_RECORDS, payer=managed[0].payer_id, billing=somewhere, procedure=draws.pick(DOCUMENTED)
        ),
        _planted(
            "16", BY_HOSPITAL, billing=draws.pick(hospitals).npi, procedure=draws.pick(HOSPITAL_PROCEDURES)
        ),
        _planted("B7", BY_PROVIDER, since=lapse, coverage="medicare", rendering=provider),
        _planted("167", BY_DIAGNOSIS, payer=managed[1].payer_id, diagnosis=draws.pick(DIAGNOSES)),
    )


def _planted(reason: str, probability: float, since: date = LONG_AGO, **conditions: str) -> Planted:
    remark = {"252": "N706", "16": "M127", "96": "N130", "B7": "N570"}.get(reason)
    return Planted(Rule("planted", tuple(conditions.items()), since, reason), probability, remark)


def _busiest(network: Network, *kinds: str) -> Sequence[Payer]:
    return sorted((p for p in network.payers if p.kind in kinds), key=lambda p: -p.weight)[:BUSY]


def _busy_provider(draws: Draws, facilities: Sequence[Facility]) -> str:
    """The NPI of a physician of family or internal medicine who shares the visits with the fewest others."""
    choices = [f.physicians[specialty] for f in facilities for specialty in ("family", "internal")]
    fewest = min(map(len, choices))
    return draws.pick([people[0].npi for people in choices if len(people) == fewest])
