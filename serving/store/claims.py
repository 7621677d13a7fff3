"""The claims that a payment may belong to, by the keys that both share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, func, select

from features.match_keys import COMMON, payment_keys
from features.remittance_match import shortlist
from features.x12.records import Claim, ClaimPayment
from serving.store.intake import chunks
from serving.store.schema import claim_keys, claims

LIMIT = 20  # candidates of one payment


def candidates_for(
    connection: Connection, payments: Sequence[ClaimPayment], *, limit: int = LIMIT
) -> list[list[tuple[str, Claim]]]:
    """For each payment the stored claims that share a key with it, the likeliest first.

    A key that more than ``COMMON`` claims share is left out, as in the index in memory: it says too little.
    """
    keys = [payment_keys(payment) for payment in payments]
    references = _references(connection, sorted({key for each in keys for key in each}))
    wanted = sorted({reference for found in references.values() for reference in found})
    records = load(connection, wanted)
    answers = []
    for payment, own in zip(payments, keys, strict=True):
        shared = dict.fromkeys(reference for key in own for reference in references.get(key, ()))
        answers.append(shortlist(payment, ((name, records[name]) for name in shared), limit=limit))
    return answers


def load(connection: Connection, references: Sequence[str]) -> dict[str, Claim]:
    """The claims by their references; unknown ones are left out."""
    found: dict[str, Claim] = {}
    for part in chunks(references):
        query = select(claims.c.reference, claims.c.record).where(claims.c.reference.in_(part))
        for row in connection.execute(query):
            found[row.reference] = DECODER.decode(row.record)
    return found


def _references(connection: Connection, keys: Sequence[str]) -> dict[str, list[str]]:
    """The references under each key, without the keys that are too common."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for part in chunks(keys):
        telling = (
            select(claim_keys.c.key)
            .where(claim_keys.c.key.in_(part))
            .group_by(claim_keys.c.key)
            .having(func.count() <= COMMON)
        )
        query = (
            select(claim_keys.c.key, claim_keys.c.reference)
            .where(claim_keys.c.key.in_(telling))
            .order_by(claim_keys.c.key, claim_keys.c.reference)
        )
        for key, reference in connection.execute(query):
            found[key].append(reference)
    return found


DECODER = msgspec.json.Decoder(Claim)
