"""A queue in memory that keeps the promises of ``serving.items.Items``, and items to put into it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from features.code_pairs import Conflict
from features.errors import BadInputError, ConflictError, NotFoundError
from features.evidence import FieldEvidence, Reason, Shown
from features.precedents import Precedent
from features.x12.records import Acknowledgment, Claim, ClaimPayment, Problem, Source
from models.denial_outlook import DenialOutlook, Likely, LineRisk
from models.match_margin import Margin, margin
from models.match_weights import CandidateEvidence
from models.policy import load_policy
from models.policy_queues import queues_of
from models.what_if import Change, SuggestedEdit
from serving.denial_advice import DenialAdvice
from serving.items import (
    CandidateDetail,
    Decided,
    Decision,
    ItemDetail,
    ItemFilter,
    ItemPage,
    ItemRow,
    Kind,
    LaneName,
    Status,
    Versions,
)
from serving.queue_names import check_queue
from tests.support.builders import make_claim, make_claim_line, make_claim_payment

NOW = datetime(2026, 3, 4, 15, 6, tzinfo=UTC)
_WEIGHTS = {"exact": 1.2, "normalised": 1.0, "similar": 0.4, "absent": 0.0, "conflict": -1.6}
_STRICTNESS = {"escalate": 0, "specialist": 1, "review": 2, "auto": 3}
_SOURCE = Source(file="2026-03-04.x12", interchange="000000905", group="1", transaction="0001", segment=1204)


class FakeItems:
    """The queue as a dict; ``decisions`` lists what was decided, in order."""

    def __init__(self, items: Iterable[ItemDetail], *, now: datetime = NOW) -> None:
        self.items = {item.row.id: item for item in items}
        self.decisions: list[tuple[str, Decision]] = []
        self._now = now

    async def page(self, wanted: ItemFilter, *, offset: int, limit: int) -> ItemPage:
        """Part of a list."""
        assert offset >= 0
        assert 1 <= limit <= 200
        check_queue(wanted.queue, await self.queues())
        rows = self._rows(wanted)
        lanes: Counter[str] = Counter(row.lane for row in self._rows(replace(wanted, lane=None)))
        return ItemPage(tuple(rows[offset : offset + limit]), len(rows), dict(lanes))

    async def queues(self) -> tuple[str, ...]:
        """Those of the policy that ships."""
        return queues_of(load_policy())

    async def get(self, item_id: str) -> ItemDetail:
        """One item."""
        if item_id not in self.items:
            raise NotFoundError("there is no such item", remedy="open it from the list")
        return self.items[item_id]

    async def decide(self, item_id: str, decision: Decision, *, version: int) -> ItemDetail:
        """Record a decision."""
        item = await self.get(item_id)
        if item.row.version != version or item.row.status != "open":
            raise ConflictError("the item has changed")
        known = {candidate.reference for candidate in item.candidates}
        if decision.action == "choose" and decision.claim_reference not in known:
            raise BadInputError("the chosen claim is no candidate")
        row = replace(item.row, status="decided", version=version + 1)
        self.items[item_id] = replace(item, row=row, decided=Decided(decision, self._now))
        self.decisions.append((item_id, decision))
        return self.items[item_id]

    async def next_open(self, wanted: ItemFilter, *, after: str) -> str | None:
        """The open item that follows, or the first one."""
        ids = [row.id for row in self._rows(replace(wanted, status="open"))]
        if after not in self.items:
            return ids[0] if ids else None
        place = self._order(self.items[after].row)
        later = [one for one in ids if self._order(self.items[one].row) > place]
        rest = later or [one for one in ids if one != after]
        return rest[0] if rest else None

    def _rows(self, wanted: ItemFilter) -> list[ItemRow]:
        rows = [item.row for item in self.items.values() if _fits(item.row, wanted)]
        return sorted(rows, key=self._order)

    @staticmethod
    def _order(row: ItemRow) -> tuple[int, float, datetime, Decimal, str]:
        return (
            _STRICTNESS[row.lane],
            -(row.priority or 0.0),
            row.due_at,
            -(row.amount or Decimal(0)),
            row.id,
        )


def _fits(row: ItemRow, wanted: ItemFilter) -> bool:
    pairs = (
        (wanted.lane, row.lane),
        (wanted.kind, row.kind),
        (wanted.status, row.status),
        (wanted.queue, row.queue),
    )
    return all(asked is None or asked == has for asked, has in pairs)


def make_row(item_id: str = "item-1", kind: Kind = "remittance-match", **changes: Any) -> ItemRow:
    """An open item in review: two days old, due in three."""
    row = ItemRow(
        id=item_id,
        kind=kind,
        lane="review",
        status="open",
        confidence=0.912,
        amount=Decimal("168.00"),
        payer_name="LAKESIDE HEALTH PLAN",
        claim_id="A-1001",
        received_at=NOW - timedelta(days=2, hours=3),
        due_at=NOW + timedelta(days=3, hours=2),
        version=1,
    )
    return replace(row, **changes)


def make_evidence(payment: ClaimPayment, claim: Claim) -> tuple[FieldEvidence, ...]:
    """Evidence for a few fields, plain enough for a test to foresee: equal, absent or in conflict."""
    rows = []
    for field in (
        "claim_id",
        "subscriber_id",
        "patient_last",
        "patient_first",
        "service_from",
        "charge",
        "referral",
    ):
        values = [getattr(side, field, None) for side in (payment, claim)]
        texts = [None if value is None else str(value) for value in values]
        if None in texts:
            rows.append(FieldEvidence(field, texts[0], texts[1], "absent", None))
        elif texts[0] == texts[1]:
            rows.append(FieldEvidence(field, texts[0], texts[1], "exact", 1.0))
        elif field == "patient_last":
            rows.append(FieldEvidence(field, texts[0], texts[1], "similar", 0.87))
        else:
            rows.append(FieldEvidence(field, texts[0], texts[1], "conflict", None))
    return tuple(replace(row, weight=_WEIGHTS[row.agreement]) for row in rows)


def make_candidate(
    reference: str, claim: Claim, payment: ClaimPayment, probability: float
) -> CandidateDetail:
    """A candidate with its evidence against the payment, weighed."""
    evidence = make_evidence(payment, claim)
    beside = (
        Reason("other-candidates", "No other claim fits as well.", 1.9),
        Reason("payment-timing", "The payment comes at an unusual time for this claim.", -0.02),
        Reason("base", "Where every candidate starts, before anything is compared.", -4.9),
    )
    log_odds = sum(one.weight or 0.0 for one in (*evidence, *beside))
    return CandidateDetail(reference, claim, probability, evidence, beside, log_odds)


def make_match(item_id: str = "item-1", *, none_probability: float = 0.025, **row: Any) -> ItemDetail:
    """A payment with three candidates, 91.2, 4.1 and 2.2 % unless nothing fits."""
    payment = make_claim_payment(patient_last="JONSON", claim_id="A-1001")
    best = make_claim(patient_last="JOHNSON", claim_id="A-1001")
    sibling = make_claim(
        patient_last="JOHNSON",
        claim_id="A-1002",
        service_from=date(2024, 3, 12),
        service_to=date(2024, 3, 12),
    )
    other = make_claim(
        patient_last="DONSON", patient_first="JOAN", claim_id="B-7731", charge=Decimal("290.00"),
        subscriber_id="W123456798", lines=(make_claim_line(charge=Decimal("165.00"), control_number=None),),
    )  # fmt: skip
    left = 1.0 - none_probability
    candidates = (
        make_candidate("claim-a", best, payment, left * 0.935),
        make_candidate("claim-b", sibling, payment, left * 0.042),
        make_candidate("claim-c", other, payment, left * 0.023),
    )
    row = {"confidence": round(left * 0.935, 4), **row}
    return ItemDetail(
        row=make_row(item_id, **row),
        low=0.871,
        high=0.944,
        reasons=(
            Reason("claim-number-agrees", "The payer sent back the claim number of this claim.", 2.1),
            Reason("runner-up-close", "Another claim of the same member is within a week.", -0.6),
            Reason("value-band", "Payments under $1,000 need one look by a reviewer.", None),
        ),
        versions=Versions("remittance-match-3f2a9c01d4b7", "policy-9b1c44de", None),
        file_name="2024-04-02-PAY01.835",
        subject=payment,
        candidates=candidates,
        none_probability=none_probability,
        margin=_margin(candidates, none_probability),
    )


def _margin(candidates: tuple[CandidateDetail, ...], none_probability: float) -> Margin | None:
    evidence = [
        CandidateEvidence(place, one.probability, one.evidence, one.beside, one.log_odds or 0.0)
        for place, one in enumerate(candidates)
    ]
    return margin(evidence, none_probability)


def make_tie(item_id: str = "item-1") -> ItemDetail:
    """A payment that two visits of the same patient fit equally well."""
    item = make_match(item_id, lane="specialist", confidence=0.47)
    shares = (0.47, 0.47, 0.035)
    candidates = zip(item.candidates, shares, strict=True)
    tied = tuple(replace(one, probability=share) for one, share in candidates)
    return replace(item, candidates=tied, margin=_margin(tied, item.none_probability or 0.0))


def make_denial_risk(item_id: str = "item-2", *, confidence: float = 0.31, **row: Any) -> ItemDetail:
    """A claim that the model expects to be denied."""
    row = {"lane": "specialist", "amount": Decimal("2275.00"), **row}
    return ItemDetail(
        row=make_row(item_id, "denial-risk", confidence=confidence, **row),
        low=max(0.0, confidence - 0.13),
        high=min(1.0, confidence + 0.12),
        reasons=(
            Reason(
                "authorization-missing",
                "This payer asks for a prior authorization, and none is given.",
                1.7,
                (Shown("Prior authorization", "none"), Shown("Services", "99213-25, 73562")),
                Precedent(57, 41, date(2024, 1, 3), "this payer, procedure 73562, no authorization"),
            ),
            Reason(
                "payer-denies-often", "This payer denied one in four such claims in the last quarter.", 0.4
            ),
            Reason("filed-in-time", "The claim was filed within the payer’s deadline.", -0.3),
            Reason("wide-interval", "The score is uncertain, so a specialist decides.", None),
        ),
        versions=Versions("denial-risk-88c0de12aa01", "policy-9b1c44de", None),
        file_name="2024-03-14-professional.837",
        subject=make_claim(charge=Decimal("2275.00")),
        advice=make_advice(1.0 - confidence),
    )


def make_advice(risk: float) -> DenialAdvice:
    """An authorization, and with it modifier 59, would lower the score; a pair of codes needs that modifier."""
    authorize = SuggestedEdit(
        "authorization", "Add the prior authorization number (REF*G1).", "Only if the payer authorized it."
    )
    tell_apart = SuggestedEdit(
        "modifier-59-pair", "Add modifier 59 to the bundled service (line 2).", "Only if at another site."
    )
    member = SuggestedEdit(
        "member-id-1", "Use the other member id.", "Only if the patient's card shows it.", "W123456798"
    )
    return DenialAdvice(
        conflicts=(
            Conflict(
                "pair-needs-modifier",
                "Line 2 is not paid beside line 1 on the same day, unless a modifier tells them apart.",
                (1, 2),
                ("99213", "73562"),
                "NCCI edit since 2020-01-01: Standards of medical practice",
            ),
        ),
        changes=(
            Change((authorize,), risk, risk * 0.4),
            Change((member,), risk, risk * 0.8),
            Change((authorize, tell_apart), risk, risk * 0.2),
        ),
        outlook=DenialOutlook(
            categories=(Likely("authorization", 0.71), Likely("bundling", 0.18), Likely("coding", 0.01)),
            carcs=(Likely("197", 0.66), Likely("97", 0.17)),
            lines=(LineRisk(0, 0.22), LineRisk(1, 0.64)),
        ),
    )


def make_rejected(item_id: str = "item-3", **row: Any) -> ItemDetail:
    """A claim that the clearing house turned away."""
    answer = Acknowledgment("277CA", "A-1007", False, "A7", "562", "85", None, _SOURCE)
    row = {"confidence": None, "claim_id": "A-1007", "amount": Decimal("95.50"), **row}
    return _unscored(make_row(item_id, "rejected-claim", **row), answer)


def make_unreadable(item_id: str = "item-4", **row: Any) -> ItemDetail:
    """A claim payment that was set aside."""
    problem = Problem(
        "claim-unbalanced", "error", "a claim payment does not balance and was set aside", _SOURCE
    )
    nothing: dict[str, Any] = {"confidence": None, "claim_id": None, "amount": None, "payer_name": None}
    return _unscored(make_row(item_id, "unreadable", **{**nothing, **row}), problem)


def _unscored(row: ItemRow, subject: Acknowledgment | Problem) -> ItemDetail:
    return ItemDetail(
        row=row,
        low=None,
        high=None,
        reasons=(Reason("no-model", "No model scores items of this kind.", None),),
        versions=Versions(None, "policy-9b1c44de", None),
        file_name="2026-03-04.x12",
        subject=subject,
    )


def make_automatic(item_id: str = "item-5", **row: Any) -> ItemDetail:
    """A match that went without a look."""
    item = make_match(item_id, lane="auto", status="automatic", confidence=0.9987, **row)
    return replace(
        item,
        versions=replace(item.versions, certificate="certificate-under-1000-5e1d"),
        low=0.996,
        high=0.9995,
    )


def make_queue(count: int = 0) -> list[ItemDetail]:
    """One item of every sort, and then as many more matches as are asked for."""
    lanes: tuple[LaneName, ...] = ("review", "specialist", "review", "escalate")
    status: Status = "open"
    more = [
        make_match(
            f"more-{place:03}",
            lane=lanes[place % 4],
            status=status,
            confidence=0.55 + (place % 9) / 20,
            amount=Decimal(120 + 731 * place % 9000),
            due_at=NOW + timedelta(hours=9 * place - 20),
            payer_name=("LAKESIDE HEALTH PLAN", "NORTHERN MUTUAL", "STATE MEDICAID")[place % 3],
            claim_id=f"A-{2000 + place}",
        )
        for place in range(count)
    ]
    return [make_match(), make_denial_risk(), make_rejected(), make_unreadable(), make_automatic(), *more]
