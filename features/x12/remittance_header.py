"""The header of an 835: the payment, its trace to the bank's deposit, payer and payee."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from features.x12.elements import at
from features.x12.place import Place
from features.x12.records import ProviderAdjustment, Remittance
from features.x12.values import national_provider, text_of


class RemittanceHeader:
    """What stands before the first claim payment; of a segment that comes twice, the first counts."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.segment = place.segment
        self.begun = False
        self.payment_amount: Decimal | None = None
        self.credit_debit: str | None = None
        self.method: str | None = None
        self.payment_date: date | None = None
        self.trace_number: str | None = None
        self.originator: str | None = None
        self.production_date: date | None = None
        self.payer_name: str | None = None
        self.payer_id: str | None = None
        self.payee_name: str | None = None
        self.payee_npi: str | None = None
        self.party = ""
        self.handlers: dict[str, Callable[[list[str]], None]] = {
            "BPR": self.payment,
            "TRN": self.trace,
            "N1": self.organisation,
            "REF": self.reference,
            "DTM": self.day,
        }

    def payment(self, elements: list[str]) -> None:
        """BPR: amount, direction, method, date."""
        if self.begun:
            return
        self.begun = True
        self.payment_amount = self.place.amounts[at(elements, 2)]
        self.credit_debit = text_of(at(elements, 3))
        self.method = text_of(at(elements, 4))
        self.payment_date = self.place.dates[at(elements, 16)]

    def trace(self, elements: list[str]) -> None:
        """TRN: the number on the check or the bank transfer, and who issued it."""
        if self.trace_number is None:
            self.trace_number = text_of(at(elements, 2))
            self.originator = text_of(at(elements, 3))

    def organisation(self, elements: list[str]) -> None:
        """N1*PR, the payer, or N1*PE, the payee."""
        self.party = at(elements, 1)
        name, identifier = text_of(at(elements, 2)), text_of(at(elements, 4))
        if self.party == "PR" and self.payer_name is None:
            self.payer_name, self.payer_id = name, identifier or self.payer_id
        elif self.party == "PE" and self.payee_name is None:
            self.payee_name = name
            self.payee_npi = national_provider(at(elements, 3), identifier or "")

    def reference(self, elements: list[str]) -> None:
        """REF*2U: the payer's identifier where N104 has none; REF*HPI: the payee's, before N1 had a place for it."""
        qualifier, value = at(elements, 1), text_of(at(elements, 2))
        if qualifier == "2U" and self.party == "PR" and self.payer_id is None:
            self.payer_id = value
        elif qualifier == "HPI" and self.party == "PE" and self.payee_npi is None:
            self.payee_npi = value

    def day(self, elements: list[str]) -> None:
        """DTM*405: when the payer's system made the remittance."""
        day = self.place.dates[at(elements, 2)]
        if at(elements, 1) == "405" and self.production_date is None:
            self.production_date = day

    def remittance(
        self, count: int, adjustments: tuple[ProviderAdjustment, ...], balanced: bool
    ) -> Remittance:
        """The record, when all claim payments are known."""
        return Remittance(
            payment_amount=self.payment_amount,
            credit_debit=self.credit_debit,
            method=self.method,
            payment_date=self.payment_date,
            trace_number=self.trace_number,
            originator=self.originator,
            production_date=self.production_date,
            payer_name=self.payer_name,
            payer_id=self.payer_id,
            payee_name=self.payee_name,
            payee_npi=self.payee_npi,
            claim_payments=count,
            provider_adjustments=adjustments,
            balanced=balanced,
            source=self.place.source(self.segment),
        )
