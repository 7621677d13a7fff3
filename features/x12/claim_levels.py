"""The levels around the claims of an 837: billing provider (HL 20), subscriber (22), patient (23)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from features.x12.elements import at
from features.x12.place import Place
from features.x12.values import national_provider, text_of

PAYER, INSURER = "PR", "IN"  # NM101
SELF = "18"  # SBR02


@dataclass
class BillingProvider:
    """Loop 2000A and 2010AA."""

    name: str | None = None
    npi: str | None = None
    taxonomy: str | None = None


@dataclass
class Person:
    """A subscriber or a patient."""

    last: str | None = None
    first: str | None = None
    identifier: str | None = None
    birth_date: date | None = None
    sex: str | None = None

    @property
    def named(self) -> bool:
        """Whether any NM1 said who it is."""
        return any((self.last, self.first, self.identifier))


@dataclass
class Coverage:
    """Loop 2000B: the subscriber's place with the payer that the claim goes to."""

    sequence: str | None = None
    relationship: str | None = None  # SBR02: 18 where the patient is the subscriber
    group_number: str | None = None
    filing_indicator: str | None = None
    payer_name: str | None = None
    payer_id: str | None = None


class ClaimLevels:
    """What holds for the next claim. The patient is the subscriber unless an HL 23 says who he is."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.billing = BillingProvider()
        self.coverage = Coverage()
        self.subscriber = Person()
        self.dependent: Person | None = None
        self.subscriber_level = ""  # HL01 of the open HL 22
        self.billing_level = ""
        self.party = ""
        self.handlers: dict[str, Callable[[list[str]], None]] = {"HL": self.level}

    @property
    def patient(self) -> Person:
        """Whom the claims are for: the subscriber too where SBR02 says so and the level 23 names nobody."""
        below = self.dependent
        if below is None or below.named or self.coverage.relationship != SELF:
            return self.described
        return replace(
            self.subscriber,
            birth_date=below.birth_date or self.subscriber.birth_date,
            sex=below.sex or self.subscriber.sex,
        )

    @property
    def described(self) -> Person:
        """Whom segments of the patient describe, in the level that is open."""
        return self.subscriber if self.dependent is None else self.dependent

    def level(self, elements: list[str]) -> None:
        """HL: a new level ends what stood below its parent."""
        number, parent, kind = at(elements, 1), at(elements, 2), at(elements, 3)
        self.party = ""
        if kind == "20":
            self.billing, self.billing_level = BillingProvider(), number
            self.coverage, self.subscriber, self.dependent = Coverage(), Person(), None
        elif kind == "22":
            self.coverage, self.subscriber, self.dependent = Coverage(), Person(), None
            self.subscriber_level = number
            self.check_parent(parent, self.billing_level)
        elif kind == "23":
            self.dependent = Person()
            self.check_parent(parent, self.subscriber_level)
        else:
            self.place.report("unknown-code")

    def check_parent(self, named: str, open_level: str) -> None:
        """The parent that HL02 names must be the open level above."""
        if named != open_level:
            self.place.report("hierarchy-broken")

    def name(self, elements: list[str]) -> None:
        """NM1 before a claim: billing provider, subscriber, payer, patient.

        Early 4010 files call the payer an insurer (IN).
        """
        self.party = role = PAYER if at(elements, 1) == INSURER else at(elements, 1)
        last, first = text_of(at(elements, 3)), text_of(at(elements, 4))
        identifier = text_of(at(elements, 9))
        if role == "85":
            self.billing.name = last if first is None else f"{last or ''}, {first}"
            self.billing.npi = national_provider(at(elements, 8), identifier or "")
        elif role == PAYER:
            self.coverage.payer_name = last
            self.coverage.payer_id = identifier or self.coverage.payer_id
        elif role in ("IL", "QC"):
            person = self.described if role == "QC" else self.subscriber
            person.last, person.first, person.identifier = last, first, identifier

    def demographics(self, elements: list[str]) -> None:
        """DMG: birth date and sex of the person named last."""
        if self.party in ("IL", "QC", ""):
            person = self.subscriber if self.party == "IL" else self.described
            person.birth_date = self.place.dates[at(elements, 2)]
            person.sex = text_of(at(elements, 3))

    def subscriber_information(self, elements: list[str]) -> None:
        """SBR: sequence, relationship, group number and filing indicator."""
        self.coverage.sequence = text_of(at(elements, 1))
        self.coverage.relationship = text_of(at(elements, 2))
        self.coverage.group_number = text_of(at(elements, 3))
        self.coverage.filing_indicator = text_of(at(elements, 9))

    def provider(self, elements: list[str]) -> None:
        """PRV*BI: the billing provider's taxonomy."""
        if at(elements, 1) in ("BI", "PT"):
            self.billing.taxonomy = text_of(at(elements, 3))

    def reference(self, elements: list[str]) -> None:
        """REF*2U: the payer's identifier, where NM109 has none."""
        if self.party == PAYER and at(elements, 1) == "2U" and self.coverage.payer_id is None:
            self.coverage.payer_id = text_of(at(elements, 2))
