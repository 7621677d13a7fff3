"""A file to records to scored items in the queue: read, look at the store, score, and store as a whole."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import PurePath

from features import incoming
from features.invoices.tables import sort_of
from features.match_history import Postings
from features.match_keys import claim_keys
from features.remittance_match import CandidateIndex, shortlists
from features.x12.records import Acknowledgment, Claim, ClaimPayment, Problem
from serving import scoring
from serving.audit.inputs import Inputs, NoInputs, PaymentInputs, claim_inputs, given
from serving.before import Before, Told
from serving.champions import Champions
from serving.denied.building import Posted, denied_items
from serving.intake import Counts, Intake, NewClaim, NewItem, Receipt, lanes_of
from serving.invoices.taking import purchasing_intake
from serving.jobs.progress import reached
from serving.portal.door import records_of
from serving.reading import Reading, sort_records
from serving.scoring import Found, Scored, with_notes
from serving.store.database import StoreError
from serving.store.intake import StaleViewError
from serving.store.store import Store, View

ATTEMPTS = 5
LONGEST_NAME = 255


def take(
    data: bytes,
    *,
    name: str,
    store: Store,
    champions: Champions,
    at: datetime,
    backlog: bool = False,
) -> Receipt:
    """Take a file into the queue, or say that it is there already.

    ``backlog`` keeps its claims for payments to be matched against, without asking whether they will be denied: they
    have been sent; vendor invoices are then history that later ones are judged by. Raises NotX12Error for bytes that
    hold no interchange and are no table that is known here.
    """
    digest = hashlib.sha256(data).hexdigest()
    before = store.receipt(digest)
    if before:
        return before
    plain = plain_name(name)
    sort = sort_of(data[: incoming.HEADER_LIMIT])
    if sort is not None:
        return _stored(
            store,
            lambda: purchasing_intake(
                data,
                sort,
                name=plain,
                digest=digest,
                store=store,
                champions=champions,
                at=at,
                backlog=backlog,
            ),
        )
    reading = sort_records(records_of(data, file=plain), store.identifiers, digest)
    reached("scoring", reading.counted.total())
    return _stored(
        store,
        lambda: _intake(reading, _view(reading, store), store, champions, digest, plain, at, backlog=backlog),
    )


def plain_name(name: str) -> str:
    """A file's own name, without folders; "unnamed" where there is none.

    >>> plain_name("C:\\\\in\\\\claims.837"), plain_name("")
    ('claims.837', 'unnamed')
    """
    return PurePath(name.replace("\\", "/")).name[:LONGEST_NAME] or "unnamed"


def without_name(name: str, where: str) -> str:
    """A place in the file without the file's name, which may be a patient's: problems reach the logs of callers.

    >>> without_name("a/JANE DOE.csv", "JANE DOE.csv, row 3"), without_name("a", "row 3")
    ('the file, row 3', 'row 3')
    """
    plain = plain_name(name)
    return f"the file{where.removeprefix(plain)}" if where.startswith(plain) else where


def _stored(store: Store, make: Callable[[], Intake]) -> Receipt:
    """Look at the store and keep what comes of it, again where another file came between."""
    for _ in range(ATTEMPTS):
        try:
            intake = make()
            reached("storing")
            return store.take(intake)
        except StaleViewError:
            continue
    raise StoreError("other files kept coming in between", remedy="send the file again")


def _view(reading: Reading, store: Store) -> View:
    return store.view(
        references=[reference for reference, _ in reading.claims],
        ids=reading.ids,
        keys=reading.keys,
        remittances=[key for key, _ in reading.remittances],
        sought=reading.sought,
    )


def _intake(
    reading: Reading,
    view: View,
    store: Store,
    champions: Champions,
    digest: str,
    name: str,
    at: datetime,
    *,
    backlog: bool,
) -> Intake:
    """Score what is new, all of it under the certificates that stand now."""
    champions = champions.as_they_stand()
    # The item of a claim outlives it: a claim that was purged is known by that.
    there = view.claims | view.items
    claims = [(name, claim) for name, claim in reading.claims if name not in there]
    payments = [payment for payment in reading.payments if payment[0] not in view.items]
    refused = [each for each in reading.refused if each[0] not in view.items]
    before = Before(reading, view)
    paying, posted = _payment_items(payments, claims, before.of(payments), store, champions, at)
    items = (
        *(() if backlog else _claim_items(claims, champions, at)),
        *paying,
        *_new_denials(posted, store, champions, at),
        *_refused_items(refused, champions, at),
    )
    known = len(reading.claims) + len(reading.payments) + len(reading.refused)
    known -= len(claims) + len(payments) + len(refused)
    return Intake(
        file_id=store.identifiers.of("file", digest),
        digest=digest,
        name=name,
        received_at=at,
        counts=_counts(reading.counted, known, items),
        claims=tuple(NewClaim(reference, claim, claim_keys(claim)) for reference, claim in claims),
        items=items,
        repeated=view.repeated,
        remittances=before.new_remittances,
        sought=tuple(reading.sought),
        originals=frozenset(view.originals),
    )


def _claim_items(claims: Sequence[tuple[str, Claim]], champions: Champions, at: datetime) -> list[NewItem]:
    records = [claim for _, claim in claims]
    known = scoring.known_of(records, champions)
    scored = scoring.score_claims(records, champions, at=at.date(), known=known)
    return [
        _item(name, claim, answer, at, claim_inputs(known, place), champions)
        for place, ((name, claim), answer) in enumerate(zip(claims, scored, strict=True))
    ]


def _payment_items(
    payments: Sequence[tuple[str, str | None, ClaimPayment]],
    claims: Sequence[tuple[str, Claim]],
    before: Sequence[Told],
    store: Store,
    champions: Champions,
    at: datetime,
) -> tuple[list[NewItem], list[Posted]]:
    """Matched against the store and the file's own new claims; what earlier payments say of each goes with it.

    Beside the items, those payments that went automatically, with their claims.
    """
    records = [payment for _, _, payment in payments]
    found = _candidates(records, claims, store)
    flags = [one.flags for one in before]
    posted = store.postings(sorted({reference for each in found for reference, _ in each}))
    earlier = scoring.postings_of(found, posted)
    scored = scoring.score_payments(records, found, champions, flags=flags, earlier=earlier, at=at.date())
    items = [
        _item(name, payment, with_notes(answer, told.notes), at, inputs, champions, key)
        for (name, key, payment), answer, told, inputs in zip(
            payments, scored, before, _inputs_of(found, earlier, before), strict=True
        )
    ]
    own = [
        Posted(name, key, payment, answer.proposed, dict(candidates)[answer.proposed])
        for (name, key, payment), answer, candidates in zip(payments, scored, found, strict=True)
        if answer.lane == "auto" and answer.proposed
    ]
    return items, own


def _inputs_of(
    found: Sequence[Found], earlier: Sequence[Sequence[Postings]], before: Sequence[Told]
) -> Iterator[PaymentInputs]:
    for candidates, posted, told in zip(found, earlier, before, strict=True):
        references = tuple(reference for reference, _ in candidates)
        yield PaymentInputs(references, tuple(posted), told.flags, told.notes)


def _new_denials(posted: Sequence[Posted], store: Store, champions: Champions, at: datetime) -> list[NewItem]:
    """The denied claims of payments that went automatically, but for those that are in the queue already."""
    found = denied_items(posted, champions, store.identifiers, at)
    known = store.known_items([one.id for one in found])
    return [one for one in found if one.id not in known]


def _candidates(
    payments: Sequence[ClaimPayment], claims: Sequence[tuple[str, Claim]], store: Store
) -> list[list[tuple[str, Claim]]]:
    stored = store.candidates(payments)
    if not claims:
        return stored
    own = CandidateIndex()
    for reference, claim in claims:
        own.add(reference, claim)
    new = own.candidates_of(payments)
    return shortlists(payments, [[*found, *more] for found, more in zip(stored, new, strict=True)])


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
