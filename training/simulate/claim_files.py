"""Writes 837P (005010X222A1) and 837I (005010X223A2) transactions."""

from __future__ import annotations

from datetime import date
from itertools import groupby

from training.simulate.claims import Line, SimulatedClaim
from training.simulate.network import Facility, Organization
from training.simulate.payers import SUPPLEMENT_ID, SUPPLEMENT_NAME
from training.simulate.payments import line_control
from training.simulate.services import TAXONOMY, Form
from training.simulate.x12_text import day, money, segment

SUBMITTER = "NORTHBEND"
CLEARING_HOUSE = "CLEARHOUSE"
VERSIONS: dict[Form, str] = {"P": "005010X222A1", "I": "005010X223A2"}


def transaction(claims: list[SimulatedClaim], *, reference: str, sent: date) -> list[str]:
    """The segments of one 837 between ST and SE: claims of one form, by billing provider."""
    out = [
        segment("BHT", "0019", "00", reference, day(sent), "0600", "CH"),
        segment("NM1", "41", "2", "NORTH BEND NETWORK", "", "", "", "", "46", SUBMITTER),
        segment("PER", "IC", "BILLING OFFICE", "TE", "2165550100"),
        segment("NM1", "40", "2", "CLEARING HOUSE", "", "", "", "", "46", CLEARING_HOUSE),
    ]
    level = 0
    for _, group in groupby(sorted(claims, key=_biller), key=_biller):
        billed = list(group)
        level += 1
        parent = level
        out += _billing_provider(billed[0], level)
        for claim in billed:
            level += 1
            dependent = claim.patient is not claim.patient.family.members[0]
            out += _subscriber(claim, level, parent, dependent)
            if dependent:
                level += 1
                out += _dependent(claim, level)
            out += _professional(claim) if claim.form == "P" else _institutional(claim)
    return out


def place_code(claim: SimulatedClaim) -> str:
    """CLM05-1: the place of service, or the type of bill's first two digits."""
    return claim.service.place if claim.form == claim.service.form else "22"


def _biller(claim: SimulatedClaim) -> str:
    return claim.facility.owner.npi if claim.form == "P" else claim.facility.npi


def _billing_provider(claim: SimulatedClaim, level: int) -> list[str]:
    biller: Facility | Organization = claim.facility.owner if claim.form == "P" else claim.facility
    taxonomy = "261QM1300X" if claim.form == "P" else "282N00000X"
    return [
        segment("HL", str(level), "", "20", "1"),
        segment("PRV", "BI", "PXC", taxonomy),
        segment("NM1", "85", "2", biller.name, "", "", "", "", "XX", biller.npi),
        segment("N3", biller.street),
        segment("N4", biller.town[0], biller.town[1], biller.town[2] + "0000"),
        segment("REF", "EI", claim.facility.owner.tax_id),
    ]


def _subscriber(claim: SimulatedClaim, level: int, parent: int, dependent: bool) -> list[str]:
    family = claim.patient.family
    head = family.members[0]
    out = [
        segment("HL", str(level), str(parent), "22", "1" if dependent else "0"),
        segment("SBR", "P", "" if dependent else "18", claim.coverage.group or "", "", "", "", "", "",
                claim.indicator),
        segment("NM1", "IL", "1", head.last, head.first, "", "", "", "MI", claim.subscriber_id),
    ]  # fmt: skip
    if not dependent:
        out += _address(claim)
        out.append(segment("DMG", "D8", day(head.born), head.sex))
    out.append(segment("NM1", "PR", "2", claim.payer.name, "", "", "", "", "PI", claim.payer.payer_id))
    return out


def _dependent(claim: SimulatedClaim, level: int) -> list[str]:
    patient = claim.patient
    child = (claim.service_from - patient.born).days < 20 * 365
    return [
        segment("HL", str(level), str(level - 1), "23", "0"),
        segment("PAT", "19" if child else "01"),
        segment("NM1", "QC", "1", patient.last, patient.first),
        *_address(claim),
        segment("DMG", "D8", day(patient.born), patient.sex),
    ]


def _address(claim: SimulatedClaim) -> list[str]:
    family = claim.patient.family
    return [segment("N3", family.street), segment("N4", *family.town)]


def _references(claim: SimulatedClaim) -> list[str]:
    pairs = (("9F", claim.referral), ("G1", claim.authorization), ("F8", claim.original_reference))
    return [segment("REF", name, value) for name, value in pairs if value]


def _professional(claim: SimulatedClaim) -> list[str]:
    place = f"{place_code(claim)}:B:{claim.frequency}"
    codes = [("ABF" if n else "ABK") + ":" + code for n, code in enumerate(claim.diagnoses)]
    out = [
        segment("CLM", claim.claim_id, money(claim.charge), "", "", place, "Y", "A", "Y", "Y"),
        *_references(claim),
        segment("HI", *codes),
    ]
    if claim.rendering_shown:
        out += _person("82", claim)
        out.append(segment("PRV", "PE", "PXC", TAXONOMY[claim.physician.specialty]))
    site = claim.facility
    out += [
        segment("NM1", "77", "2", site.name, "", "", "", "", "XX", site.npi),
        segment("N3", site.street),
        segment("N4", site.town[0], site.town[1], site.town[2] + "0000"),
        *_other_payer(claim),
    ]
    pointers = ":".join(str(n + 1) for n in range(min(4, len(claim.diagnoses))))
    for number, line in enumerate(claim.lines, start=1):
        service = segment(
            "SV1", _procedure(line), money(line.charge), "UN", str(line.units), "", "", pointers
        )
        out += _line(claim, number, line, service)
    return out


def _institutional(claim: SimulatedClaim) -> list[str]:
    inpatient = bool(claim.service.days[1])
    place = f"{place_code(claim)}:A:{claim.frequency}"
    out = [segment("CLM", claim.claim_id, money(claim.charge), "", "", place, "", "A", "Y", "Y")]
    if inpatient:
        out.append(segment("DTP", "096", "TM", "1100"))
    out.append(segment("DTP", "434", "RD8", f"{day(claim.service_from)}-{day(claim.service_to)}"))
    if inpatient:
        out.append(segment("DTP", "435", "DT", f"{day(claim.service_from)}0830"))
    out.append(segment("CL1", "1" if inpatient else "3", "1", "01"))
    out += _references(claim)
    present = ":::::::Y" if inpatient else ""
    out.append(segment("HI", f"ABK:{claim.diagnoses[0]}{present}"))
    if inpatient:
        out.append(segment("HI", f"ABJ:{claim.diagnoses[0]}"))
    elif claim.service.specialty == "emergency":
        out.append(segment("HI", f"APR:{claim.diagnoses[0]}"))
    if claim.diagnoses[1:]:
        out.append(segment("HI", *[f"ABF:{code}{present}" for code in claim.diagnoses[1:]]))
    out += _person("71", claim)
    if claim.rendering_shown and claim.service.specialty != "laboratory":
        out += _person("82", claim)
    out += _other_payer(claim)
    for number, line in enumerate(claim.lines, start=1):
        unit = "DA" if line.revenue in ("0120", "0122") else "UN"
        service = segment(
            "SV2", line.revenue or "0510", _procedure(line), money(line.charge), unit, str(line.units)
        )
        out += _line(claim, number, line, service)
    return out


def _person(role: str, claim: SimulatedClaim) -> list[str]:
    physician = claim.physician
    return [segment("NM1", role, "1", physician.last, physician.first, "", "", "", "XX", physician.npi)]


def _other_payer(claim: SimulatedClaim) -> list[str]:
    """The supplement that Medicare crosses the claim over to."""
    if not claim.coverage.supplement_id:
        return []
    head = claim.patient.family.members[0]
    return [
        segment("SBR", "S", "18", "", "", "", "", "", "", "CI"),
        segment("OI", "", "", "Y", "", "", "Y"),
        segment("NM1", "IL", "1", head.last, head.first, "", "", "", "MI", claim.coverage.supplement_id),
        segment("NM1", "PR", "2", SUPPLEMENT_NAME, "", "", "", "", "PI", SUPPLEMENT_ID),
    ]


def _line(claim: SimulatedClaim, number: int, line: Line, service: str) -> list[str]:
    return [
        segment("LX", str(number)),
        service,
        segment("DTP", "472", "D8", day(line.day)),
        segment("REF", "6R", line_control(claim, number)),
    ]


def _procedure(line: Line) -> str:
    return ":".join(("HC", line.procedure, *line.modifiers)) if line.procedure else ""
