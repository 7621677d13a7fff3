"""The earlier claims of patients, with the payments that were posted to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select

from features.x12.records import Claim, ClaimPayment
from serving.patient_keys import patient_key
from serving.store.chunks import chunks
from serving.store.claims import load
from serving.store.postings import payments_posted_to
from serving.store.schema import patients

REFERENCES = select(patients.c.reference).where(patients.c.key.in_(bindparam("keys", expanding=True)))
OF_ONE = select(patients.c.reference).where(patients.c.key == bindparam("key"))
"""Written once, and for one patient without a list: to write a query takes as long as to answer it."""


def patient_row(reference: str, claim: Claim) -> dict[str, Any]:
    """The row of ``patients`` of a claim."""
    return {"key": patient_key(claim), "reference": reference}


def claims_of_patients(
    connection: Connection, asked: Sequence[Claim]
) -> list[tuple[Claim, list[ClaimPayment]]]:
    """All stored claims of the patients of some claims, in order of sending, with what was posted to each.

    A patient without a birth date is not looked up: a name alone is shared by too many.
    """
    keys = sorted({patient_key(claim) for claim in asked if claim.patient_birth_date})
    if len(keys) == 1:
        references = list(connection.execute(OF_ONE, {"key": keys[0]}).scalars())
    else:
        references = [
            name for part in chunks(keys) for name in connection.execute(REFERENCES, {"keys": part}).scalars()
        ]
    return _with_payments(connection, references) if references else []


def _with_payments(
    connection: Connection, references: Sequence[str]
) -> list[tuple[Claim, list[ClaimPayment]]]:
    found = load(connection, references)
    posted: defaultdict[str, list[ClaimPayment]] = payments_posted_to(connection, references)
    ordered = sorted(found, key=lambda reference: (str(found[reference].submitted or ""), reference))
    return [(found[reference], posted[reference]) for reference in ordered]
