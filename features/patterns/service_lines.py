"""The service line of a procedure or of a revenue code: what a department calls its work.

Source of the ranges: the sections of CPT and the levels of HCPCS, as in
https://www.cms.gov/medicare/regulations-guidance/physician-self-referral/list-cpt-hcpcs-codes, and the categories of
NUBC revenue codes.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache

from features.x12.records import Claim, ClaimLine

VISITS = ("visits", "emergency")

# The first number of a section; a number below 100 (anaesthesia is 00100 on) has no section.
_CPT = (
    (100, "anaesthesia"),
    (10_004, "surgery"),
    (70_010, "imaging"),
    (80_047, "laboratory"),
    (90_281, "immunization"),
    (90_785, "behavioral health"),
    (90_901, "other medicine"),
    (92_002, "eye care"),
    (92_502, "hearing and speech"),
    (92_920, "cardiology"),
    (94_002, "pulmonary"),
    (95_004, "neurology, sleep and allergy"),
    (96_105, "testing"),
    (96_360, "infusion and injection"),
    (96_567, "other medicine"),
    (97_010, "therapy"),
    (97_802, "other medicine"),
    (98_940, "chiropractic"),
    (98_960, "other medicine"),
    (99_202, "visits"),
    (99_281, "emergency"),
    (99_291, "visits"),
    (99_381, "preventive visits"),
    (99_441, "visits"),
)
_HCPCS = {"A": "supplies", "E": "equipment", "K": "equipment", "L": "orthotics", "J": "drugs", "Q": "drugs",
          "G": "visits", "D": "dental"}  # fmt: skip
_REVENUE = {"01": "room and board", "02": "supplies and drugs", "03": "laboratory", "04": "therapy and imaging",
            "07": "recovery and delivery"}  # fmt: skip


@lru_cache(maxsize=1 << 14)
def line_of_procedure(procedure: str) -> str | None:
    """The service line of a CPT or HCPCS code.

    >>> line_of_procedure("72148"), line_of_procedure("E0601"), line_of_procedure("99213")
    ('imaging', 'equipment', 'visits')
    """
    if procedure[:1] in _HCPCS:
        return _HCPCS[procedure[0]]
    if not procedure.isdecimal():
        return None
    place = bisect_right(_CPT, (int(procedure), "~")) - 1
    return _CPT[place][1] if place >= 0 else None


def service_line(claim: Claim) -> str:
    """The service line of the claim's dearest line; of a stay, ``inpatient``."""
    if claim.transaction == "837I" and (claim.facility_code or "").startswith("11"):
        return "inpatient"
    dearest = max(claim.lines, key=lambda line: line.charge or 0, default=None)
    return (dearest and _of_line(dearest)) or "unknown"


def _of_line(line: ClaimLine) -> str | None:
    if line.procedure:
        return line_of_procedure(line.procedure)
    return _REVENUE.get((line.revenue_code or "")[:2])
