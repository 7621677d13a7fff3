"""The queue for the API and the pages: the store's items with what a reviewer needs to decide them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from features.claim_edits.edit import NOTHING_KNOWN
from features.errors import ConflictError
from features.evidence import Reason
from features.match_evidence import field_evidence
from features.match_history import Postings
from features.match_lines import pair_lines
from features.x12.records import Claim, ClaimPayment
from models.policy_queues import queues_of
from models.remittance_match import MatchScore
from serving import scoring
from serving.access.actor import signature
from serving.audit.entries import view_entry
from serving.champions import Champions
from serving.clock import utc_now
from serving.denial_advice import DenialAdvice, advise
from serving.denied.following import following, with_history
from serving.denied.records import DeniedClaim
from serving.items import CandidateDetail, Decision, ItemDetail, ItemFilter, ItemPage, ItemPlace, Kind
from serving.match_evidence import MatchEvidence, weigh
from serving.monitor.blinding import blind_detail, blinded, held_detail
from serving.queue_names import check_queue
from serving.store.audit_reading import AuditStore
from serving.store.blinding import HeldDenial
from serving.store.monitor import MonitorStore
from serving.store.queue import StoredItem
from serving.store.store import Store
from serving.store.undoing import Undoing
from serving.workers import Workers


class Queue:
    """Implements ``serving.items.Items`` over a store; blocking work runs on the given threads."""

    def __init__(
        self, store: Store, champions: Champions, workers: Workers, *, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._store = store
        self._monitor = MonitorStore.of(store)
        self._audit = AuditStore.of(store)
        self._champions = champions
        self._workers = workers
        self._clock = clock

    async def page(
        self, wanted: ItemFilter, *, offset: int, limit: int, after: ItemPlace | None = None
    ) -> ItemPage:
        """Part of a list; ``limit`` 1 to 200.

        Raises BadInputError for a queue that there is not, and NotFoundError for such a file.
        """
        at = self._clock()
        return await self._workers.run(self._page, wanted, offset, limit, at, after)

    async def get(self, item_id: str) -> ItemDetail:
        """One item; raises NotFoundError."""
        return await self._workers.run(self._shown, item_id)

    async def decide(self, item_id: str, decision: Decision, *, version: int | None) -> ItemDetail:
        """Record a decision on a version, None: on the item as it is.

        Raises NotFoundError, BadInputError, or ConflictError where ``version`` is stale.
        """
        return await self._workers.run(self._decide, item_id, decision, version)

    async def undo(self, item_id: str, *, reviewer: str, reason: str, version: int | None) -> ItemDetail:
        """Take a decision back; raises NotFoundError, BadInputError, or ConflictError where it cannot be."""
        return await self._workers.run(self._undo, item_id, reviewer, reason, version)

    async def next_open(self, wanted: ItemFilter, *, after: str) -> str | None:
        """The id of the open item that follows ``after``, or of the first one; None when all is done."""
        return await self._workers.run(self._next_open, wanted, after, self._clock())

    async def queues(self) -> tuple[str, ...]:
        """The queues of the policy in force, then others in which items still stand."""
        return await self._workers.run(self._queues)

    def _queues(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*queues_of(self._champions.policy), *self._store.queues())))

    def _check(self, wanted: ItemFilter) -> None:
        """The store is asked only for a name that the policy has not: an earlier one may have had it."""
        if wanted.file is not None:
            self._store.check_file(wanted.file)
        name = wanted.queue
        if name is None or name in queues_of(self._champions.policy) or self._store.is_queue(name):
            return
        check_queue(name, self._queues())

    def _next_open(self, wanted: ItemFilter, after: str, at: datetime) -> str | None:
        self._check(wanted)
        return self._store.next_open(wanted, after=after, at=at)

    def _page(
        self, wanted: ItemFilter, offset: int, limit: int, at: datetime, after: ItemPlace | None
    ) -> ItemPage:
        """What waits for a blind check shows nothing of its score."""
        self._check(wanted)
        found = self._store.page(wanted, offset=offset, limit=limit, at=at, after=after)
        return msgspec.structs.replace(found, rows=blinded(found.rows, self._monitor))

    def _shown(self, item_id: str) -> ItemDetail:
        """Nothing is shown that the audit log does not tell of."""
        item = self._get(item_id)
        self._audit.add(view_entry(item_id))
        return item

    def _get(self, item_id: str) -> ItemDetail:
        item = self._whole(item_id)
        if item.row.status == "automatic":
            return blind_detail(item) if self._monitor.unchecked([item_id]) else item
        held = self._held(item.row.kind, item_id)
        return held_detail(item, held) if held else item

    def _held(self, kind: Kind, item_id: str) -> HeldDenial | None:
        return self._monitor.held_denials([item_id]).get(item_id) if kind == "denied-claim" else None

    def _whole(self, item_id: str) -> ItemDetail:
        stored = self._store.get(item_id, at=self._clock())
        if isinstance(stored.record, DeniedClaim):
            return with_history(detail(stored, self._champions), stored.record, self._store)
        references = [reference for reference, *_ in stored.candidates]
        posted = self._store.postings(references, before=stored.row.received_at) if references else {}
        return detail(stored, self._champions, [posted.get(reference, ()) for reference in references])

    def _decide(self, item_id: str, decision: Decision, version: int | None) -> ItemDetail:
        at = self._clock()
        decision = msgspec.structs.replace(decision, reviewer=signature(decision.reviewer))
        stored = self._store.get(item_id, at=at)
        if self._held(stored.row.kind, item_id):
            raise ConflictError("its payment waits for a blind check", remedy="do that check first")
        then = following(stored, decision, self._champions, self._store, at)
        seen = stored.row.version if version is None else version
        self._store.decide(item_id, decision, version=seen, at=at, then=then)
        return self._get(item_id)

    def _undo(self, item_id: str, reviewer: str, reason: str, version: int | None) -> ItemDetail:
        undoing, at = Undoing(signature(reviewer), reason), self._clock()
        seen = self._store.get(item_id, at=at).row.version if version is None else version
        self._store.undo(item_id, undoing, version=seen, at=at)
        return self._get(item_id)


def detail(stored: StoredItem, champions: Champions, earlier: Sequence[Postings] | None = None) -> ItemDetail:
    """An item with the model's reasons and the candidates' evidence: computed when it is read, not when scored.

    ``earlier`` is what had been posted to each candidate when the item was scored.
    """
    record = stored.record
    weighed = _weighed(stored, champions, earlier)
    return ItemDetail(
        row=stored.row,
        low=stored.low,
        high=stored.high,
        reasons=(*stored.reasons, *_explained(stored, champions, earlier)),
        versions=stored.versions,
        file_name=stored.file_name,
        subject=record,
        candidates=_candidates(record, stored, weighed) if isinstance(record, ClaimPayment) else (),
        none_probability=stored.none_probability,
        margin=weighed.margin if weighed else None,
        decided=stored.decided,
        advice=_advice(stored, champions),
        moves=stored.moves,
    )


def _advice(stored: StoredItem, champions: Champions) -> DenialAdvice | None:
    """On a claim that was scored; where its model has been replaced, no more than the rules that it breaks."""
    record, model = stored.record, champions.denial_risk
    if not isinstance(record, Claim):
        return None
    known = champions.known.of(record) if champions.known else NOTHING_KNOWN
    scored_it = model if model and model.version == stored.versions.model else None
    return advise(record, scored_it, pairs=champions.code_pairs, known=known)


def _weighed(
    stored: StoredItem, champions: Champions, earlier: Sequence[Postings] | None
) -> MatchEvidence | None:
    """What the fields weigh, where the model that scored the item is still there to say it."""
    model = champions.remittance_match
    if not isinstance(stored.record, ClaimPayment) or not model or model.version != stored.versions.model:
        return None
    found = [(reference, claim) for reference, claim, _ in stored.candidates]
    return weigh(stored.record, found, champions, earlier, _given(stored))


def _given(stored: StoredItem) -> MatchScore:
    """The score as it was stored: what is known of a claim may have changed since, and so would a new one."""
    probabilities = tuple(probability for *_, probability in stored.candidates)
    places = tuple(range(len(probabilities)))
    return MatchScore(places, probabilities, stored.none_probability or 0.0, stored.low, stored.high, None)


def _candidates(
    payment: ClaimPayment, stored: StoredItem, weighed: MatchEvidence | None
) -> tuple[CandidateDetail, ...]:
    known = {one.reference: one for one in weighed.candidates} if weighed else {}
    return tuple(
        CandidateDetail(
            reference=reference,
            claim=claim,
            probability=probability,
            evidence=known[reference].evidence if reference in known else field_evidence(payment, claim),
            beside=known[reference].beside if reference in known else (),
            log_odds=known[reference].log_odds if reference in known else None,
            lines=pair_lines(payment.lines, claim.lines),
        )
        for reference, claim, probability in stored.candidates
    )


def _explained(
    stored: StoredItem, champions: Champions, earlier: Sequence[Postings] | None
) -> tuple[Reason, ...]:
    version = stored.versions.model
    if isinstance(stored.record, Claim):
        return scoring.explain_claim(stored.record, champions, version=version)
    if isinstance(stored.record, ClaimPayment):
        claims = [claim for _, claim, _ in stored.candidates]
        return scoring.explain_payment(
            stored.record, claims, champions, version=version, score=_given(stored), earlier=earlier
        )
    return ()
