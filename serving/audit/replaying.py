"""An item scored and routed again from what was kept of it, and compared with what came of it then, bit by bit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

import msgspec
from msgspec import Struct

from features.x12.records import Acknowledgment, Claim, ClaimPayment, Problem
from models.certificates import revoke
from serving import scoring
from serving.audit import in_force, outcomes
from serving.audit.inputs import ClaimInputs, Given, InvoiceInputs, PaymentInputs, decoded, digest, known_of
from serving.audit.model_finding import ModelFinder
from serving.audit.rescoring import claims_again, payments_again
from serving.champion_folder import RECOVERY
from serving.champions import Champions
from serving.denied.assessing import assessed
from serving.denied.building import scored_of
from serving.denied.records import DeniedClaim
from serving.intake import NewItem
from serving.invoices.records import VendorInvoice
from serving.invoices.scoring import score_cases
from serving.scoring import Scored
from serving.store.replaying import Kept
from serving.store.scope import RECORD

SCORED_BY: Final = {"denied-claim": RECOVERY}
"""The kind of the model of items whose own kind is another word."""

LASTING: Final = ("confidence", "low", "high", "none_probability", "margin")
"""Columns of an item that nothing changes once it is there."""

ROUTED: Final = ("lane", "queue", "role", "proposed")
"""What time may change in an item, so that it is compared with the log's entry of the score."""

Configuration = Callable[[str], bytes | None]


class OtherInputsError(Exception):
    """The inputs that are there are of another kind of item, so they are not those that it came with."""


class Field(Struct, frozen=True):
    """One thing then and now; values of a record are not told."""

    name: str
    then: Any
    now: Any

    @property
    def same(self) -> bool:
        """Whether they are the same bits: a number is written as the shortest text that is read as those bits."""
        return msgspec.json.encode(self.then) == msgspec.json.encode(self.now)


class Replayed(Struct, frozen=True):
    """What came of a replay."""

    item: str
    kind: str
    in_force: str | None = None  # the configuration
    versions: dict[str, str] = {}  # what was in force then, by name
    fields: tuple[Field, ...] = ()
    missing: tuple[str, ...] = ()  # why it could not be replayed
    runtime: tuple[Field, ...] = ()  # what computes now, where that is another version than then

    @property
    def verdict(self) -> str:
        """``same``, ``different``, or ``missing`` where something that it needs is not there any more."""
        if self.missing:
            return "missing"
        return "same" if all(one.same for one in self.fields) else "different"


def replay(kept: Kept, finder: ModelFinder, configuration: Configuration) -> Replayed:
    """Score and route an item again; ``configuration`` gives what was in force by its id."""
    about = Replayed(item=kept.item.id, kind=kept.item.kind)
    if kept.score is None:
        return _lacking(about, "the audit log has no entry of the item's score")
    if kept.item.purged_at is not None:
        return _lacking(about, f"its inputs were purged on {kept.item.purged_at:%Y-%m-%d}, as they were old")
    if kept.given is None:
        return _lacking(about, "what the item was scored from was not kept, or has been purged")
    try:
        given = decoded(kept.given)
    except msgspec.DecodeError:
        return _lacking(about, "what was kept of its inputs cannot be read")
    body = configuration(given.in_force) if given.in_force else None
    about = msgspec.structs.replace(about, in_force=given.in_force)
    if body is None:
        named = f"configuration {given.in_force}" if given.in_force else "it was never recorded"
        return _lacking(about, f"what was in force then is not in the store ({named})")
    then = in_force.DECODER.decode(body)
    champions, missing = finder.champions(then, SCORED_BY.get(kept.item.kind, kept.item.kind))
    about = msgspec.structs.replace(about, versions=dict(then.versions), runtime=tuple(_runtime(then)))
    missing += tuple(_absent_claims(kept, given))
    if missing:
        return _lacking(about, *missing)
    try:
        again = _again(kept, given, champions)
    except OtherInputsError:
        return msgspec.structs.replace(about, fields=(_inputs(kept, kept.given),))
    except msgspec.DecodeError:
        return _lacking(about, "the item's record cannot be read")
    return msgspec.structs.replace(about, fields=tuple(_fields(kept, kept.given, again)))


def _lacking(about: Replayed, *why: str) -> Replayed:
    return msgspec.structs.replace(about, missing=why)


def _runtime(then: in_force.InForce) -> Iterator[Field]:
    here = in_force.runtime()
    for name in dict.fromkeys((*then.runtime, *here)):
        if then.runtime.get(name) != here.get(name):
            yield Field(name, then.runtime.get(name), here.get(name))


def _absent_claims(kept: Kept, given: Given) -> Iterator[str]:
    if isinstance(given.inputs, PaymentInputs):
        gone = [name for name in given.inputs.candidates if name not in kept.claims]
        if gone:
            yield f"{len(gone)} of the claims that it was matched against are not in the store any more"


def _again(kept: Kept, given: Given, champions: Champions) -> NewItem:
    """The item as it would be queued, under the certificates that stood then."""
    item = kept.item
    held = {
        kind: tuple(revoke(one) if one.id in given.revoked else one for one in found)
        for kind, found in champions.certificates.items()
    }
    record, scored, deadline = _scored(
        RECORD.decode(item.record), given, kept, replace(champions, certificates=held), item.received_at
    )
    due = scoring.due_of(scored, item.received_at, deadline)
    return NewItem(id=item.id, record=record, scored=scored, due_at=due)


def _scored(
    record: Any, given: Given, kept: Kept, champions: Champions, at: datetime
) -> tuple[Any, Scored, date | None]:
    """The record as it is kept, its score, and the deadline of what is proposed."""
    inputs, day = given.inputs, at.date()
    match record, inputs:
        case Claim(), ClaimInputs():
            (scored,) = claims_again([record], champions, at=day, known=known_of(inputs))
        case ClaimPayment(), PaymentInputs():
            (scored,) = payments_again([record], [inputs], kept.claims, champions, at=day)
        case VendorInvoice(), InvoiceInputs():
            ((judged, scored),) = score_cases([inputs.case], champions, at=day)
            return judged, scored, None
        case DeniedClaim(), _:
            (denied,) = assessed([msgspec.structs.replace(record, options=())], champions, at=day)
            return denied, scored_of(denied, champions, day), denied.best.deadline if denied.best else None
        case Acknowledgment() | Problem(), _:
            scored = scoring.score_refusal(record, champions, at=day)
        case _:
            raise OtherInputsError
    return record, scored, None


def _fields(kept: Kept, given: bytes, again: NewItem) -> Iterator[Field]:
    """What the store and the log hold of the score, and of the decision where one is asked about, beside it again."""
    item, now = kept.item, outcomes.outcome_of(again)
    entry = kept.score
    said = _said(entry.after if entry else None)
    yield _inputs(kept, given)
    yield Field("record", digest(kept.id_key, item.record), digest(kept.id_key, _json(again.record)))
    yield from (Field(name, getattr(item, name), getattr(now, name)) for name in LASTING)
    yield from (Field(name, said.get(name), getattr(now, name)) for name in ROUTED)
    yield Field("candidates", kept.candidates, now.candidates)
    yield Field("model", item.model_version, now.versions.model)
    yield Field("policy", entry.policy if entry else None, now.versions.policy)
    yield Field("certificate", item.certificate, now.versions.certificate)
    yield Field("whole outcome", said.get("outcome"), digest(kept.id_key, outcomes.encoded(now)))
    yield from (Field(name, *pair) for name, pair in kept.decision.items())


def _inputs(kept: Kept, given: bytes) -> Field:
    now = digest(kept.id_key, kept.item.record, given)
    return Field("inputs", kept.score.input if kept.score else None, now)


def _said(text: str | None) -> dict[str, Any]:
    """The JSON of a change, as the log has it."""
    return msgspec.json.decode(text, type=dict[str, Any]) if text else {}


def _json(record: Any) -> bytes:
    return msgspec.json.encode(record)
