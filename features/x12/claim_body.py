"""One claim of an 837 while its segments come: loop 2300 and the loops inside it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from features.x12.claim_levels import ClaimLevels
from features.x12.claim_lines import ClaimLineBuilder
from features.x12.elements import Procedures, at, components
from features.x12.place import Place
from features.x12.prior_payers import PriorPayerBuilder
from features.x12.records import Claim, ClaimTransaction
from features.x12.values import text_of, whole_number

# HI: the principal diagnosis, then the others; ABK and ABF are ICD-10, BK and BF ICD-9.
PRINCIPAL, OTHER = ("ABK", "BK"), ("ABF", "BF")
SERVICES: dict[str | None, ClaimTransaction] = {"SV1": "837P", "SV2": "837I", "SV3": "837D"}


class ClaimBody:
    """Collects a claim. After an SBR the segments belong to another payer, until the first LX;
    after an SVD the line's adjustments do, until the next LX."""

    def __init__(self, elements: list[str], place: Place, procedures: Procedures) -> None:
        self.place = place
        self.procedures = procedures
        self.segment = place.segment
        self.claim_id = at(elements, 1) or None
        self.charge = place.amounts[at(elements, 2)]
        facility = [*components(at(elements, 5), procedures.component), "", "", ""]
        self.facility_code, self.frequency = text_of(facility[0]), text_of(facility[2])
        self.days: dict[str, tuple[date | None, date | None]] = {}
        self.references: dict[str, str | None] = {}
        self.line_authorization: str | None = None
        self.principal: list[str] = []
        self.others: list[str] = []
        self.rendering_npi: str | None = None
        self.line_rendering_npi: str | None = None
        self.payers: list[PriorPayerBuilder] = []
        self.lines: list[ClaimLineBuilder] = []
        self.adjudicator: PriorPayerBuilder | None = None  # of an SVD

    @property
    def payer(self) -> PriorPayerBuilder | None:
        """The other payer that the claim-level segments now belong to."""
        return self.payers[-1] if self.payers and not self.lines else None

    def other_payer(self, elements: list[str]) -> None:
        """SBR inside a claim: loop 2320 of another payer begins."""
        self.payers.append(PriorPayerBuilder(self.place, elements))

    def diagnoses(self, elements: list[str]) -> None:
        """HI: one composite a diagnosis."""
        for element in elements[1:]:
            qualifier, code = [*components(element, self.procedures.component), ""][:2]
            if code and qualifier in PRINCIPAL:
                self.principal.append(code.replace(".", "").strip())
            elif code and qualifier in OTHER:
                self.others.append(code.replace(".", "").strip())

    def day(self, elements: list[str]) -> None:
        """DTP of the claim, a line, or another payer's decision."""
        if at(elements, 1) == "573":
            payer = self.adjudicator or self.payer
            if payer:
                payer.day(elements)
        elif self.lines:
            self.lines[-1].day(elements)
        elif at(elements, 1) in ("434", "472", "435"):
            self.days.setdefault(at(elements, 1), self.place.dates.span(at(elements, 3)))

    def reference(self, elements: list[str]) -> None:
        """REF of the claim or the line; those of another payer are its own."""
        qualifier, value = at(elements, 1), text_of(at(elements, 2))
        if self.lines:
            if qualifier == "6R":
                self.lines[-1].control_number = at(elements, 2) or None
            elif qualifier == "G1" and not at(elements, 4) and not self.adjudicator:
                self.line_authorization = self.line_authorization or value
        elif not self.payers:
            self.references.setdefault(qualifier, value)

    def name(self, elements: list[str]) -> None:
        """NM1: the rendering provider (82) of the claim or of a line, or the parties of another payer."""
        if self.payer:
            self.payer.name(elements)
        elif at(elements, 1) == "82":
            npi = text_of(at(elements, 9)) if at(elements, 8) in ("XX", "") else None
            if self.lines:
                self.line_rendering_npi = self.line_rendering_npi or npi
            else:
                self.rendering_npi = npi

    def adjust(self, elements: list[str]) -> None:
        """CAS in a claim is always another payer's."""
        if self.lines:
            if self.adjudicator:
                self.adjudicator.adjust(elements, line=True)
        elif self.payer:
            self.payer.adjust(elements, line=False)

    def money(self, elements: list[str]) -> None:
        """AMT*D of another payer."""
        if self.payer:
            self.payer.money(elements)

    def adjudication(self, elements: list[str]) -> None:
        """SVD: a line as the payer that SVD01 names has decided it; the first one where the name is unknown."""
        named = text_of(at(elements, 1))
        matching = [payer for payer in self.payers if payer.payer_id == named]
        self.adjudicator = next(iter(matching or self.payers), None)

    def line(self, elements: list[str]) -> None:
        """LX: a new line, by its number or else its ordinal."""
        number = whole_number(at(elements, 1)) or len(self.lines) + 1
        self.lines.append(ClaimLineBuilder(self.place, self.procedures, number))
        self.adjudicator = None

    def service(self, elements: list[str]) -> None:
        """SV1, SV2 or SV3 of the open line; one without an LX is a line of its own."""
        if not self.lines or self.lines[-1].service:
            self.line([])
        line = self.lines[-1]
        read = {"SV1": line.professional, "SV2": line.institutional, "SV3": line.dental}
        read[elements[0]](elements)

    def record(self, guide: ClaimTransaction | None, levels: ClaimLevels, submitted: date | None) -> Claim:
        """The finished claim, with what its enclosing levels say now."""
        self.check_charge()
        start, end = self.span()
        patient, coverage, billing = levels.patient, levels.coverage, levels.billing
        return Claim(
            transaction=self.transaction(guide),
            claim_id=self.claim_id,
            charge=self.charge,
            frequency=self.frequency,
            facility_code=self.facility_code,
            payer_sequence=coverage.sequence,
            filing_indicator=coverage.filing_indicator,
            payer_name=coverage.payer_name,
            payer_id=coverage.payer_id,
            subscriber_id=levels.subscriber.identifier or patient.identifier,
            subscriber_last=levels.subscriber.last,
            subscriber_first=levels.subscriber.first,
            patient_last=patient.last,
            patient_first=patient.first,
            patient_birth_date=patient.birth_date,
            patient_sex=patient.sex,
            group_number=coverage.group_number,
            billing_name=billing.name,
            billing_npi=billing.npi,
            billing_taxonomy=billing.taxonomy,
            rendering_npi=self.rendering_npi or self.line_rendering_npi,
            prior_authorization=self.references.get("G1") or self.line_authorization,
            referral=self.references.get("9F"),
            original_reference=self.references.get("F8"),
            submitted=submitted,
            service_from=start,
            service_to=end,
            admitted=self.days.get("435", (None, None))[0],
            diagnoses=tuple(dict.fromkeys(self.principal + self.others)),
            lines=tuple(line.record() for line in self.lines),
            prior_payers=tuple(payer.record() for payer in self.payers),
            source=self.place.source(self.segment),
        )

    def transaction(self, guide: ClaimTransaction | None) -> ClaimTransaction:
        """The guide's claim type; where the guide is unknown, that of the service lines."""
        service = next((line.service for line in self.lines if line.service), None)
        if guide is None:
            return SERVICES.get(service, "837P")
        if service and SERVICES[service] != guide:
            self.place.report("guide-differs", self.segment)
        return guide

    def span(self) -> tuple[date | None, date | None]:
        """The statement's dates (434), else the claim's (472), else those of the lines."""
        start, end = self.days.get("434") or self.days.get("472") or (None, None)
        starts = [line.service_from for line in self.lines if line.service_from]
        ends = [line.service_to for line in self.lines if line.service_to]
        return start or min(starts, default=None), end or max(ends, default=None)

    def check_charge(self) -> None:
        """The claim's identifier and its charge, which is the sum of the lines'."""
        if self.claim_id is None or not self.claim_id.strip():
            self.place.report("identifier-missing", self.segment)
        if self.charge is None:
            self.place.report("amount-missing", self.segment)
        elif self.lines and self.charge != sum(
            (line.charge or Decimal(0) for line in self.lines), Decimal(0)
        ):
            self.place.report("claim-charge-differs", self.segment)
