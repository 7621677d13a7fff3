"""Building the records of a 277CA: one acknowledgment a claim, and one for what was refused as a whole above it."""

from __future__ import annotations

from collections.abc import Callable

from features.x12.codes import ACCEPTING_CATEGORIES, REFUSING_CATEGORIES
from features.x12.elements import at, components
from features.x12.place import Place
from features.x12.records import Acknowledgment
from features.x12.values import text_of

ABOVE_CLAIMS = ("20", "21", "19")  # HL03: source, receiver, provider
CLAIM_LEVELS = ("PT", "22", "23")  # HL03: patient; 4010 files have subscriber and dependent
Status = tuple[str, str, str]  # category, status, entity


class ClaimAcknowledgmentBuilder:
    """Takes the segments of one 277CA by their names."""

    def __init__(self, place: Place, component: str) -> None:
        self.place = place
        self.component = component
        self.kind = ""
        self.segment = 0
        self.claim_id: str | None = None
        self.payer_claim_number: str | None = None
        self.statuses: list[Status] = []
        self.in_line = False
        self.line_statuses: list[Status] = []
        self.empty = True
        self.handlers: dict[str, Callable[[list[str]], None]] = {
            "HL": self.level,
            "TRN": self.trace,
            "STC": self.status,
            "REF": self.reference,
            "SVC": self.service,
        }

    def level(self, elements: list[str]) -> None:
        """HL: the level before it is complete."""
        self.end_level()
        self.kind = at(elements, 3)
        if self.kind not in ABOVE_CLAIMS and self.kind not in CLAIM_LEVELS:
            self.place.report("unknown-code")

    def trace(self, elements: list[str]) -> None:
        """TRN: at a claim's level the provider's claim number; each further one begins another claim."""
        if self.kind not in ABOVE_CLAIMS:
            self.end_level()
            self.claim_id = at(elements, 2) or None
        self.segment = self.place.segment

    def status(self, elements: list[str]) -> None:
        """STC: up to three composites of category, status and entity (01, 10, 11).

        Where STC03 says that the claim is accepted (WQ), STC01 alone decides: the others may only remark.
        """
        if not self.segment:
            self.segment = self.place.segment
        into = self.line_statuses if self.in_line else self.statuses
        taken = at(elements, 3).strip() == "WQ" and self.category(elements) in ACCEPTING_CATEGORIES
        for index in (1,) if taken else (1, 10, 11):
            parts = [*components(at(elements, index), self.component), "", "", ""]
            if parts[0]:
                into.append((parts[0].strip(), parts[1].strip(), parts[2].strip()))
                if parts[0].strip() not in ACCEPTING_CATEGORIES | REFUSING_CATEGORIES:
                    self.place.report("unknown-code")

    def category(self, elements: list[str]) -> str:
        """STC01-1."""
        return components(at(elements, 1), self.component)[0].strip()

    def reference(self, elements: list[str]) -> None:
        """REF*1K: the payer's claim number."""
        if at(elements, 1) == "1K":
            self.payer_claim_number = text_of(at(elements, 2))

    def service(self, elements: list[str]) -> None:  # noqa: ARG002 (the name alone matters)
        """SVC: what follows is said of a line."""
        self.in_line = True

    def end_level(self) -> None:
        """Give out the claim; above claims only a refusal, for then the claims below are never listed."""
        statuses = self.statuses or self.line_statuses
        accepted = all(category in ACCEPTING_CATEGORIES for category, _, _ in statuses)
        at_claim = self.kind not in ABOVE_CLAIMS and (self.claim_id is not None or bool(statuses))
        if at_claim or (statuses and not accepted):
            self.give(statuses, accepted and bool(statuses))
        self.empty = self.empty and not statuses and not at_claim
        self.claim_id = self.payer_claim_number = None
        self.segment, self.in_line = 0, False
        self.statuses, self.line_statuses = [], []

    def give(self, statuses: list[Status], accepted: bool) -> None:
        """The record, with the first status that decides it."""
        deciding = [s for s in statuses if (s[0] in ACCEPTING_CATEGORIES) == accepted]
        category, status, entity = (deciding or statuses or [("", "", "")])[0]
        self.place.give(
            Acknowledgment(
                transaction="277CA",
                claim_id=self.claim_id,
                accepted=accepted,
                category=category or None,
                status=status or None,
                entity=entity or None,
                payer_claim_number=self.payer_claim_number,
                source=self.place.source(self.segment),
            )
        )

    def close(self) -> None:
        """The transaction ends."""
        self.end_level()
        if self.empty:
            self.place.report("transaction-empty")
