"""Billed services: LX with SV1 (professional), SV2 (institutional) or SV3 (dental)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from features.x12.elements import Procedure, Procedures, at, components
from features.x12.place import Place
from features.x12.records import ClaimLine
from features.x12.values import text_of, whole_number


class ClaimLineBuilder:
    """One line while its segments come."""

    def __init__(self, place: Place, procedures: Procedures, number: int) -> None:
        self.place = place
        self.procedures = procedures
        self.number = number
        self.service: str | None = None  # SV1, SV2 or SV3
        self.procedure = Procedure(None, (), None)
        self.revenue_code: str | None = None
        self.charge: Decimal | None = None
        self.units: Decimal | None = None
        self.service_from: date | None = None
        self.service_to: date | None = None
        self.control_number: str | None = None
        self.pointers: tuple[int, ...] = ()
        self.place_of_service: str | None = None

    def professional(self, elements: list[str]) -> None:
        """SV1: procedure, charge, unit of measure, units, place of service, diagnosis pointers in SV107."""
        self.service = "SV1"
        self.procedure = self.procedures[at(elements, 1)]
        self.charge = self.place.amounts[at(elements, 2)]
        self.units = self.place.amounts[at(elements, 4)]
        self.place_of_service = text_of(at(elements, 5))
        self.point(at(elements, 7))

    def institutional(self, elements: list[str]) -> None:
        """SV2: revenue code, procedure, charge, unit of measure, units."""
        self.service = "SV2"
        self.revenue_code = text_of(at(elements, 1))
        self.procedure = self.procedures[at(elements, 2)]
        self.charge = self.place.amounts[at(elements, 3)]
        self.units = self.place.amounts[at(elements, 5)]

    def dental(self, elements: list[str]) -> None:
        """SV3: procedure, charge, place of service, and units in SV306; diagnosis pointers in SV311."""
        self.service = "SV3"
        self.procedure = self.procedures[at(elements, 1)]
        self.charge = self.place.amounts[at(elements, 2)]
        self.place_of_service = text_of(at(elements, 3))
        self.units = self.place.amounts[at(elements, 6)]
        self.point(at(elements, 11))

    def point(self, composite: str) -> None:
        """Diagnosis pointers, from 1."""
        numbers = (whole_number(part) for part in components(composite, self.procedures.component))
        self.pointers = tuple(number for number in numbers if number)

    def day(self, elements: list[str]) -> None:
        """DTP*472 (or 150 and 151, which some senders write): one day, or a span."""
        qualifier, text = at(elements, 1), at(elements, 3)
        if qualifier == "472":
            self.service_from, self.service_to = self.place.dates.span(text)
        elif qualifier == "150":
            self.service_from = self.place.dates[text]
        elif qualifier == "151":
            self.service_to = self.place.dates[text]

    def record(self) -> ClaimLine:
        """The finished line."""
        return ClaimLine(
            number=self.number,
            procedure=self.procedure.code,
            modifiers=self.procedure.modifiers,
            revenue_code=self.revenue_code or self.procedure.revenue_code,
            charge=self.charge,
            units=self.units,
            service_from=self.service_from,
            service_to=self.service_to,
            control_number=self.control_number,
            diagnosis_pointers=self.pointers,
            place_of_service=self.place_of_service,
        )
