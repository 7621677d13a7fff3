"""Building the records of an 835: claim payments as their CLP ends, and the remittance at the end.

This is the reader's hot path: a large remittance calls these methods a million times. Segments that repeat
(dates, adjustments, amounts) are looked up whole, sums are kept as the adjustments come, and a record is built once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from features.x12.adjustments import ZERO, read_adjustments
from features.x12.balances import claim_balance, line_balance, payment_balance
from features.x12.codes import CLAIM_STATUSES
from features.x12.elements import Procedures, at
from features.x12.place import Place, Remembered
from features.x12.records import Adjustment, ClaimPayment, PaymentLine, ProviderAdjustment
from features.x12.remittance_header import RemittanceHeader
from features.x12.values import text_of

Person = tuple[str | None, str | None, str | None]  # last name, first name, identifier
NOBODY: Person = (None, None, None)
BLANKS = [""] * 16


class RemittanceBuilder:
    """Takes the segments of one 835 and gives its records to the place."""

    __slots__ = (
        "adjusted",
        "adjusting",
        "adjustments",
        "allowed",
        "amounts",
        "charge",
        "claim_adjusted",
        "claim_adjustments",
        "claim_end",
        "claim_start",
        "clp",
        "clp_segment",
        "component",
        "control_number",
        "corrected_id",
        "count",
        "crossover_id",
        "days",
        "end",
        "first_day",
        "handlers",
        "header",
        "in_claim",
        "in_line",
        "insured_id",
        "last_day",
        "line_charge",
        "line_key",
        "line_paid",
        "line_remarks",
        "lines",
        "moneys",
        "paid",
        "paid_total",
        "patient",
        "place",
        "procedures",
        "provider_adjustments",
        "remarks",
        "rendering_npi",
        "responsibility",
        "separator",
        "start",
        "svc",
        "svc_segment",
        "text_handlers",
        "units",
    )

    def __init__(self, place: Place, separator: str, component: str) -> None:
        self.place = place
        self.amounts = place.amounts
        self.separator, self.component = separator, component
        self.line_key = f"REF{separator}6R{separator}"
        self.procedures = Procedures(component)
        self.days = Remembered(place, self.read_day)
        self.moneys = Remembered(place, self.read_money)
        self.adjusting = Remembered(place, self.read_adjusting)
        self.header = RemittanceHeader(place)
        self.in_claim = self.in_line = False
        self.count = 0
        self.paid_total = ZERO
        self.provider_adjustments: list[ProviderAdjustment] = []
        self.handlers: dict[str, Callable[[list[str]], None]] = {
            **self.header.handlers,
            "LQ": self.remark,
            "MIA": self.inpatient,
            "MOA": self.outpatient,
            "PLB": self.provider_adjustment,
        }
        self.text_handlers: dict[str, Callable[[str], None]] = {
            "CLP": self.claim,
            "SVC": self.service,
            "CAS": self.adjust,
            "NM1": self.name,
            "DTM": self.day,
            "REF": self.reference,
            "AMT": self.money,
        }

    def padded(self, elements: list[str], name: str) -> list[str]:
        """The elements with blanks behind; none of them where the segment only begins like its name."""
        if elements[0].rstrip() != name:
            self.place.report("segment-damaged")
            return []
        return elements + BLANKS

    # -- a claim payment ---------------------------------------------------------------------------------------

    def claim(self, segment: str) -> None:
        """CLP: the claim before it is complete."""
        clp = segment.split(self.separator)
        if len(clp) < 10 or clp[0] != "CLP":
            clp = self.padded(clp, "CLP")
            if not clp:
                return
        if self.in_claim:
            self.end_claim()
        self.in_claim = True
        self.clp = clp
        self.clp_segment = self.place.segment
        amounts = self.amounts
        self.charge, self.paid, self.responsibility = amounts[clp[3]], amounts[clp[4]], amounts[clp[5]]
        if clp[2] not in CLAIM_STATUSES:
            self.place.report("unknown-code")
        self.patient = NOBODY
        self.insured_id: str | None = None
        self.corrected_id: str | None = None
        self.crossover_id: str | None = None
        self.rendering_npi: str | None = None
        self.claim_start: date | None = None
        self.claim_end: date | None = None
        self.first_day: date | None = None  # of the lines
        self.last_day: date | None = None
        self.adjustments: tuple[Adjustment, ...] = ()
        self.claim_adjustments: tuple[Adjustment, ...] | None = (
            None  # until the first line they are still coming
        )
        self.adjusted = self.claim_adjusted = ZERO
        self.remarks: tuple[str, ...] = ()
        self.lines: list[PaymentLine] = []

    def end_claim(self) -> None:
        """Build the claim payment and add it to the payment's sums."""
        if self.in_line:
            self.end_line()
        else:
            self.claim_adjusted, self.claim_adjustments = self.adjusted, self.adjustments
        self.in_claim = False
        self.count += 1
        paid = self.paid
        if paid is not None:
            self.paid_total += paid
        clp, header, place, patient = self.clp, self.header, self.place, self.patient
        start, end = self.claim_span()
        claim_id, status, filing, number, facility, frequency = clp[1], clp[2], clp[6], clp[7], clp[8], clp[9]
        place.give(
            ClaimPayment(
                header.trace_number,
                header.payment_date,
                header.payer_name,
                header.payer_id,
                header.payee_npi,
                claim_id or None,
                status or None,
                self.charge,
                paid,
                self.responsibility,
                filing or None,
                number or None,
                facility or None,
                frequency or None,
                patient[0],
                patient[1],
                self.insured_id or patient[2],
                self.rendering_npi,
                start,
                end,
                self.claim_adjustments or (),
                tuple(dict.fromkeys(self.remarks)) if self.remarks else (),
                tuple(self.lines),
                claim_balance(place, self.clp_segment, self.charge, paid, self.claim_adjusted),
                place.source(self.clp_segment),
                self.corrected_id,
                self.crossover_id,
            )
        )
        if not claim_id.strip():
            place.report("identifier-missing", self.clp_segment)

    def claim_span(self) -> tuple[date | None, date | None]:
        """The claim's own dates (232, 233), else the span of its lines, and no end before its start."""
        start, end = self.claim_start or self.first_day, self.claim_end or self.last_day
        if start is None or end is None:
            return start or end, end or start
        return start, (end if self.claim_end or end > start else start)

    # -- a service line ----------------------------------------------------------------------------------------

    def service(self, segment: str) -> None:
        """SVC: the line before it, or the claim level, is complete."""
        if not self.in_claim:
            return
        svc = segment.split(self.separator)
        if len(svc) < 7 or svc[0] != "SVC":
            svc = self.padded(svc, "SVC")
            if not svc:
                return
        if self.in_line:
            self.end_line()
        else:
            self.claim_adjusted, self.claim_adjustments = self.adjusted, self.adjustments
        self.in_line = True
        self.svc = svc
        self.svc_segment = self.place.segment
        amounts = self.amounts
        self.line_charge, self.line_paid, self.units = amounts[svc[2]], amounts[svc[3]], amounts[svc[5]]
        self.start: date | None = None
        self.end: date | None = None
        self.adjustments = ()
        self.adjusted = ZERO
        self.allowed: Decimal | None = None
        self.control_number: str | None = None
        self.line_remarks: tuple[str, ...] = ()

    def end_line(self) -> None:
        """Build the line; a line without dates has the claim's."""
        self.in_line = False
        adjusted = self.adjusted
        if adjusted:
            self.claim_adjusted += adjusted
        svc = self.svc
        code, modifiers, revenue_code = self.procedures[svc[1]]
        start = self.start or self.claim_start
        end = self.end or (start if self.start else self.claim_end or start)
        if start is not None and (self.first_day is None or start < self.first_day):
            self.first_day = start
        if end is not None and (self.last_day is None or end > self.last_day):
            self.last_day = end
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
                self.adjustments,
                self.line_remarks,
                line_balance(self.place, self.svc_segment, self.line_charge, self.line_paid, adjusted),
            )
        )

    # -- what stands at either level ---------------------------------------------------------------------------

    def read_adjusting(self, segment: str) -> tuple[tuple[Adjustment, ...], Decimal]:
        elements = segment.split(self.separator)
        adjustments: list[Adjustment] = []
        total = read_adjustments(elements, self.place, adjustments)
        return tuple(adjustments), total

    def adjust(self, segment: str) -> None:
        """CAS of the claim or of the line, wherever it stands."""
        if self.in_claim:
            adjustments, amount = self.adjusting[segment]
            self.adjustments += adjustments
            self.adjusted += amount

    def read_day(self, segment: str) -> tuple[str, date | None]:
        elements = self.padded(segment.split(self.separator), "DTM") or BLANKS
        return elements[1], self.place.dates[elements[2]]

    def day(self, segment: str) -> None:
        """DTM of the header, the claim or the line."""
        qualifier, day = self.days[segment]
        if self.in_line:
            if qualifier == "472":
                self.start = self.end = day
            elif qualifier == "150":
                self.start = day
            elif qualifier == "151":
                self.end = day
        elif not self.in_claim:
            self.header.day(qualifier, day)
        elif qualifier == "232":
            self.claim_start = day
        elif qualifier == "233":
            self.claim_end = day

    def reference(self, segment: str) -> None:
        """REF*6R is the line's key; the header has its own."""
        if self.in_line:
            if segment.startswith(self.line_key):
                self.control_number = segment[7:].partition(self.separator)[0] or None
        elif not self.in_claim:
            self.header.reference(self.padded(segment.split(self.separator), "REF") or BLANKS)

    def read_money(self, segment: str) -> tuple[str, Decimal | None]:
        elements = self.padded(segment.split(self.separator), "AMT") or BLANKS
        return elements[1], self.amounts[elements[2]]

    def money(self, segment: str) -> None:
        """AMT*B6: what the payer allows for the line."""
        if self.in_line:
            qualifier, amount = self.moneys[segment]
            if qualifier == "B6":
                self.allowed = amount

    def name(self, segment: str) -> None:
        """NM1 of the claim: patient, insured, corrected insured, rendering provider, crossover carrier."""
        if not self.in_claim:
            return
        elements = segment.split(self.separator)
        if len(elements) < 10 or elements[0] != "NM1":
            elements = self.padded(elements, "NM1") or BLANKS
        role, identifier = elements[1], elements[9].strip() or None
        if role == "QC":
            self.patient = (elements[3].strip() or None, elements[4].strip() or None, identifier)
        elif role == "IL":
            self.insured_id = identifier
        elif role == "82":
            self.rendering_npi = identifier if elements[8] in ("XX", "") else None
        elif role == "74":
            self.corrected_id = identifier
        elif role == "TT":
            self.crossover_id = identifier

    def remark(self, elements: list[str]) -> None:
        """LQ*HE: a remark code of the line, and so of the claim."""
        if self.in_claim and len(elements) > 2 and elements[1] == "HE" and elements[2]:
            self.remarks += (elements[2],)
            if self.in_line:
                self.line_remarks += (elements[2],)

    def inpatient(self, elements: list[str]) -> None:
        """MIA: remark codes in 05 and 20 to 23."""
        if self.in_claim:
            self.remarks += tuple(code for code in (at(elements, 5), *elements[20:24]) if code)

    def outpatient(self, elements: list[str]) -> None:
        """MOA: remark codes in 03 to 07."""
        if self.in_claim:
            self.remarks += tuple(code for code in elements[3:8] if code)

    # -- the payment -------------------------------------------------------------------------------------------

    def provider_adjustment(self, elements: list[str]) -> None:
        """PLB: up to six pairs of reason:reference and amount, for the provider and not for a claim."""
        for index in range(3, len(elements), 2):
            reason, _, reference = elements[index].partition(self.component or "\0")
            amount = self.amounts[at(elements, index + 1)]
            if reason or amount is not None:
                self.provider_adjustments.append(
                    ProviderAdjustment(reason, text_of(reference), amount or ZERO)
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
