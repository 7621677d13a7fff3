"""Stored items scored again, by whichever models, from the inputs that were kept of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from features.x12.records import Claim, ClaimPayment
from serving import scoring
from serving.audit.inputs import PaymentInputs
from serving.champions import Champions
from serving.claim_history import Known
from serving.scoring import Scored, with_notes


def claims_again(
    claims: Sequence[Claim], champions: Champions, *, at: date, known: Known | None
) -> list[Scored]:
    """Claims that came on a day, with what was known of them, (n, columns)."""
    return scoring.score_claims(claims, champions, at=at, known=known)


def payments_again(
    payments: Sequence[ClaimPayment],
    inputs: Sequence[PaymentInputs],
    claims: Mapping[str, Claim],
    champions: Champions,
    *,
    at: date,
) -> list[Scored]:
    """Payments that came on a day, matched against the claims that they were matched against, by reference.

    Raises KeyError where one of these is not there any more.
    """
    found = [[(reference, claims[reference]) for reference in one.candidates] for one in inputs]
    matched = scoring.score_payments(
        payments,
        found,
        champions,
        flags=[one.flags for one in inputs],
        earlier=[one.earlier for one in inputs],
        at=at,
    )
    return [with_notes(answer, one.notes) for answer, one in zip(matched, inputs, strict=True)]
