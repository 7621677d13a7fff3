"""Building the records of a 999: one acknowledgment a transaction, or one for a group that lists none."""

from __future__ import annotations

from collections.abc import Callable

from features.x12.codes import ACCEPTING_ACKNOWLEDGMENTS, REFUSING_ACKNOWLEDGMENTS
from features.x12.elements import at
from features.x12.place import Place
from features.x12.records import Acknowledgment
from features.x12.values import text_of, whole_number


class ImplementationAcknowledgmentBuilder:
    """Takes the segments of one 999 by their names. Of a refused transaction no claim has entered."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.number: str | None = None  # AK202 of the open AK2
        self.segment = 0
        self.listed = 0
        self.refused = 0
        self.ended = False
        self.handlers: dict[str, Callable[[list[str]], None]] = {
            "AK1": self.group,
            "AK2": self.transaction,
            "IK5": self.decision,
            "AK5": self.decision,  # of the 997 that a 999 took the place of; some senders still write it
            "AK9": self.group_decision,
        }

    def group(self, elements: list[str]) -> None:  # noqa: ARG002 (the name alone matters)
        """AK1: the group that is answered."""
        self.listed = self.refused = 0

    def transaction(self, elements: list[str]) -> None:
        """AK2: a transaction of the group."""
        self.end_transaction()
        self.number, self.segment = text_of(at(elements, 2)), self.place.segment
        self.listed += 1

    def decision(self, elements: list[str]) -> None:
        """IK5: what became of it."""
        self.give(self.number, self.segment, at(elements, 1).strip())
        self.number, self.segment = None, 0

    def group_decision(self, elements: list[str]) -> None:
        """AK9: what became of the group, and how many transactions it had, were received and were accepted."""
        self.end_transaction()
        if not self.listed:
            self.give(None, self.place.segment, at(elements, 1).strip())
            return
        received, accepted = whole_number(at(elements, 3)), whole_number(at(elements, 4))
        if received is not None and accepted is not None and self.refused != received - accepted:
            self.place.report("acknowledgment-count-differs")

    def end_transaction(self) -> None:
        """An AK2 without an IK5: nothing says that the transaction was accepted."""
        if self.segment:
            self.give(self.number, self.segment, "")
            self.number, self.segment = None, 0

    def give(self, number: str | None, segment: int, category: str) -> None:
        """The record; a code outside the list is no acceptance."""
        accepted = category in ACCEPTING_ACKNOWLEDGMENTS
        self.refused += not accepted
        self.ended = True
        if not accepted and category not in REFUSING_ACKNOWLEDGMENTS:
            self.place.report("unknown-code")
        self.place.give(
            Acknowledgment(
                transaction="999",
                claim_id=number,
                accepted=accepted,
                category=category or None,
                status=None,
                entity=None,
                payer_claim_number=None,
                source=self.place.source(segment),
            )
        )

    def close(self) -> None:
        """The transaction ends."""
        self.end_transaction()
        if not self.ended:
            self.place.report("transaction-empty")
