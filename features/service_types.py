"""What kind of service a claim or a payment is about, as a policy names it: emergency, imaging, office, ...

The rule, first that applies:

1. A dental claim (837D) is ``dental``.
2. A stay is ``inpatient``: a facility's bill of an inpatient type, or with a revenue code of room and board.
3. An emergency visit on any line (CPT 99281 to 99288, revenue code 045x) or the place emergency room: ``emergency``.
4. The work of the line with the largest charge, the first of equals: by its CPT or HCPCS code, then by its revenue
   code: ``surgery``, ``imaging``, ``laboratory``, ``therapy``, ``drugs``, ``behavioral-health``, ``equipment``,
   ``transport``, ``dental``, ``dialysis``.
5. A visit, and what has no section of its own, by where it was: ``inpatient``, ``outpatient``, ``office``, ``home``,
   ``telehealth``, ``laboratory``, ``transport``.

A facility's bill is known by its transaction (837I) or, as an 835 does not name one, by a revenue code on a line: only
then are the two digits of the facility code a type of bill (UB-04), else they are a place of service. Sources: the
place of service codes of CMS (https://www.cms.gov/medicare/coding-billing/place-of-service-codes), the types of bill
and revenue codes of the NUBC as in the Medicare Claims Processing Manual (publication 100-04) chapter 25, section 75,
and the sections of CPT and HCPCS as in ``features.patterns.service_lines``.
"""

from __future__ import annotations

from typing import Final

from features.patterns.service_lines import line_of_procedure
from features.x12.records import Claim, ClaimLine, ClaimPayment, PaymentLine

# Sections without an entry (visits, cardiology, eye care, ...) go by where the service was.
_WORK: Final = {
    "anaesthesia": "surgery",
    "surgery": "surgery",
    "imaging": "imaging",
    "laboratory": "laboratory",
    "immunization": "drugs",
    "infusion and injection": "drugs",
    "drugs": "drugs",
    "behavioral health": "behavioral-health",
    "therapy": "therapy",
    "chiropractic": "therapy",
    "supplies": "equipment",
    "equipment": "equipment",
    "orthotics": "equipment",
    "dental": "dental",
}
# HCPCS that ``line_of_procedure`` has no section for, or a coarser one, by how the code begins.
_HCPCS: Final = {
    "A0": "transport",
    "B": "equipment",
    "H": "behavioral-health",
    "P": "laboratory",
    "R": "imaging",
}
_PLACES: Final = {
    "inpatient": ("21", "31", "32", "33", "51", "55", "56", "61"),
    "outpatient": ("19", "22", "24", "52", "53", "57", "58", "62", "65"),
    "office": ("11", "17", "20", "49", "50", "60", "71", "72"),
    "home": ("12", "13", "14", "34"),
    "telehealth": ("02", "10"),
    "laboratory": ("81",),
    "transport": ("41", "42"),
    "emergency": ("23",),
}
_BILLS: Final = {  # of all others a facility's bill is ``outpatient``
    "inpatient": ("11", "18", "21", "28", "41", "65", "66"),
    "home": ("32", "33", "34", "81", "82"),  # home health and hospice
    "dialysis": ("72",),
    "therapy": ("74", "75"),
}
_REVENUE: Final = {  # by the first three of four digits
    "inpatient": (*range(10, 22), 100),
    "emergency": (45,),
    "surgery": (36, 37, 49, 71, 72, 75),
    "imaging": (32, 33, 34, 35, 40, 61),
    "laboratory": (30, 31),
    "therapy": (41, 42, 43, 44, 53, 94),
    "drugs": (25, 26, 63, 77),
    "behavioral-health": (90, 91),
    "equipment": (27, 29, 62),
    "transport": (54,),
    "dialysis": (80, 82, 83, 84, 85, 88),
}
_PLACE: Final = {code: name for name, codes in _PLACES.items() for code in codes}
_BILL: Final = {code: name for name, codes in _BILLS.items() for code in codes}
_BY_REVENUE: Final = {f"{number:03d}": name for name, numbers in _REVENUE.items() for number in numbers}

SERVICE_TYPES: Final = tuple(dict.fromkeys([*_PLACES, *_BILLS, *_REVENUE, *_WORK.values()]))
"""All names that ``service_type`` gives."""


def service_type(record: Claim | ClaimPayment) -> str | None:
    """The service type of a claim or a payment, by the rule above; None where nothing tells."""
    if isinstance(record, Claim) and record.transaction == "837D":
        return "dental"
    revenues = [_of_revenue(line.revenue_code) for line in record.lines]
    where = _where(record)
    if "inpatient" in revenues or (where == "inpatient" and _is_institutional(record)):
        return "inpatient"
    works = [_of_procedure(line.procedure) for line in record.lines]
    if "emergency" in (where, *revenues, *works):
        return "emergency"
    return _of_dearest(record.lines) or where


def _where(record: Claim | ClaimPayment) -> str | None:
    """Where the service was, by the facility code; of a facility's bill without one that tells, outpatient."""
    code = (record.facility_code or "")[:2]
    if _is_institutional(record):
        return _BILL.get(code, "outpatient")
    return _PLACE.get(code)


def _is_institutional(record: Claim | ClaimPayment) -> bool:
    if isinstance(record, Claim):
        return record.transaction == "837I"
    return any(line.revenue_code for line in record.lines)


def _of_dearest(lines: tuple[ClaimLine, ...] | tuple[PaymentLine, ...]) -> str | None:
    charges = [line.charge or 0 for line in lines]
    if not charges:
        return None
    dearest = lines[charges.index(max(charges))]
    return _of_procedure(dearest.procedure) or _of_revenue(dearest.revenue_code)


def _of_procedure(procedure: str | None) -> str | None:
    """The work that a CPT or HCPCS code names, ``emergency`` of an emergency visit.

    >>> [_of_procedure(code) for code in ("72148", "J1885", "A0429", "0240U", "99284", "99213")]
    ['imaging', 'drugs', 'transport', 'laboratory', 'emergency', None]
    """
    if not procedure:
        return None
    if len(procedure) == 5 and procedure.endswith("U"):  # proprietary laboratory analyses
        return "laboratory"
    special = _HCPCS.get(procedure[:2]) or _HCPCS.get(procedure[:1])
    section = line_of_procedure(procedure)
    return special or ("emergency" if section == "emergency" else _WORK.get(section or ""))


def _of_revenue(code: str | None) -> str | None:
    """The work of a revenue code, written with four digits or, its leading zero dropped, with three.

    >>> _of_revenue("0351"), _of_revenue("450"), _of_revenue("0120"), _of_revenue("0510")
    ('imaging', 'emergency', 'inpatient', None)
    """
    return _BY_REVENUE.get(code.zfill(4)[:3]) if code else None
