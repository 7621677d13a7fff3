"""The entries of what the store records: opaque ids, versions, lanes and digests; no record, no free text in clear."""

from __future__ import annotations

import msgspec

from serving.ageing.looking import Look
from serving.audit import outcomes
from serving.audit.chain import Entry, plain
from serving.audit.inputs import digest
from serving.intake import Intake, NewItem
from serving.items import Decision, Versions
from serving.monitor.records import BLIND, Incident


def file_entry(intake: Intake) -> Entry:
    """That a file was taken in; its name may be a patient's, so it stands in the store alone."""
    counts = {name: count for name, count in msgspec.structs.asdict(intake.counts).items() if count}
    return Entry("file", intake.file_id, after=plain(sha256=intake.digest, **counts))


def score_entry(new: NewItem, record: bytes, key: bytes, file_id: str) -> Entry:
    """That an item was scored and routed; ``record`` is what the store keeps of it."""
    scored = new.scored
    outcome = outcomes.outcome_of(new)
    return Entry(
        "score",
        new.id,
        after=plain(
            file=file_id,
            kind=scored.kind,
            lane=scored.lane,
            queue=outcome.queue,
            role=outcome.role,
            confidence=scored.confidence,
            proposed=scored.proposed,
            outcome=digest(key, outcomes.encoded(outcome)),
        ),
        model=scored.versions.model,
        policy=scored.versions.policy,
        certificate=scored.versions.certificate,
        input=digest(key, record, new.given),
    )


def view_entry(item_id: str, *, blind: bool = False) -> Entry:
    """That somebody was shown an item; ``blind``: without what the model said."""
    return Entry("view", item_id, after=plain(blind=True) if blind else None)


def claim_view_entry(reference: str) -> Entry:
    """That somebody was shown what a claim of the store holds, beside a payment of their own."""
    return Entry("view", reference, after=plain(claim=True))


def decision_entry(
    item_id: str,
    decision: Decision,
    *,
    claim: str | None,
    was: tuple[str, str, int],
    seen: int,
    versions: Versions,
    key: bytes,
) -> Entry:
    """That an item was decided; ``was`` are its lane, status and version before, ``seen`` the version decided on.

    The reason may name a patient, so only its digest is written; the reviewer is named as in the decision.
    """
    lane, status, version = was
    return Entry(
        "decision",
        item_id,
        before=plain(lane=lane, status=status, version=version),
        after=plain(
            status="decided",
            version=version + 1,
            seen=seen,
            action=decision.action,
            claim=claim,
            reviewer=decision.reviewer,
            reason=said(decision.reason, key),
        ),
        model=versions.model,
        policy=versions.policy,
        certificate=versions.certificate,
    )


def verdict_entry(
    item_id: str,
    certificate: str,
    *,
    wrong: bool,
    source: str,
    reviewer: str,
    key: bytes,
    action: str | None = None,
    claim_reference: str | None = None,
    reason: str | None = None,
    level: float | None = None,
    state: str | None = None,
) -> Entry:
    """What a blind check, a payer's answer or anything later said of an automatic item.

    ``level`` is that of the certificate's detector after it, where it counts; its ``state`` stands in the store.
    """
    del state
    return Entry(
        "blind-check" if source == BLIND else "verdict",
        item_id,
        after=plain(
            source=source,
            wrong=wrong,
            action=action,
            claim=claim_reference,
            reviewer=reviewer,
            reason=said(reason, key),
            level=level,
        ),
        certificate=certificate,
    )


def revocation_entry(incident: Incident) -> Entry:
    """That a certificate was taken back, and on what evidence."""
    return Entry(
        "revocation",
        incident.certificate,
        before=plain(status="live"),
        after=plain(
            status="revoked",
            incident=incident.id,
            kind=incident.cell.kind,
            payer_group=incident.cell.payer_group,
            value_band=incident.cell.value_band,
            checked=incident.checked,
            wrong=incident.wrong,
            statistic=incident.statistic,
            threshold=incident.threshold,
        ),
        certificate=incident.certificate,
    )


def move_entry(look: Look) -> Entry:
    """That time took an item to another lane or queue."""
    seen, place = look.seen, look.place
    return Entry(
        "move",
        seen.id,
        before=plain(lane=seen.lane, queue=seen.queue, role=seen.role, version=seen.version),
        after=plain(
            lane=place.lane,
            queue=place.queue,
            role=place.role,
            version=seen.version + 1,
            due_at=look.due_at,
            why=[reason.code for reason in look.why],
        ),
        policy=look.policy,
    )


def said(text: str | None, key: bytes) -> str | None:
    """The keyed digest of what somebody wrote; None where nothing was written."""
    return None if text is None else digest(key, text.encode("utf-8", "surrogatepass"))
