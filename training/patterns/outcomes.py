"""What payers decided on each claim, as arrays: the category of its denial, and the money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from features.denial_codes import category_of
from features.denials import denial_reasons, reductions
from features.first_decision import first_decision
from features.match_keys import cents, normalised, payer_key
from features.x12.records import Claim, ClaimPayment
from training.datasets import Dataset
from training.denial_labels import DenialLabels, answers, label

Ints = NDArray[np.int64]
NONE = -1  # the category of a claim that is not denied


@dataclass(frozen=True)
class Outcomes:
    """Labelled claims in the order in which they were sent, and what was decided first; all arrays are (n,)."""

    claims: tuple[Claim, ...]
    categories: tuple[str, ...]  # those that occur
    category: Ints  # places in ``categories``; NONE where not denied
    denied_cents: Ints
    charged_cents: Ints
    patient: Ints  # a number a patient
    day: Ints  # of the service, as an ordinal
    month: Ints  # of the service, 0 to 11
    answered: Ints  # as an ordinal
    numbers: tuple[tuple[str, ...], ...]  # the payer's own numbers of the decision, normalised
    described: str

    @property
    def denied(self) -> NDArray[np.bool_]:
        """Whether each claim was denied, wholly or in part."""
        return np.not_equal(self.category, NONE)


def outcomes(dataset: Dataset) -> Outcomes:
    """The first decision of each claim that is old enough to have one (``training.denial_labels``)."""
    labels = label(dataset)
    decisions = _decisions(dataset, labels)
    said = [_said(payments) for payments in decisions]
    categories = tuple(sorted({category for category, _ in said if category}))
    places = {category: place for place, category in enumerate(categories)}
    days = [claim.service_from or sent for claim, sent in zip(labels.claims, labels.sent, strict=True)]
    return Outcomes(
        claims=labels.claims,
        categories=categories,
        category=np.array([places.get(category, NONE) for category, _ in said], dtype=np.int64),
        denied_cents=np.array([amount for _, amount in said], dtype=np.int64),
        charged_cents=np.array([cents(claim.charge) or 0 for claim in labels.claims], dtype=np.int64),
        patient=_patients(labels.claims),
        day=_ordinals(days),
        month=np.array([day.month - 1 for day in days], dtype=np.int64),
        answered=_ordinals(labels.answered),
        numbers=tuple(
            tuple(normalised(payment.payer_claim_number) for payment in payments) for payments in decisions
        ),
        described=labels.describe(),
    )


def _decisions(dataset: Dataset, labels: DenialLabels) -> list[list[ClaimPayment]]:
    """The payments that decided each labelled claim."""
    places = {id(claim): place for place, claim in enumerate(dataset.claims)}
    answered = answers(dataset)
    return [first_decision(answered.get(places[id(claim)], ()), claim) for claim in labels.claims]


def _said(payments: Sequence[ClaimPayment]) -> tuple[str, int]:
    """The category of the denial that takes most, and the cents of all denials; empty where there is none."""
    amounts: dict[str, Decimal] = {}
    for payment in payments:
        codes = {reason.partition("-")[2] for reason in denial_reasons(payment)}
        for adjustment in reductions(payment):
            if adjustment.reason in codes:
                category = category_of(adjustment.reason)
                amounts[category] = amounts.get(category, Decimal(0)) + adjustment.amount
    if not amounts:
        return "", 0
    most = max(amounts, key=lambda category: (amounts[category], category))
    return most, cents(sum(amounts.values(), Decimal(0))) or 0


def _patients(claims: Sequence[Claim]) -> Ints:
    seen: dict[tuple[str, str, date | None], int] = {}
    keys = (
        (
            payer_key(claim) + normalised(claim.subscriber_id),
            normalised(claim.patient_first),
            claim.patient_birth_date,
        )
        for claim in claims
    )
    return np.array([seen.setdefault(key, len(seen)) for key in keys], dtype=np.int64)


def _ordinals(days: Sequence[date]) -> Ints:
    return np.array([day.toordinal() for day in days], dtype=np.int64)
