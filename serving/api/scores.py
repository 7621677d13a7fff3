"""``POST /v1/denial-risk`` and ``POST /v1/remittance-match``: 1 to 1000 items in, as many answers out.

No item is stored, and nothing is explained unless ``evidence`` is asked for: the hot path decodes, scores, routes, and
has the audit log tell what is answered, of all that came at the same time in one transaction. Evidence shows what
claims of the store hold, so the log tells of that too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import islice

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from features.evidence import Reason
from features.match_history import Postings
from features.x12.records import Claim
from serving import scoring
from serving.api.bodies import answer, read_json
from serving.audit.answers import Asked, answer_entry, asked
from serving.audit.entries import claim_view_entry
from serving.champions import Champions
from serving.decoding import MOST_ITEMS, check_count, decode
from serving.gathering import Gathering
from serving.inputs import ClaimItems, PaymentItem, PaymentItems, claims_of
from serving.items import Kind, LaneName, Versions
from serving.match_evidence import MatchEvidence, weigh
from serving.metrics import metrics
from serving.scoring import Found, Scored
from serving.store.audit_reading import AuditStore
from serving.store.store import Store
from serving.workers import Workers

MOST_EXPLAINED = 100
"""Items that evidence may be asked for at once: it takes some thirty times as long as a score, and much more room."""


FEW = 16
"""Items of a request that is scored with others; a larger one gains nothing, and they would wait for it."""

Matched = tuple[list[Scored], list[MatchEvidence | None]]
ClaimsAsked = tuple[Asked, list[Claim]]
PaymentsAsked = tuple[Asked, PaymentItems]


class Answer(Struct, frozen=True):
    """One item's answer: flat, as a workflow engine branches on it."""

    id: str
    kind: Kind
    lane: LaneName
    queue: str | None  # None: no person is needed
    confidence: float | None  # calibrated probability, 0..1, that the proposal is right
    low: float | None  # the interval of the confidence
    high: float | None
    probability: float | None  # denial risk: of a denial; match: that the best candidate is the claim
    due_at: datetime
    proposed_claim: str | None  # match: the reference of the claim in the store; None where it proposes none
    proposed_index: int | None  # match against claims of the request: the place of the proposed one
    none_probability: float | None  # match: that no candidate is the claim
    candidates: int
    reasons: tuple[Reason, ...]
    versions: Versions
    evidence: MatchEvidence | None = None  # match, where it was asked for


class Answers(Struct, frozen=True):
    """In the order of the items."""

    items: list[Answer]


class Scores:
    """The two scoring endpoints. Requests of a few items that come at the same time are scored together."""

    def __init__(
        self,
        champions: Champions,
        store: Store,
        workers: Workers,
        clock: Callable[[], datetime],
        *,
        explaining: Workers,
        logged: bool = True,
    ) -> None:
        """``explaining`` are the threads for what is shown with its evidence, which takes long.

        ``logged``: the audit log tells of every answer.
        """
        self._champions = champions
        self._store = store
        self._audit = AuditStore.of(store)
        self._logged = logged
        self._workers = workers
        self._explaining = explaining
        self._clock = clock
        self._risks: Gathering[ClaimsAsked, list[Scored]] = Gathering(workers, self._score_claims)
        self._matches: Gathering[PaymentsAsked, Matched] = Gathering(workers, self._match)

    async def denial_risk(self, request: Request) -> Response:
        """How likely each claim is to be denied."""
        sent = await read_json(request)
        body = decode(sent, ClaimItems)
        check_count(len(body.items))
        now = self._clock()
        claims = claims_of(body)
        if len(claims) <= FEW:
            scored = await self._risks.run((asked(sent), claims))
        else:
            (scored,) = await self._workers.run(self._score_claims, [(asked(sent), claims)])
        answers = [
            _answer(item.id or str(place), one, now, own=False)
            for place, (item, one) in enumerate(zip(body.items, scored, strict=True))
        ]
        return _counted(answers)

    async def remittance_match(self, request: Request) -> Response:
        """Which claim each payment belongs to."""
        sent = await read_json(request)
        body = decode(sent, PaymentItems)
        check_count(len(body.items), most=MOST_EXPLAINED if body.evidence else MOST_ITEMS)
        now = self._clock()
        if len(body.items) <= FEW and not body.evidence:
            scored, evidence = await self._matches.run((asked(sent), body))
        else:
            workers = self._explaining if body.evidence else self._workers
            ((scored, evidence),) = await workers.run(self._match, [(asked(sent), body)])
        answers = [
            _answer(item.id or str(place), one, now, own=item.claims is not None, evidence=evidence[place])
            for place, (item, one) in enumerate(zip(body.items, scored, strict=True))
        ]
        return _counted(answers)

    def _score_claims(self, requests: Sequence[ClaimsAsked]) -> list[list[Scored]]:
        claims = [own for _, own in requests]
        scored = scoring.score_apart(claims, self._champions, at=self._clock().date())
        self._tell([one for one, _ in requests], scored)
        return scored

    def _match(self, requests: Sequence[PaymentsAsked]) -> list[Matched]:
        """Of each request; evidence where all of them ask for it."""
        items = [item for _, body in requests for item in body.items]
        looked_up = [item.claim_payment for item in items if item.claims is None]
        stored = iter(self._store.candidates(looked_up) if looked_up else ())
        found: list[Found] = [
            next(stored) if item.claims is None else [(str(n), claim) for n, claim in enumerate(item.claims)]
            for item in items
        ]
        payments = [item.claim_payment for item in items]
        earlier = self._postings(items, found)
        scored = scoring.score_payments(
            payments, found, self._champions, earlier=earlier, at=self._clock().date()
        )
        evidence: list[MatchEvidence | None] = [None] * len(items)
        if all(body.evidence for _, body in requests):
            self._tell_of(items, found)
            evidence = [
                weigh(payment, claims, self._champions, posted)
                for payment, claims, posted in zip(payments, found, earlier, strict=True)
            ]
        given, explained = iter(scored), iter(evidence)
        counts = [len(body.items) for _, body in requests]
        answered = [(list(islice(given, count)), list(islice(explained, count))) for count in counts]
        self._tell([one for one, _ in requests], [own for own, _ in answered])
        return answered

    def _tell(self, requests: Sequence[Asked], answered: Sequence[Sequence[Scored]]) -> None:
        """Have the log say what is answered; before it is."""
        if self._logged:
            key = self._store.identifiers.key
            self._audit.add_for(
                [
                    (one.actor, answer_entry(one, scored, key))
                    for one, scored in zip(requests, answered, strict=True)
                ]
            )

    def _tell_of(self, items: Sequence[PaymentItem], found: Sequence[Found]) -> None:
        """Have the log say which claims of the store are shown; before they are."""
        shown = _stored_references(items, found)
        if shown:
            self._audit.add(*map(claim_view_entry, shown))

    def _postings(self, items: Sequence[PaymentItem], found: Sequence[Found]) -> list[list[Postings]]:
        """What was posted to the store's claims; of claims that stand in the request it is not known."""
        stored = _stored_references(items, found)
        posted = self._store.postings(stored) if stored else {}
        return [
            [posted.get(reference, ()) if item.claims is None else None for reference, _ in claims]
            for item, claims in zip(items, found, strict=True)
        ]


def _stored_references(items: Sequence[PaymentItem], found: Sequence[Found]) -> list[str]:
    return sorted(
        {
            reference
            for item, claims in zip(items, found, strict=True)
            for reference, _ in claims
            if item.claims is None
        }
    )


def _answer(
    name: str, scored: Scored, now: datetime, *, own: bool, evidence: MatchEvidence | None = None
) -> Answer:
    return Answer(
        id=name,
        kind=scored.kind,
        lane=scored.lane,
        queue=scored.routed.queue if scored.routed else None,
        confidence=scored.confidence,
        low=scored.low,
        high=scored.high,
        probability=scored.probability,
        due_at=scoring.due_of(scored, now),
        proposed_claim=None if own else scored.proposed,
        proposed_index=int(scored.proposed) if own and scored.proposed is not None else None,
        none_probability=scored.none_probability,
        candidates=len(scored.candidates),
        reasons=scored.reasons,
        versions=scored.versions,
        evidence=evidence,
    )


def _counted(answers: list[Answer]) -> Response:
    count = metrics().scores
    for one in answers:
        count.labels(one.kind, one.lane).inc()
    return answer(Answers(answers))
