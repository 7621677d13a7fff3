"""Building the records of an 837: a claim as its CLM ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from features.x12.claim_body import ClaimBody
from features.x12.claim_levels import ClaimLevels
from features.x12.elements import Procedures, at
from features.x12.place import Place
from features.x12.records import ClaimTransaction

Handler = Callable[[list[str]], None]


class ClaimBuilder:
    """Takes the segments of one 837 by their names; a segment goes to the open claim, else to the levels."""

    def __init__(
        self, place: Place, component: str, guide: ClaimTransaction | None, group_date: date | None
    ) -> None:
        self.place = place
        self.guide = guide
        self.submitted = group_date
        self.procedures = Procedures(component)
        self.levels = ClaimLevels(place)
        self.body: ClaimBody | None = None
        self.empty = True
        self.handlers: dict[str, Handler] = {
            "BHT": self.begin,
            "HL": self.level,
            "CLM": self.claim,
            "SBR": self.subscriber,
            "NM1": self.name,
            "DMG": self.demographics,
            "PRV": self.provider,
            "REF": self.reference,
            "HI": self.inside(ClaimBody.diagnoses),
            "DTP": self.inside(ClaimBody.day),
            "CAS": self.inside(ClaimBody.adjust),
            "AMT": self.inside(ClaimBody.money),
            "LX": self.inside(ClaimBody.line),
            "SVD": self.inside(ClaimBody.adjudication),
            **dict.fromkeys(("SV1", "SV2", "SV3"), self.inside(ClaimBody.service)),
        }
        if guide is None:
            place.report("guide-unknown")

    def inside(self, read: Callable[[ClaimBody, list[str]], None]) -> Handler:
        """A handler for a segment that only means something inside a claim."""

        def handle(elements: list[str]) -> None:
            if self.body is not None:
                read(self.body, elements)

        return handle

    def begin(self, elements: list[str]) -> None:
        """BHT04: when the file was made; GS04 where it says nothing."""
        self.submitted = self.place.dates[at(elements, 4)] or self.submitted

    def level(self, elements: list[str]) -> None:
        """HL: the open claim is complete."""
        self.end_claim()
        self.levels.level(elements)

    def claim(self, elements: list[str]) -> None:
        """CLM: the claim before it is complete."""
        self.end_claim()
        self.empty = False
        self.body = ClaimBody(elements, self.place, self.procedures)

    def subscriber(self, elements: list[str]) -> None:
        """SBR: another payer's when inside a claim, else the subscriber's."""
        if self.body is None:
            self.levels.subscriber_information(elements)
        elif not self.body.lines:
            self.body.other_payer(elements)

    def name(self, elements: list[str]) -> None:
        """NM1 of the claim or of its levels."""
        if self.body is None:
            self.levels.name(elements)
        else:
            self.body.name(elements)

    def demographics(self, elements: list[str]) -> None:
        """DMG of the levels; inside a claim it describes another payer's subscriber."""
        if self.body is None:
            self.levels.demographics(elements)

    def provider(self, elements: list[str]) -> None:
        """PRV of the billing provider; inside a claim it describes others."""
        if self.body is None:
            self.levels.provider(elements)

    def reference(self, elements: list[str]) -> None:
        """REF of the claim or of its levels."""
        if self.body is None:
            self.levels.reference(elements)
        else:
            self.body.reference(elements)

    def end_claim(self) -> None:
        """Give out the open claim."""
        if self.body is not None:
            self.place.give(self.body.record(self.guide, self.levels, self.submitted))
            self.body = None

    def close(self) -> None:
        """The transaction ends."""
        self.end_claim()
        if self.empty:
            self.place.report("transaction-empty")
