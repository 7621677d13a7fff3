"""The items of the queue as the API, the store and the pages share them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, Protocol

from msgspec import Meta, Struct

from features.evidence import FieldEvidence, Reason
from features.match_lines import LinePairing
from features.x12.records import Acknowledgment, Claim, ClaimPayment, Problem
from models.match_margin import Margin
from serving.denial_advice import DenialAdvice
from serving.denied.records import DeniedAction, DeniedClaim, EarlierDenial
from serving.invoices.records import InvoiceAction, VendorInvoice

Kind = Literal[
    "remittance-match", "denial-risk", "rejected-claim", "unreadable", "denied-claim", "invoice-anomaly"
]
QueueName = Annotated[
    str, Meta(min_length=1, max_length=64)
]  # of the policy in force: ``models.policy_queues``
LaneName = Literal["auto", "review", "specialist", "escalate"]
Status = Literal["open", "automatic", "decided"]
Action = Literal["accept", "choose", "none", DeniedAction, InvoiceAction]


class ItemRow(Struct, frozen=True):
    """An item in a list: one exception, one line."""

    id: str  # opaque, holds no patient data, may stand in a URL
    kind: Kind
    lane: LaneName
    status: Status  # automatic: went without a look under a certificate
    confidence: (
        float | None
    )  # calibrated probability, 0..1, that the proposal is right; None: no model or no candidate
    amount: Decimal | None  # the claim's charge or the payment's paid amount
    payer_name: str | None
    claim_id: str | None  # as the file has it
    received_at: datetime  # UTC
    due_at: datetime  # UTC
    version: int  # rises with every change: the expected value of a decision
    queue: str | None = None  # who works on it; None where no person is needed
    role: str | None = None  # of the people who may decide it, where the policy names one
    expected: Decimal | None = None  # dollars that working it is expected to bring
    minutes: float | None = None  # of a person's work
    deadline: date | None = None  # of what is proposed; None where working it only gets late
    priority: float | None = (
        None  # dollars a minute that are lost by leaving it now: ``models.priority``; 0 where all is too late
    )


class CandidateDetail(Struct, frozen=True):
    """A claim that a payment may belong to; candidates stand best first."""

    reference: str  # the claim's opaque id in the store
    claim: Claim
    probability: float  # 0..1; with the others and "none of these" they sum to 1
    evidence: tuple[FieldEvidence, ...]
    beside: tuple[Reason, ...] = ()  # what weighs in besides the fields, the base last
    log_odds: float | None = (
        None  # the sum of all weights; None where the model that scored it has been replaced
    )
    lines: LinePairing | None = None  # which paid line answers which of the claim's


class Decision(Struct, frozen=True):
    """What a reviewer decided about an item.

    ``accept``: the proposal (the best candidate; for denial risk: release the claim as it is). ``choose``: another
    candidate, by its reference. ``none``: none of these (for denial risk: hold the claim and correct it). A denied
    claim takes a ``DeniedAction`` instead: what is done about it; a vendor invoice takes an ``InvoiceAction``.
    """

    action: Action
    reviewer: str
    claim_reference: str | None = None
    reason: str | None = None


class Decided(Struct, frozen=True):
    """A decision as it was recorded."""

    decision: Decision
    decided_at: datetime  # UTC


class Move(Struct, frozen=True):
    """That an item went to a stricter lane or another queue as time passed; what it proposes stayed the same."""

    at: datetime  # UTC
    version: int  # that the item had after it
    from_lane: LaneName
    from_queue: str | None
    to_lane: LaneName
    to_queue: str | None
    why: tuple[Reason, ...]


def only_moved(moves: Sequence[Move], since: int, until: int) -> bool:
    """Whether moves are all that changed an item from one version to another, which may be the same.

    >>> only_moved((), 1, 1), only_moved((), 1, 2), only_moved((), 3, 2)
    (True, False, False)
    """
    return since <= until and {one.version for one in moves}.issuperset(range(since + 1, until + 1))


class Versions(Struct, frozen=True):
    """What made a score and a lane; enough to replay it."""

    model: str | None
    policy: str
    certificate: str | None


class ItemDetail(Struct, frozen=True):
    """An item with all that a reviewer needs to decide it."""

    row: ItemRow
    low: float | None  # the interval of the confidence
    high: float | None
    reasons: tuple[Reason, ...]
    versions: Versions
    file_name: str | None  # the name only, never a path
    subject: Claim | ClaimPayment | Acknowledgment | Problem | DeniedClaim | VendorInvoice
    candidates: tuple[CandidateDetail, ...] = ()
    none_probability: float | None = None  # of a remittance match: that no open claim is the right one
    margin: Margin | None = None  # of the likeliest answer to the next; None where nothing is weighed
    decided: Decided | None = None
    advice: DenialAdvice | None = None  # on a claim before it is sent
    earlier_denials: tuple[EarlierDenial, ...] = ()  # of the same claim, the latest first
    paid_since: tuple[ClaimPayment, ...] = ()  # posted to a denied claim after its denial, oldest first
    moves: tuple[Move, ...] = ()  # oldest first
    awaits_check: str | None = None  # the item whose blind check comes first: its own, or that of its payment

    def is_about(self, version: int) -> bool:
        """Whether a decision on a version is one on the item as it is: moves alone have changed it since."""
        return only_moved(self.moves, version, self.row.version)


class ItemFilter(Struct, frozen=True):
    """Which items a list shows; None means all."""

    lane: LaneName | None = None
    kind: Kind | None = None
    status: Status | None = "open"
    queue: QueueName | None = None
    file: str | None = None  # opaque id of the file that they came with


class ItemPlace(Struct, frozen=True):
    """Where a row stands in the list as it was on a day; what is listed may change before and behind it."""

    day: date  # on which the walk through the list began: deadlines that pass meanwhile move nothing
    strictness: int  # of its lane
    passed: bool  # whether its deadline had
    rank: float
    id: str


class ItemPage(Struct, frozen=True):
    """One page of a list: strictest lane first, then what is lost a minute by leaving it, passed deadlines last."""

    rows: tuple[ItemRow, ...]
    total: int  # of the whole list
    lanes: dict[str, int]  # items a lane under the same kind and status
    end: ItemPlace | None = None  # of the last row, where more stand behind it


class Items(Protocol):
    """The queue as its readers see it; the store keeps one, tests may use their own."""

    async def page(
        self, wanted: ItemFilter, *, offset: int, limit: int, after: ItemPlace | None = None
    ) -> ItemPage:
        """Part of a list; ``limit`` 1 to 200. Raises BadInputError for a queue that there is not."""

    async def queues(self) -> tuple[str, ...]:
        """The queues of the policy in force, then others in which items still stand."""

    async def get(self, item_id: str) -> ItemDetail:
        """One item; raises NotFoundError."""

    async def decide(self, item_id: str, decision: Decision, *, version: int | None) -> ItemDetail:
        """Record a decision on a version, None: on the item as it is.

        Raises NotFoundError, BadInputError, or ConflictError where ``version`` is stale.
        """

    async def undo(self, item_id: str, *, reviewer: str, reason: str, version: int | None) -> ItemDetail:
        """Take a decision back; raises NotFoundError, BadInputError, or ConflictError where it cannot be."""

    async def next_open(self, wanted: ItemFilter, *, after: str) -> str | None:
        """The id of the open item that follows ``after`` in the list, or of the first one; None when all is done."""
