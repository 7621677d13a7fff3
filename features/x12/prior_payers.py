"""Other payers of a claim (loops 2320 and 2430), kept apart from the claim's own fields."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from features.x12.adjustments import read_adjustments
from features.x12.claim_levels import INSURER, PAYER
from features.x12.elements import at
from features.x12.place import Place
from features.x12.records import Adjustment, PriorPayer
from features.x12.values import text_of


class PriorPayerBuilder:
    """One SBR inside a claim, and what follows it."""

    def __init__(self, place: Place, elements: list[str]) -> None:
        self.place = place
        self.sequence = text_of(at(elements, 1))
        self.filing_indicator = text_of(at(elements, 9))
        self.payer_name: str | None = None
        self.payer_id: str | None = None
        self.subscriber_id: str | None = None
        self.paid: Decimal | None = None
        self.adjudicated: date | None = None
        self.adjustments: list[Adjustment] = []
        self.line_adjustments: list[Adjustment] = []

    def name(self, elements: list[str]) -> None:
        """NM1*IL, the other subscriber, or NM1*PR (in early 4010 files IN), the other payer."""
        identifier = text_of(at(elements, 9))
        if at(elements, 1) == "IL":
            self.subscriber_id = identifier
        elif at(elements, 1) in (PAYER, INSURER):
            self.payer_name, self.payer_id = text_of(at(elements, 3)), identifier

    def money(self, elements: list[str]) -> None:
        """AMT*D: what this payer has paid."""
        if at(elements, 1) == "D":
            self.paid = self.place.amounts[at(elements, 2)]

    def adjust(self, elements: list[str], *, line: bool) -> None:
        """CAS of the claim, or of a line that this payer adjudicated."""
        read_adjustments(elements, self.place, self.line_adjustments if line else self.adjustments)

    def day(self, elements: list[str]) -> None:
        """DTP*573: when this payer decided."""
        if at(elements, 1) == "573" and self.adjudicated is None:
            self.adjudicated = self.place.dates[at(elements, 3)]

    def record(self) -> PriorPayer:
        """The finished record."""
        return PriorPayer(
            sequence=self.sequence,
            filing_indicator=self.filing_indicator,
            payer_name=self.payer_name,
            payer_id=self.payer_id,
            subscriber_id=self.subscriber_id,
            paid=self.paid,
            adjustments=tuple(self.adjustments),
            line_adjustments=tuple(self.line_adjustments),
            adjudicated=self.adjudicated,
        )
