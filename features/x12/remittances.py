"""Building the records of an 835: claim payments as their CLP ends, and the remittance at the end.

This is the reader's hot path: a large remittance calls these methods a million times. Values are looked up in
the place's memory, sums are kept as the adjustments come, and a record is built once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from features.x12.adjustments import ZERO, read_adjustments
from features.x12.balances import claim_balance, line_balance, payment_balance
from features.x12.codes import CLAIM_STATUSES
from features.x12.elements import Procedures, at, components
from features.x12.place import Place
from features.x12.records import Adjustment, ClaimPayment, PaymentLine, ProviderAdjustment
from features.x12.remittance_header import RemittanceHeader
from features.x12.values import text_of

Person = tuple[str | None, str | None, str | None]  # last name, first name, identifier
NOBODY: Person = (None, None, None)
BLANKS = [""] * 16


class RemittanceBuilder:
    """Takes the segments of one 835 by their names and gives its records to the place."""

    def __init__(self, place: Place, component: str) -> None:
        self.place = place
        self.amounts, self.dates = place.amounts, place.dates
        self.component = component
        self.procedures = Procedures(component)
        self.header = RemittanceHeader(place)
        self.in_claim = False
        self.in_line = False
        self.count = 0
        self.paid_total = ZERO
        self.provider_adjustments: list[ProviderAdjustment] = []
        self.handlers: dict[str, Callable[[list[str]], None]] = {
            **self.header.handlers,
            "CLP": self.claim,
            "SVC": self.service,
            "CAS": self.adjust,
            "NM1": self.name,
            "DTM": self.day,
            "REF": self.reference,
            "AMT": self.money,
            "LQ": self.remark,
            "MIA": self.inpatient,
            "MOA": self.outpatient,
            "PLB": self.provider_adjustment,
        }

    # -- a claim payment ---------------------------------------------------------------------------------------

    def claim(self, elements: list[str]) -> None:
        """CLP: the claim before it is complete."""
        if self.in_claim:
            self.end_claim()
        self.in_claim = True
        self.clp = elements + BLANKS
        self.clp_segment = self.place.segment
        self.charge, self.paid = self.amounts[self.clp[3]], self.amounts[self.clp[4]]
        self.responsibility = self.amounts[self.clp[5]]
        if self.clp[2] not in CLAIM_STATUSES:
            self.place.report("unknown-code")
        self.patient = self.insured = NOBODY
        self.corrected_id: str | None = None
        self.crossover_id: str | None = None
        self.rendering_npi: str | None = None
        self.claim_days: dict[str, date | None] = {}
        self.days = self.claim_days
        self.adjustments: list[Adjustment] = []
        self.claim_adjustments = self.adjustments
        self.adjusted = self.claim_adjusted = ZERO
        self.remarks: list[str] = []
        self.lines: list[PaymentLine] = []

    def end_claim(self) -> None:
        """Build the claim payment and add it to the payment's sums."""
        if self.in_line:
            self.end_line()
        self.claim_adjusted += self.adjusted
        self.in_claim = False
        self.count += 1
        if self.paid is not None:
            self.paid_total += self.paid
        clp, header = self.clp, self.header
        patient, lines = self.patient, self.lines
        start, end = self.claim_span()
        self.place.give(
            ClaimPayment(
                header.trace_number,
                header.payment_date,
                header.payer_name,
                header.payer_id,
                header.payee_npi,
                clp[1] or None,
                clp[2] or None,
                self.charge,
                self.paid,
                self.responsibility,
                clp[6] or None,
                clp[7] or None,
                clp[8] or None,
                clp[9] or None,
                patient[0],
                patient[1],
                self.insured[2] or patient[2],
                self.rendering_npi,
                start,
                end,
                tuple(self.claim_adjustments),
                tuple(dict.fromkeys(self.remarks)) if self.remarks else (),
                tuple(lines),
                claim_balance(self.place, self.clp_segment, self.charge, self.paid, self.claim_adjusted),
                self.place.source(self.clp_segment),
                self.corrected_id,
                self.crossover_id,
            )
        )
        if not clp[1].strip():
            self.place.report("identifier-missing", self.clp_segment)

    def claim_span(self) -> tuple[date | None, date | None]:
        """The claim's own dates (232, 233), else the span of its lines."""
        days = self.claim_days
        start, end = days.get("232"), days.get("233")
        if start is None:
            start = min((line.service_from for line in self.lines if line.service_from), default=end)
        if end is None:
            ends = [line.service_to for line in self.lines if line.service_to]
            end = max((*ends, start)) if start else max(ends, default=None)
        return start, end

    # -- a service line ----------------------------------------------------------------------------------------

    def service(self, elements: list[str]) -> None:
        """SVC: the line before it, or the claim level, is complete."""
        if not self.in_claim:
            return
        if self.in_line:
            self.end_line()
        else:
            self.claim_adjusted = self.adjusted
        self.in_line = True
        if len(elements) < 8:
            elements = elements + BLANKS
        self.svc = elements
        self.svc_segment = self.place.segment
        self.line_charge, self.line_paid = self.amounts[elements[2]], self.amounts[elements[3]]
        self.units = self.amounts[elements[5]]
        self.days = {}
        self.adjustments = []
        self.adjusted = ZERO
        self.allowed: Decimal | None = None
        self.control_number: str | None = None
        self.line_remarks: tuple[str, ...] = ()

    def end_line(self) -> None:
        """Build the line; a line without dates has the claim's."""
        self.in_line = False
        adjusted = self.adjusted
        self.claim_adjusted += adjusted
        self.adjusted = ZERO
        svc = self.svc
        code, modifiers, revenue_code = self.procedures[svc[1]]
        days = self.days or self.claim_days
        day = days.get("472")
        start = day or days.get("150") or self.claim_days.get("232")
        end = day or days.get("151") or self.claim_days.get("233") or start
        self.lines.append(
            PaymentLine(
                code,
                modifiers,
                self.procedures[svc[6]].code if svc[6] else None,
                svc[4] or revenue_code,
                self.line_charge,
                self.line_paid,
                self.units,
                start,
                end,
                self.control_number,
                self.allowed,
                tuple(self.adjustments),
                self.line_remarks,
                line_balance(self.place, self.svc_segment, self.line_charge, self.line_paid, adjusted),
            )
        )

    # -- what stands at either level ---------------------------------------------------------------------------

    def adjust(self, elements: list[str]) -> None:
        """CAS of the claim or of the line, wherever it stands."""
        if self.in_claim:
            self.adjusted += read_adjustments(elements, self.place, self.adjustments)

    def day(self, elements: list[str]) -> None:
        """DTM of the header, the claim or the line."""
        if len(elements) < 3:
            return
        if self.in_claim:
            self.days[elements[1]] = self.dates[elements[2]]
        else:
            self.header.day(elements)

    def reference(self, elements: list[str]) -> None:
        """REF*6R is the line's key; the header has its own."""
        if self.in_line:
            if elements[1:2] == ["6R"] and len(elements) > 2:
                self.control_number = elements[2] or None
        elif not self.in_claim:
            self.header.reference(elements)

    def money(self, elements: list[str]) -> None:
        """AMT*B6: what the payer allows for the line."""
        if self.in_line and len(elements) > 2 and elements[1] == "B6":
            self.allowed = self.amounts[elements[2]]

    def name(self, elements: list[str]) -> None:
        """NM1 of the claim: patient, insured, corrected insured, rendering provider, crossover carrier."""
        if not self.in_claim:
            return
        elements = elements + BLANKS
        role, identifier = elements[1], text_of(elements[9])
        if role == "QC":
            self.patient = (text_of(elements[3]), text_of(elements[4]), identifier)
        elif role == "IL":
            self.insured = (text_of(elements[3]), text_of(elements[4]), identifier)
        elif role == "82":
            self.rendering_npi = identifier if elements[8] in ("XX", "") else None
        elif role == "74":
            self.corrected_id = identifier
        elif role == "TT":
            self.crossover_id = identifier

    def remark(self, elements: list[str]) -> None:
        """LQ*HE: a remark code of the line, and so of the claim."""
        if self.in_claim and len(elements) > 2 and elements[1] == "HE" and elements[2]:
            self.remarks.append(elements[2])
            if self.in_line:
                self.line_remarks = (*self.line_remarks, elements[2])

    def inpatient(self, elements: list[str]) -> None:
        """MIA: remark codes in 05 and 20 to 23."""
        if self.in_claim:
            self.remarks.extend(code for code in (at(elements, 5), *elements[20:24]) if code)

    def outpatient(self, elements: list[str]) -> None:
        """MOA: remark codes in 03 to 07."""
        if self.in_claim:
            self.remarks.extend(code for code in elements[3:8] if code)

    # -- the payment -------------------------------------------------------------------------------------------

    def provider_adjustment(self, elements: list[str]) -> None:
        """PLB: up to six pairs of reason:reference and amount, for the provider and not for a claim."""
        for index in range(3, len(elements), 2):
            reason, _, reference = elements[index].partition(self.component or "\0")
            amount = self.amounts[at(elements, index + 1)]
            if reason or amount is not None:
                self.provider_adjustments.append(
                    ProviderAdjustment(
                        reason, text_of(components(reference, self.component)[0]), amount or ZERO
                    )
                )

    def close(self) -> None:
        """The transaction ends: the last claim, then the remittance."""
        if self.in_claim:
            self.end_claim()
        if not (self.header.begun or self.count or self.provider_adjustments):
            self.place.report("transaction-empty")
            return
        adjustments = tuple(self.provider_adjustments)
        balanced = payment_balance(self.place, self.header, self.paid_total, adjustments)
        self.place.give(self.header.remittance(self.count, adjustments, balanced))
