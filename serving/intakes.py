"""What was read of files to scored items: what is new of each, and all of it scored at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from features.match_history import Postings
from features.match_keys import claim_keys
from features.remittance_match import CandidateIndex, shortlists
from features.x12.records import Acknowledgment, Claim, ClaimPayment, Problem
from serving import scoring
from serving.audit.inputs import Inputs, NoInputs, PaymentInputs, claim_inputs, given
from serving.before import Before, Told
from serving.champions import Champions
from serving.denied.building import Posted, denied_items
from serving.intake import Counts, Intake, NewClaim, NewItem, lanes_of
from serving.reading import Reading
from serving.scoring import Found, Scored, with_notes
from serving.store.store import Store, View


@dataclass(frozen=True)
class Opened:
    """A file that was read."""

    name: str
    digest: str  # SHA-256 of its bytes
    reading: Reading


@dataclass(frozen=True)
class _New:
    """What of a file the store does not know."""

    claims: list[tuple[str, Claim]]
    payments: list[tuple[str, str | None, ClaimPayment]]
    refused: list[tuple[str, Acknowledgment | Problem]]
    told: list[Told]  # of each payment
    remittances: tuple[str, ...]

    @staticmethod
    def of(reading: Reading, view: View) -> _New:
        # The item of a claim outlives it: a claim that was purged is known by that.
        there = view.claims | view.items
        payments = [payment for payment in reading.payments if payment[0] not in view.items]
        before = Before(reading, view)
        return _New(
            claims=[(name, claim) for name, claim in reading.claims if name not in there],
            payments=payments,
            refused=[each for each in reading.refused if each[0] not in view.items],
            told=before.of(payments),
            remittances=before.new_remittances,
        )


def intakes(
    files: Sequence[Opened], store: Store, champions: Champions, at: datetime, *, backlog: bool = False
) -> list[Intake]:
    """Score what is new of each file, all of it under the certificates that stand now, and as each would be alone."""
    champions = champions.as_they_stand()
    views = store.views([one.reading for one in files])
    new = [_New.of(one.reading, view) for one, view in zip(files, views, strict=True)]
    paying = _payment_items(new, store, champions, at)
    return [
        _intake(one, view, own, items, store, champions, at, backlog=backlog)
        for one, view, own, items in zip(files, views, new, paying, strict=True)
    ]


def _intake(
    file: Opened,
    view: View,
    new: _New,
    paying: tuple[list[NewItem], list[Posted]],
    store: Store,
    champions: Champions,
    at: datetime,
    *,
    backlog: bool,
) -> Intake:
    reading, (paid, posted) = file.reading, paying
    items = (
        *(() if backlog else _claim_items(new.claims, champions, at)),
        *paid,
        *_new_denials(posted, store, champions, at),
        *_refused_items(new.refused, champions, at),
    )
    known = len(reading.claims) + len(reading.payments) + len(reading.refused)
    known -= len(new.claims) + len(new.payments) + len(new.refused)
    return Intake(
        file_id=store.identifiers.of("file", file.digest),
        digest=file.digest,
        name=file.name,
        received_at=at,
        counts=_counts(reading.counted, known, items),
        claims=tuple(NewClaim(reference, claim, claim_keys(claim)) for reference, claim in new.claims),
        items=items,
        repeated=view.repeated,
        remittances=new.remittances,
        sought=tuple(reading.sought),
        originals=frozenset(view.originals),
    )


def _payment_items(
    new: Sequence[_New], store: Store, champions: Champions, at: datetime
) -> list[tuple[list[NewItem], list[Posted]]]:
    """Matched against the store and each file's own new claims; what earlier payments say of each goes with it.

    Beside the items of each file, those payments that went automatically, with their claims.
    """
    records = [payment for own in new for _, _, payment in own.payments]
    if not records:
        return [([], []) for _ in new]
    found = _candidates(new, store)
    told = [one for own in new for one in own.told]
    posted = store.postings(sorted({reference for each in found for reference, _ in each}))
    earlier = scoring.postings_of(found, posted)
    flags = [one.flags for one in told]
    scored = scoring.score_payments(records, found, champions, flags=flags, earlier=earlier, at=at.date())
    inputs = _inputs_of(found, earlier, told)
    each = zip(scored, found, inputs, strict=True)
    return [_matched(own, list(islice(each, len(own.payments))), champions, at) for own in new]


def _matched(
    new: _New, answers: Sequence[tuple[Scored, Found, PaymentInputs]], champions: Champions, at: datetime
) -> tuple[list[NewItem], list[Posted]]:
    items, posted = [], []
    for (name, key, payment), told, (answer, found, inputs) in zip(
        new.payments, new.told, answers, strict=True
    ):
        items.append(_item(name, payment, with_notes(answer, told.notes), at, inputs, champions, key))
        if answer.lane == "auto" and answer.proposed:
            posted.append(Posted(name, key, payment, answer.proposed, dict(found)[answer.proposed]))
    return items, posted


def _candidates(new: Sequence[_New], store: Store) -> list[list[tuple[str, Claim]]]:
    stored = iter(store.candidates([payment for own in new for _, _, payment in own.payments]))
    return [one for own in new for one in _with_own(own, list(islice(stored, len(own.payments))))]


def _with_own(new: _New, stored: list[list[tuple[str, Claim]]]) -> list[list[tuple[str, Claim]]]:
    """With the new claims of the file itself."""
    if not new.claims:
        return stored
    index = CandidateIndex()
    for reference, claim in new.claims:
        index.add(reference, claim)
    payments = [payment for _, _, payment in new.payments]
    more = index.candidates_of(payments)
    return shortlists(payments, [[*found, *own] for found, own in zip(stored, more, strict=True)])


def _claim_items(claims: Sequence[tuple[str, Claim]], champions: Champions, at: datetime) -> list[NewItem]:
    if not claims:
        return []
    records = [claim for _, claim in claims]
    known = scoring.known_of(records, champions)
    scored = scoring.score_claims(records, champions, at=at.date(), known=known)
    return [
        _item(name, claim, answer, at, claim_inputs(known, place), champions)
        for place, ((name, claim), answer) in enumerate(zip(claims, scored, strict=True))
    ]


def _inputs_of(
    found: Sequence[Found], earlier: Sequence[Sequence[Postings]], before: Sequence[Told]
) -> Iterator[PaymentInputs]:
    for candidates, posted, told in zip(found, earlier, before, strict=True):
        references = tuple(reference for reference, _ in candidates)
        yield PaymentInputs(references, tuple(posted), told.flags, told.notes)


def _new_denials(posted: Sequence[Posted], store: Store, champions: Champions, at: datetime) -> list[NewItem]:
    """The denied claims of payments that went automatically, but for those that are in the queue already."""
    found = denied_items(posted, champions, store.identifiers, at)
    known = store.known_items([one.id for one in found]) if found else frozenset()
    return [one for one in found if one.id not in known]


def _refused_items(
    refused: Sequence[tuple[str, Acknowledgment | Problem]], champions: Champions, at: datetime
) -> list[NewItem]:
    return [
        _item(name, record, scoring.score_refusal(record, champions, at=at.date()), at, NoInputs(), champions)
        for name, record in refused
    ]


def _item(
    name: str,
    record: Claim | ClaimPayment | Acknowledgment | Problem,
    scored: Scored,
    at: datetime,
    inputs: Inputs,
    champions: Champions,
    key: str | None = None,
) -> NewItem:
    due = scoring.due_of(scored, at)
    kept = given(inputs, scored.kind, in_force=champions.in_force, certificates=champions.certificates)
    return NewItem(id=name, record=record, scored=scored, due_at=due, business_key=key, given=kept)


def _counts(counted: Counter[str], duplicates: int, items: tuple[NewItem, ...]) -> Counts:
    return Counts(
        claims=counted["Claim"],
        claim_payments=counted["ClaimPayment"],
        remittances=counted["Remittance"],
        acknowledgments=counted["Acknowledgment"],
        problems=counted["Problem"],
        duplicates=duplicates,
        items=len(items),
        lanes=lanes_of(items),
    )
