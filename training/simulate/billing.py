"""From a visit to the claims that the facility sends: lines, charges, identifiers, and what intake forgets."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from training.simulate import rates
from training.simulate.claims import Line, SimulatedClaim
from training.simulate.draws import Draws
from training.simulate.identifiers import claim_number
from training.simulate.network import Facility
from training.simulate.population import Coverage, Patient
from training.simulate.services import CHRONIC, MINOR_PROCEDURES, SERVICES, VISIT_CODES, Service
from training.simulate.visits import Visit
from training.simulate.workdays import working_day


def bill(draws: Draws, visit: Visit, *, end: date) -> list[SimulatedClaim]:
    """The visit's claim, and its sibling's right after it: their control numbers are neighbours."""
    first = _claim(draws, visit, visit.patient)
    if not visit.sibling:
        return [first]
    second = _sibling(draws, visit, first, end)
    first.siblings.append(second)
    second.siblings.append(first)
    return [first, second]


def next_number(facility: Facility, patient: Patient, day: date) -> str:
    """The facility's next control number."""
    facility.sequence += 1
    return claim_number(facility.style, facility.prefix, day.year, patient.account, facility.sequence)


def _claim(draws: Draws, visit: Visit, patient: Patient) -> SimulatedClaim:
    facility, service = visit.facility, visit.service
    coverage, covered = _coverage(draws, patient, visit.day, facility)
    last_day = visit.day + timedelta(draws.between(*service.days)) if service.days[1] else visit.day
    lines = _lines(draws, visit, last_day)
    wrong = draws.chance(rates.WRONG_DIAGNOSIS * facility.intake)
    wrong_id = draws.chance(rates.MEMBER_ID_WRONG * facility.intake)
    return SimulatedClaim(
        claim_id=next_number(facility, patient, visit.day),
        form=service.form,
        facility=facility,
        patient=patient,
        coverage=coverage,
        subscriber_id=_mistyped(draws, coverage.subscriber_id) if wrong_id else coverage.subscriber_id,
        service=service,
        service_from=visit.day,
        service_to=last_day,
        submitted=working_day(max(visit.day + timedelta(visit.delay), last_day)),
        lines=lines,
        foreign=visit.foreign,
        diagnoses=_diagnoses(draws, service, wrong),
        physician=draws.pick(facility.physicians[service.specialty]),
        rendering_shown=not draws.chance(rates.RENDERING_MISSING * facility.intake),
        authorization=_authorization(draws, coverage, lines, visit.day, facility, service),
        referral=_referral(draws, coverage, service, facility),
        wrong_diagnosis=wrong,
        wrong_member_id=wrong_id,
        not_covered=not covered,
    )


def _sibling(draws: Draws, visit: Visit, first: SimulatedClaim, end: date) -> SimulatedClaim:
    twin = first.patient.twin if visit.sibling == "twins" else None
    patient = twin or first.patient
    form = "P" if visit.sibling == "facility-and-professional" else first.form
    lines = [Line(x.procedure, x.modifiers, x.revenue, x.charge, x.units, x.day) for x in first.lines]
    if form != first.form:
        _as_professional(lines)
    elif not twin and lines[0].procedure and draws.chance(0.5):
        lines[0].modifiers = (*lines[0].modifiers, draws.pick(("76", "77", "59")))[:4]
    physician = (
        first.physician
        if draws.chance(0.6)
        else draws.pick(first.facility.physicians[first.service.specialty])
    )
    return SimulatedClaim(
        claim_id=next_number(first.facility, patient, visit.day),
        form=form,
        facility=first.facility,
        patient=patient,
        coverage=first.coverage,
        subscriber_id=first.subscriber_id,
        service=first.service,
        service_from=first.service_from,
        service_to=first.service_to,
        submitted=min(working_day(first.submitted + timedelta(draws.pick((0, 0, 0, 1, 2)))), end),
        lines=lines,
        diagnoses=_diagnoses(draws, first.service, False)
        if twin or draws.chance(0.4)
        else list(first.diagnoses),
        physician=physician,
        rendering_shown=first.rendering_shown,
        authorization=first.authorization,
        referral=first.referral,
        foreign=visit.foreign,
        follows_sibling=True,
        wrong_member_id=first.wrong_member_id,
        not_covered=first.not_covered,
    )


def _as_professional(lines: list[Line]) -> None:
    """The physicians' half of a hospital visit: the same procedures and amounts, lines without one folded in."""
    coded = [line for line in lines if line.procedure]
    rest = sum(line.charge for line in lines if not line.procedure)
    for line in coded:
        line.revenue = None
    coded[0].modifiers = (*coded[0].modifiers, "26")[:4]
    coded[0].charge += rest
    lines[:] = coded


def _lines(draws: Draws, visit: Visit, last_day: date) -> list[Line]:
    chosen = [item for item in visit.service.items if item.share >= 1 or draws.chance(item.share)]
    chosen = chosen or [draws.pick(visit.service.items)]
    if visit.service.form == "I" and not visit.service.days[1] and not any(item.procedure for item in chosen):
        chosen.insert(0, visit.service.items[0])
    factor = visit.facility.charge_factor * 1.04 ** (visit.day.year - 2023)
    lines = []
    for item in chosen:
        units = draws.between(*item.units)
        dollars = max(1, round(item.price * factor * units / 100))
        lines.append(Line(item.procedure, item.modifiers, item.revenue, dollars * 100, units, visit.day))
    if visit.service.days[1]:
        lines[0].units = max(1, (last_day - visit.day).days)
    _modifier_25(draws, lines)
    return lines


def _modifier_25(draws: Draws, lines: list[Line]) -> None:
    codes = {line.procedure for line in lines}
    if codes & MINOR_PROCEDURES:
        for line in lines:
            if line.procedure in VISIT_CODES and not draws.chance(rates.MODIFIER_25_MISSING):
                line.modifiers = ("25", *line.modifiers)[:4]


def _diagnoses(draws: Draws, service: Service, wrong: bool) -> list[str]:
    pool = draws.pick(SERVICES).diagnoses if wrong else service.diagnoses
    codes = [draws.pick(pool)]
    for _ in range(draws.below(4)):
        code = draws.pick(CHRONIC if draws.chance(0.6) else pool)
        if code not in codes:
            codes.append(code)
    return codes


def _coverage(draws: Draws, patient: Patient, day: date, facility: Facility) -> tuple[Coverage, bool]:
    """The plan that is billed, and whether it covers the patient that day."""
    now, before = patient.family.coverage(day)
    fresh = before is not None and (day - now.since).days < 90
    if before and fresh and draws.chance(rates.OLD_PLAN_BILLED * facility.intake):
        return before, False
    return now, not (now.payer.kind in ("medicaid", "managed") and draws.chance(rates.MEDICAID_GAP))


def _authorization(
    draws: Draws, coverage: Coverage, lines: list[Line], day: date, facility: Facility, service: Service
) -> str | None:
    since = [
        s
        for line in lines
        if (s := coverage.payer.policies.authorization.get(line.procedure or "")) and s <= day
    ]
    if since:
        early = (day - max(since)).days < rates.AUTHORIZATION_LAG_DAYS
        obtained = rates.AUTHORIZATION_OBTAINED_EARLY if early else rates.AUTHORIZATION_OBTAINED
        obtained = 1 - (1 - obtained) * min(2.0, facility.intake)
    else:
        obtained = 0.8 if service.days[1] else 0.04
    return f"A{draws.digits(8)}" if draws.chance(obtained) else None


def _referral(draws: Draws, coverage: Coverage, service: Service, facility: Facility) -> str | None:
    if not (coverage.payer.policies.referral and service.specialist):
        return f"R{draws.digits(7)}" if service.specialist and draws.chance(0.1) else None
    return None if draws.chance(rates.REFERRAL_MISSING * facility.intake) else f"R{draws.digits(7)}"


def _mistyped(draws: Draws, member_id: str) -> str:
    """A character lost at the counter."""
    place = draws.between(1, len(member_id) - 2)
    return member_id[:place] + member_id[place + 1 :]


def resubmit(draws: Draws, claim: SimulatedClaim, *, number: str, submitted: date) -> SimulatedClaim:
    """A replacement (frequency 7) with what was missing put right; it refers to the payer's number of the denial."""
    again = replace(
        claim,
        claim_id=resubmission_number(claim),
        frequency="7",
        original_reference=number,
        submitted=submitted,
        subscriber_id=claim.coverage.subscriber_id,
        rendering_shown=True,
        authorization=claim.authorization or (f"A{draws.digits(8)}" if draws.chance(0.6) else None),
        referral=claim.referral or f"R{draws.digits(7)}",
        diagnoses=_diagnoses(draws, claim.service, False) if claim.wrong_diagnosis else list(claim.diagnoses),
        lines=[replace(line) for line in claim.lines],
        siblings=[claim, *claim.siblings],
        follows_sibling=False,
        wrong_diagnosis=False,
        wrong_member_id=False,
    )
    claim.siblings.append(again)
    return again


def resubmission_number(claim: SimulatedClaim) -> str:
    """Half of the facilities mark the old control number, the others give the next one."""
    if ord(claim.facility.prefix[0]) % 2:
        return f"{claim.claim_id}R"
    return next_number(claim.facility, claim.patient, claim.service_from)
