"""What a claim gives away besides what it says; each a set of columns that a model is tried on alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain

import numpy as np

from features.x12.records import Claim
from training.benchmarks.difficulty.places import Places
from training.benchmarks.difficulty.texts import form, identifier, length, money_form
from training.metrics import Floats

Columns = Callable[[Claim], tuple[float, ...]]


def shortcuts(places: Places) -> Mapping[str, Columns]:
    """By name: where it stands, its identifiers, its lengths, its format."""
    return {
        "file order": places.of,
        "identifiers": identifiers,
        "lengths": lengths,
        "padding and format": forms,
    }


def matrix(columns: Columns, claims: Sequence[Claim]) -> Floats:
    """Rows (n, k) of n claims."""
    return np.array([columns(claim) for claim in claims], dtype=np.float64)


def identifiers(claim: Claim) -> tuple[float, ...]:
    """Numbers, digits and checks of whatever identifies the claim, the member, or a leave."""
    return tuple(chain.from_iterable(identifier(text) for text in _identifying(claim)))


def lengths(claim: Claim) -> tuple[float, ...]:
    """Characters of names, identifiers, codes and amounts."""
    texts = (
        *_identifying(claim), *_names(claim), *claim.diagnoses[:1], claim.charge,
        claim.lines[0].charge if claim.lines else None,
    )  # fmt: skip
    return tuple(length(text) for text in texts) + (() if claim.diagnoses else (length(None),))


def forms(claim: Claim) -> tuple[float, ...]:
    """Leading zeros, case, punctuation and spaces of identifiers and names; decimals of amounts."""
    texts = chain.from_iterable(form(text) for text in (*_identifying(claim), *_names(claim)))
    amounts = (claim.charge, claim.lines[0].charge if claim.lines else None)
    return (*texts, *chain.from_iterable(money_form(amount) for amount in amounts))


def _identifying(claim: Claim) -> tuple[str | None, ...]:
    return (
        claim.claim_id,
        claim.subscriber_id,
        claim.group_number,
        claim.prior_authorization,
        claim.referral,
        claim.original_reference,
        claim.lines[0].control_number if claim.lines else None,
    )


def _names(claim: Claim) -> tuple[str | None, ...]:
    return (
        claim.patient_last,
        claim.patient_first,
        claim.subscriber_last,
        claim.subscriber_first,
        claim.billing_name,
        claim.payer_name,
    )
