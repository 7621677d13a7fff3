"""The claims that a payment may belong to, by the keys that both share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection, bindparam, func, select

from features.errors import NotFoundError
from features.match_index_ranking import surely
from features.match_keys import COMMON, faint_payment_keys, normalised, patient_keys, payment_keys
from features.match_keys import claim_keys as claim_keys_of
from features.remittance_match import shortlists
from features.x12.records import Claim, ClaimPayment
from serving.store.chunks import chunks
from serving.store.schema import claim_keys, claims
from serving.store.scope import is_own

LIMIT = 20  # candidates of one payment


def candidates_for(
    connection: Connection, payments: Sequence[ClaimPayment], *, limit: int = LIMIT
) -> list[list[tuple[str, Claim]]]:
    """For each payment the stored claims that share a key with it, the likeliest first.

    Where no claim shares enough, those are added that share a faint key. A key that more than ``COMMON`` claims share
    is left out: it says too little. An actor that is limited to facilities is offered their claims alone.
    """
    keys = [payment_keys(payment) for payment in payments]
    found = _sharing(connection, keys)
    unsure = [place for place, own in enumerate(keys) if not _settled(own, found[place])]
    faint = [faint_payment_keys(payments[place]) for place in unsure]
    for place, more in zip(unsure, _sharing(connection, faint), strict=True):
        found[place] |= more
    return shortlists(payments, [[one for one in own.items() if is_own(one[1])] for own in found], limit)


def one_claim(connection: Connection, reference: str) -> Claim:
    """The claim; raises NotFoundError where there is none that the actor may see."""
    claim = load(connection, [reference]).get(reference)
    if claim is None or not is_own(claim):
        raise NotFoundError("there is no such claim")
    return claim


def of_patient(connection: Connection, claim: Claim) -> list[Claim]:
    """The stored claims of the same patient with the same payer, this one included where it is stored.

    None for a name so common that its key says too little.
    """
    (found,) = _sharing(connection, [patient_keys(claim)])
    return [other for other in found.values() if _patient(other) == _patient(claim)]


def _patient(claim: Claim) -> tuple[object, ...]:
    payer = normalised(claim.payer_id or claim.payer_name)
    return payer, normalised(claim.patient_last), normalised(claim.patient_first), claim.patient_birth_date


def _sharing(connection: Connection, keys: Sequence[Sequence[str]]) -> list[dict[str, Claim]]:
    """For each set of keys the claims that share one of them, by their references."""
    references = _references(connection, sorted({key for own in keys for key in own}))
    records = load(connection, sorted({reference for found in references.values() for reference in found}))
    shared = [dict.fromkeys(name for key in own for name in references.get(key, ())) for own in keys]
    return [{name: records[name] for name in own} for own in shared]


def _settled(keys: Sequence[str], found: Mapping[str, Claim]) -> bool:
    """Whether some claim shares enough with the payment that has these keys."""
    wanted = set(keys)
    return any(surely(wanted.intersection(claim_keys_of(claim))) for claim in found.values())


def load(connection: Connection, references: Sequence[str]) -> dict[str, Claim]:
    """The claims by their references; unknown ones are left out."""
    found: dict[str, Claim] = {}
    for part in chunks(references):
        for row in connection.execute(RECORDS, {"references": part}):
            found[row.reference] = DECODER.decode(row.record)
    return found


def _references(connection: Connection, keys: Sequence[str]) -> dict[str, list[str]]:
    """The references under each key, without the keys that are too common."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for part in chunks(keys):
        for key, reference in connection.execute(SHARING, {"keys": part}):
            found[key].append(reference)
    return found


TELLING = (
    select(claim_keys.c.key)
    .where(claim_keys.c.key.in_(bindparam("keys", expanding=True)))
    .group_by(claim_keys.c.key)
    .having(func.count() <= COMMON)
)
SHARING = (
    select(claim_keys.c.key, claim_keys.c.reference)
    .where(claim_keys.c.key.in_(TELLING))
    .order_by(claim_keys.c.key, claim_keys.c.reference)
)
RECORDS = select(claims.c.reference, claims.c.record).where(
    claims.c.reference.in_(bindparam("references", expanding=True))
)
"""Written once: every payment asks them, and to write a query takes as long as to answer it."""

DECODER = msgspec.json.Decoder(Claim)
