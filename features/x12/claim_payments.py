"""Claim payments of an 835, each from its CLP to the segment that the next thing begins with.

This is the reader's hot path: a large remittance has a million segments here. It is written as a descent, a claim
and in it its lines, over one iterator of segments, so that what is being read stands in local variables and each
record is built once. Whatever is rare in these loops goes through ``rare``.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from features.x12.adjustments import ZERO, read_adjustments
from features.x12.balances import claim_balance, line_balance
from features.x12.codes import ADJUSTMENT_GROUPS, CLAIM_STATUSES
from features.x12.elements import Procedures, at
from features.x12.place import Place
from features.x12.records import Adjustment, ClaimPayment, PaymentLine, Record, Source
from features.x12.service_dates import FORMATS, misplaced_days

if TYPE_CHECKING:
    from features.x12.remittance_header import RemittanceHeader

BLANKS = [""] * 16


class ClaimPayments:
    """Reads the claim payments of one 835."""

    def __init__(self, place: Place, header: RemittanceHeader, component: str) -> None:
        self.place, self.header = place, header
        self.amounts, self.dates = place.amounts, place.dates
        self.procedures = Procedures(component)
        self.count, self.paid_total = 0, ZERO
        self.lines: list[PaymentLine] = []
        self.adjusted = ZERO
        self.remarks: list[str] = []
        self.patient_last: str | None = None
        self.patient_first: str | None = None
        self.patient_id: str | None = None
        self.insured_id: str | None = None
        self.corrected_id: str | None = None
        self.crossover_id: str | None = None
        self.rendering_npi: str | None = None
        self.first_day: date | None = None
        self.last_day: date | None = None

    def read(
        self, elements: list[str], segments: Iterator[list[str]], rare: Callable[[list[str]], bool]
    ) -> Generator[Record, None, list[str]]:
        """The claim payments from this CLP on; the answer is the segment that ends them, or BLANKS at the end.

        ``rare`` takes a segment that the loops do not know, and tells whether the claim payments end before it.
        """
        place, header, given = self.place, self.header, self.place.records
        amounts, dates = self.amounts, self.dates
        file, interchange, group, transaction = place.file, place.interchange, place.group, place.transaction
        while elements[0] == "CLP":
            if len(elements) < 10:
                elements += BLANKS
            (
                _,
                claim_id,
                status,
                charge_text,
                paid_text,
                share_text,
                filing,
                number,
                facility,
                frequency,
                *_,
            ) = elements
            begun = place.segment
            charge, paid, patient_share = amounts[charge_text], amounts[paid_text], amounts[share_text]
            if status not in CLAIM_STATUSES:
                place.report("unknown-code")
            self.patient_last = self.patient_first = self.patient_id = self.insured_id = None
            self.corrected_id = self.crossover_id = self.rendering_npi = None
            self.remarks = []
            self.lines = []
            self.first_day = self.last_day = start = end = None
            adjustments: tuple[Adjustment, ...] = ()
            self.adjusted = ZERO
            for elements in segments:
                if len(elements) < 3:
                    elements += BLANKS
                name = elements[0]
                if name == "DTM" and elements[2] not in FORMATS:
                    day = dates[elements[2]]
                    if elements[1] == "232":
                        start = day
                    elif elements[1] == "233":
                        end = day
                elif name == "NM1":
                    self.name(elements)
                elif name == "SVC" or name == "CLP":
                    break
                elif name == "CAS":
                    adjustments += self.adjustment(elements)
                elif name == "DTP" or name == "DTM":
                    start, end = misplaced_days(elements, place, start, end)
                elif name != "REF" and name != "AMT" and rare(elements):
                    break
            else:
                elements = BLANKS
            while elements[0] == "SVC":
                elements = self.line(elements, segments, start, end, rare)

            self.count += 1
            if paid is not None:
                self.paid_total += paid
            balanced = claim_balance(place, begun, charge, paid, self.adjusted)
            if start is None or end is None:
                explicit = end is not None
                start = start or self.first_day
                end = end or self.last_day
                if start is None or end is None:
                    start, end = start or end, end or start
                elif not explicit and end < start:
                    end = start
            if given:
                yield from given
                given.clear()
            yield ClaimPayment(
                header.trace_number,
                header.payment_date,
                header.payer_name,
                header.payer_id,
                header.payee_npi,
                claim_id or None,
                status or None,
                charge,
                paid,
                patient_share,
                filing or None,
                number or None,
                facility or None,
                frequency or None,
                self.patient_last,
                self.patient_first,
                self.insured_id or self.patient_id,
                self.rendering_npi,
                start,
                end,
                adjustments,
                tuple(dict.fromkeys(self.remarks)) if self.remarks else (),
                tuple(self.lines),
                balanced,
                Source(file, interchange, group, transaction, begun),
                self.corrected_id,
                self.crossover_id,
            )
            if not claim_id.strip():
                place.report("identifier-missing", begun)
        return elements

    def line(
        self,
        svc: list[str],
        segments: Iterator[list[str]],
        claim_start: date | None,
        claim_end: date | None,
        rare: Callable[[list[str]], bool],
    ) -> list[str]:
        """One service line from its SVC on; the answer is the segment that ends it, or BLANKS at the end."""
        place, amounts, dates = self.place, self.amounts, self.dates
        begun = place.segment
        if len(svc) < 7:
            svc += BLANKS
        _, procedure, charge_text, paid_text, revenue_code, units_text, billed, *_ = svc
        charge, paid, units = amounts[charge_text], amounts[paid_text], amounts[units_text]
        start: date | None = None
        end: date | None = None
        adjustments: tuple[Adjustment, ...] = ()
        before = self.adjusted
        allowed: Decimal | None = None
        control_number: str | None = None
        remarks: tuple[str, ...] = ()
        for elements in segments:
            if len(elements) < 3:
                elements += BLANKS
            name = elements[0]
            if name == "DTM" and elements[2] not in FORMATS:
                day = dates[elements[2]]
                qualifier = elements[1]
                if qualifier == "472":
                    start = end = day
                elif qualifier == "150":
                    start = day
                elif qualifier == "151":
                    end = day
            elif name == "AMT":
                amount = amounts[elements[2]]
                if elements[1] == "B6":
                    allowed = amount
            elif name == "SVC" or name == "CLP":
                break
            elif name == "CAS":
                adjustments += self.adjustment(elements)
            elif name == "REF":
                if elements[1] == "6R":
                    control_number = elements[2] or None
            elif name == "LQ":
                remark = remark_code(elements)
                if remark:
                    remarks += (remark,)
                    self.remarks.append(remark)
            elif name == "NM1":
                self.name(elements)
            elif name == "DTP" or name == "DTM":
                start, end = misplaced_days(elements, place, start, end)
            elif rare(elements):
                break
        else:
            elements = BLANKS
        code, modifiers, adjudicated_revenue_code = self.procedures[procedure]
        if start is None:
            start = claim_start
            if end is None:
                end = claim_end or start
        elif end is None:
            end = start
        if start is not None and (self.first_day is None or start < self.first_day):
            self.first_day = start
        if end is not None and (self.last_day is None or end > self.last_day):
            self.last_day = end
        balanced = line_balance(place, begun, charge, paid, self.adjusted - before)
        self.lines.append(
            PaymentLine(
                code,
                modifiers,
                self.procedures[billed].code if billed else None,
                revenue_code or adjudicated_revenue_code,
                charge,
                paid,
                units,
                start,
                end,
                control_number,
                allowed,
                adjustments,
                remarks,
                balanced,
            )
        )
        return elements

    def adjustment(self, elements: list[str]) -> tuple[Adjustment, ...]:
        """CAS of the claim or of the line."""
        if len(elements) == 4 and elements[1] in ADJUSTMENT_GROUPS:  # one reason, as nearly always
            amount = self.amounts[elements[3]] or ZERO
            self.adjusted += amount
            return (Adjustment(elements[1], elements[2], amount),)
        several: list[Adjustment] = []
        self.adjusted += read_adjustments(elements, self.place, several)
        return tuple(several)

    def name(self, elements: list[str]) -> None:
        """NM1 of the claim: patient, insured, corrected insured, rendering provider, crossover carrier."""
        if len(elements) < 10:
            elements += BLANKS
        role, identifier = elements[1], elements[9].strip() or None
        if role == "QC":
            self.patient_last = elements[3].strip() or None
            self.patient_first = elements[4].strip() or None
            self.patient_id = identifier
        elif role == "IL":
            self.insured_id = identifier
        elif role == "82":
            self.rendering_npi = identifier if elements[8] in ("XX", "") else None
        elif role == "74":
            self.corrected_id = identifier
        elif role == "TT":
            self.crossover_id = identifier

    def remark(self, elements: list[str]) -> None:
        """LQ*HE before the first line: a remark code of the claim."""
        remark = remark_code(elements)
        if remark:
            self.remarks.append(remark)

    def inpatient(self, elements: list[str]) -> None:
        """MIA: remark codes in 05 and 20 to 23."""
        self.remarks += [code for code in (at(elements, 5), *elements[20:24]) if code]

    def outpatient(self, elements: list[str]) -> None:
        """MOA: remark codes in 03 to 07."""
        self.remarks += [code for code in elements[3:8] if code]


def remark_code(elements: list[str]) -> str:
    """The remark code of an LQ, or nothing where it holds none.

    >>> remark_code(["LQ", "HE", "N206"]), remark_code(["LQ", "RX", "70"]), remark_code(["LQ"])
    ('N206', '', '')
    """
    return at(elements, 2) if at(elements, 1) == "HE" else ""
