"""The entries of what the store records: opaque ids, versions, lanes and digests; no record, no free text in clear."""

from __future__ import annotations

import msgspec

from serving.audit import outcomes
from serving.audit.chain import Entry, plain
from serving.audit.inputs import digest
from serving.intake import Intake, NewItem
from serving.items import Decision, Versions


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


def said(text: str | None, key: bytes) -> str | None:
    """The keyed digest of what somebody wrote; None where nothing was written."""
    return None if text is None else digest(key, text.encode("utf-8", "surrogatepass"))
