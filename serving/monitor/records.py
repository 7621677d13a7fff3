"""What the monitor knows of automatic items, of checks of them, and of certificates that it took back."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Final, Literal

from msgspec import Struct

from features.evidence import FieldEvidence
from features.x12.records import Claim, ClaimPayment
from models.certificates import Cell
from serving.invoices.records import VendorInvoice
from serving.monitor.answers import Answer

DUE_HOURS = 48  # from when an item came to when its blind check should be in
QUEUE = "blind-check"
LateSource = Literal["posting-audit", "reversal", "override", "remittance"]
Source = Literal["blind-check", "answer", LateSource]
"""How it came out whether an automatic item was right.

Blind checks are of items that were drawn at random, answers of all claims of an age: these two count. The others are of
whatever came to light.
"""

BLIND: Final = "blind-check"
ANSWER: Final = "answer"  # of the payer to a claim that was released

BlindAction = Literal["choose", "none", "release", "hold", "approve"]
"""What a reviewer would have done: a payment's claim or none, a claim released or held, an invoice approved or held."""

ACTIONS: dict[str, tuple[BlindAction, ...]] = {
    "remittance-match": ("choose", "none"),
    "denial-risk": ("release", "hold"),
    "invoice-anomaly": ("approve", "hold"),
}


class Watched(Struct, frozen=True):
    """On what an item went automatically, and how likely it was to be drawn for a check."""

    cell: Cell
    alpha: float  # that the certificate promises
    probability: float  # 0..1


class BlindRow(Struct, frozen=True):
    """An item that waits for a blind check: nothing of what the model said of it."""

    id: str
    kind: str
    amount: Decimal | None
    payer_name: str | None
    claim_id: str | None
    received_at: datetime  # UTC
    due_at: datetime  # UTC
    queue: str = QUEUE


class BlindPlace(Struct, frozen=True):
    """Where a row stands in the list."""

    due_at: datetime
    id: str


class BlindPage(Struct, frozen=True):
    """Part of the list, the earliest due first."""

    rows: tuple[BlindRow, ...]
    total: int
    late: int  # of all, those whose check should be in
    end: BlindPlace | None = None  # of the last row, where more stand behind it


class BlindCandidate(Struct, frozen=True):
    """A claim that a payment may belong to, in an order that says nothing."""

    reference: str
    claim: Claim
    evidence: tuple[FieldEvidence, ...]


class BlindItem(Struct, frozen=True):
    """An item to be decided anew, with all that a person needs and nothing that a model added."""

    row: BlindRow
    subject: Claim | ClaimPayment | VendorInvoice
    actions: tuple[BlindAction, ...]
    candidates: tuple[BlindCandidate, ...] = ()


class BlindCheck(Struct, frozen=True):
    """What a reviewer would have done."""

    action: BlindAction
    reviewer: str
    claim_reference: str | None = None
    reason: str | None = None


class LateVerdict(Struct, frozen=True):
    """What came out later about an item that nobody drew."""

    source: LateSource
    wrong: bool
    reviewer: str
    reason: str | None = None


class Incident(Struct, frozen=True):
    """That a certificate was revoked, and on what evidence."""

    id: str
    certificate: str
    cell: Cell
    raised_at: datetime  # UTC
    statistic: float  # of the detector, at the alarm
    threshold: float
    checked: int
    wrong: int
    rate: float | None  # the weighted estimate, with its 95 % interval
    low: float
    high: float
    population: int  # automatic items under the certificate
    changed_at: datetime | None  # from which items on the lane seems to have been worse
    why: str


class IncidentDetail(Struct, frozen=True):
    """An incident with the automatic items that want a second look."""

    incident: Incident
    second_look: tuple[str, ...]  # ids, oldest first, at most 200
    second_look_total: int


class IncidentPlace(Struct, frozen=True):
    """Where an incident stands in the list."""

    number: int


class IncidentPage(Struct, frozen=True):
    """Part of the list, the latest first."""

    rows: tuple[IncidentDetail, ...]
    total: int
    end: IncidentPlace | None = None  # of the last row, where more stand behind it


class CheckOutcome(Struct, frozen=True):
    """What a check came to; only now may the reviewer know what the lane did."""

    item: str
    wrong: bool
    lane_did: BlindAction
    lane_claim: str | None
    incident: Incident | None = None  # that this check raised


class AnswersTaken(Struct, frozen=True):
    """What came of asking for payers' answers."""

    found: dict[Answer, int]  # claims that were asked
    incidents: tuple[Incident, ...]  # that this raised

    @property
    def asked(self) -> int:
        """How many claims."""
        return sum(self.found.values())


class Watch(Struct, frozen=True):
    """How one certificate stands."""

    certificate: str
    cell: Cell
    alpha: float
    automatic: int  # items that went under it
    drawn: int
    waiting: int  # drawn and not checked yet
    late: int  # of these, those whose check should be in
    checked: int  # blindly, or by the payer's answer
    answered: int  # of these, claims whose payer has answered
    wrong: int
    rate: float | None  # weighted estimate, with its 95 % interval
    low: float
    high: float
    level: float  # of the detector that is nearest an alarm: an alarm at 1
    levels: tuple[float, ...]  # of that one, after each check or day of answers, the last 60
    wrong_otherwise: int  # items known to be wrong from what came to light; no part of the estimate
    incident: Incident | None
