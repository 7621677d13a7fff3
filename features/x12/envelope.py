"""ISA, GS and ST with their trailers: which builder reads a transaction, and whether counts and numbers agree.

Nothing is dropped for a wrong count or control number. A missing trailer is closed by what follows it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Protocol

from features.x12.acknowledgments import ClaimAcknowledgmentBuilder
from features.x12.claim_payments import ClaimPayments
from features.x12.claims import ClaimBuilder
from features.x12.codes import ACKNOWLEDGMENT_GUIDES, CLAIM_GUIDES
from features.x12.elements import at
from features.x12.implementation_acknowledgments import ImplementationAcknowledgmentBuilder
from features.x12.place import Place
from features.x12.records import ClaimTransaction
from features.x12.remittances import RemittanceBuilder
from features.x12.values import parse_date, same_number, text_of, whole_number

Handler = Callable[[list[str]], None]


class Builder(Protocol):
    """What reads one transaction: handlers by segment name, and the end."""

    handlers: dict[str, Handler]

    def close(self) -> None:
        """Give out what is still open."""


class Envelope:
    """The state of one interchange.

    ``handlers`` is one dictionary, by segment name, refilled when a transaction begins or ends.
    """

    def __init__(self, place: Place, component: str) -> None:
        self.place = place
        self.component = component
        self.passed_over: set[str] = set()  # names of segments that the open transaction does not need
        self.begun = False  # the ISA has come
        self.ended = False  # the IEA has come
        self.groups = self.transactions = 0
        self.started_at = 0  # ordinal of the open ST
        self.guide = ""  # GS08
        self.group_open = False
        self.group_date: date | None = None
        self.builder: Builder | None = None
        self.claims: ClaimPayments | None = (
            None  # reads the claim payments, where the open transaction has any
        )
        self.in_transaction = False
        self.own: dict[str, Handler] = {
            "ISA": self.interchange,
            "GS": self.group,
            "ST": self.transaction,
            "SE": self.end_transaction,
            "GE": self.end_group,
            "IEA": self.end_interchange,
        }
        self.handlers = dict(self.own)

    def interchange(self, elements: list[str]) -> None:
        """ISA: its control number is in ISA13; a second one is none that an interchange could begin with."""
        if self.begun:
            self.place.report("header-cut-off")
        self.begun = True
        self.place.interchange = text_of(at(elements, 13))
        self.place.group = self.place.transaction = None

    def group(self, elements: list[str]) -> None:
        """GS: number, date and guide of a group."""
        self.close_group()
        self.groups += 1
        self.group_open = True
        self.place.group = text_of(at(elements, 6))
        self.group_date = parse_date(at(elements, 4).strip())
        self.guide = at(elements, 8).upper()
        self.transactions = 0

    def transaction(self, elements: list[str]) -> None:
        """ST: choose the builder by ST01, GS08 and ST03."""
        self.close_transaction()
        self.transactions += 1
        self.in_transaction = True
        self.started_at = self.place.segment
        self.place.transaction = text_of(at(elements, 2))
        self.builder = self.choose(at(elements, 1).strip(), f"{self.guide} {at(elements, 3).upper()}")
        if self.builder is None:
            self.place.report("transaction-unsupported")
        else:
            self.handlers.update(self.builder.handlers)
            if isinstance(self.builder, RemittanceBuilder):
                self.claims = self.builder.claims

    def choose(self, kind: str, guide: str) -> Builder | None:
        """The builder of a transaction type, or None where it is not read."""
        if kind == "835":
            return RemittanceBuilder(self.place, self.component)
        if kind == "837":
            return ClaimBuilder(self.place, self.component, claim_guide(guide), self.group_date)
        if kind == "277" and any(name in guide for name in ACKNOWLEDGMENT_GUIDES):
            return ClaimAcknowledgmentBuilder(self.place, self.component)
        if kind == "999":
            return ImplementationAcknowledgmentBuilder(self.place)
        return None

    def end_transaction(self, elements: list[str]) -> None:
        """SE: compare its count and number, and close."""
        if not self.in_transaction:
            self.place.report("trailer-unexpected")
            return
        self.finish_transaction()
        if whole_number(at(elements, 1)) != self.place.segment - self.started_at + 1:
            self.place.report("segment-count-differs")
        if text_of(at(elements, 2)) != self.place.transaction:
            self.place.report("transaction-number-differs")
        self.place.transaction = None

    def close_transaction(self) -> None:
        """A transaction without an SE ends with what follows it; its data is kept."""
        if self.in_transaction:
            self.finish_transaction()
            self.place.report("trailer-missing", self.started_at)
            self.place.transaction = None

    def finish_transaction(self) -> None:
        """Give out what the builder still holds."""
        if self.builder is not None:
            self.builder.close()
            self.builder = self.claims = None
            self.handlers.clear()
            self.handlers.update(self.own)
        self.passed_over.clear()
        self.in_transaction = False

    def end_group(self, elements: list[str]) -> None:
        """GE: compare its count and number."""
        self.close_transaction()
        if not self.group_open:
            self.place.report("trailer-unexpected")
            return
        if whole_number(at(elements, 1)) != self.transactions:
            self.place.report("transaction-count-differs")
        if not same_number(text_of(at(elements, 2)), self.place.group):
            self.place.report("group-number-differs")
        self.group_open = False
        self.place.group = None

    def close_group(self) -> None:
        """A group without a GE ends with what follows it."""
        self.close_transaction()
        if self.group_open:
            self.place.report("trailer-missing")
            self.group_open = False
            self.place.group = None

    def end_interchange(self, elements: list[str]) -> None:
        """IEA: compare its count and number."""
        self.close_group()
        if whole_number(at(elements, 1)) != self.groups:
            self.place.report("group-count-differs")
        if not same_number(text_of(at(elements, 2)), self.place.interchange):
            self.place.report("interchange-number-differs")
        self.ended = True


def claim_guide(guide: str) -> ClaimTransaction | None:
    """The claim type that a guide's name tells, whatever its version.

    >>> claim_guide("005010X222A2"), claim_guide("999999X999X9")
    ('837P', None)
    """
    for name, kind in CLAIM_GUIDES.items():
        if name in guide:
            return kind  # type: ignore[return-value]
    return None
