"""Why a claim is proposed for a payment, in business words; nothing here quotes a value out of a record."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from features.evidence import Reason
from features.match_pairs import FEATURES

MOST = 4
SLIGHT = 0.05  # log-odds below which a contribution is no reason
AS_GOOD = 0.8  # share of the best's probability from which the runner-up counts as as good

OTHERS = "other-candidates"

# A business reason: what it says when it speaks for the claim, and when it speaks against it.
SENTENCES: dict[str, tuple[str, str]] = {
    "control-number": (
        "The control number points to this claim.",
        "The control number does not point to this claim.",
    ),
    "member-id": ("The member id fits.", "The member id does not fit well."),
    "patient-name": ("The patient's name fits.", "The patient's name does not fit well."),
    "charge": ("The charge fits.", "The charge does not fit well."),
    "service-dates": ("The service dates fit.", "The service dates do not fit well."),
    "payment-timing": (
        "The payment comes when one for this claim is to be expected.",
        "The payment comes at an unusual time for this claim.",
    ),
    "payer": ("The payer is one of the claim's.", "The payer does not fit the claim well."),
    "provider": ("The provider and the place of service fit.", "The provider or the place of service does not fit."),
    "services": ("The paid services are those of the claim.", "The paid services differ from the claim's."),
    "claim-kind": (
        "The kind of payment (first, second payer, reversal) fits the claim.",
        "The kind of payment (first, second payer, reversal) is unusual for the claim.",
    ),
    "earlier-postings": (
        "What was posted to this claim before leaves room for the payment.",
        "What was posted to this claim before speaks against the payment.",
    ),
    OTHERS: ("No other claim fits as well.", "Other claims fit about as well."),
}  # fmt: skip

NO_CANDIDATES = Reason("no-candidates", "No claim shares enough with this payment to be compared with it.")
NONE_LIKELIER = Reason("none-likelier", "Probably none of these claims is the right one.")
RUNNER_UP = Reason("runner-up-as-good", "Another claim fits as well as this one.")


def reasons(
    contributions: NDArray[np.float64], probabilities: Sequence[float], none_probability: float
) -> tuple[Reason, ...]:
    """At most four reasons: what the whole list says, then the weightiest of the best candidate's own.

    ``contributions`` (len(FEATURES),) to the best candidate's log-odds; ``probabilities`` best first.
    """
    standing, own = [], _own(contributions)
    if none_probability > probabilities[0]:
        standing.append(NONE_LIKELIER)
    if len(probabilities) > 1 and probabilities[1] >= AS_GOOD * probabilities[0]:
        standing += [] if standing else [RUNNER_UP]  # where none fits, that two fit as badly is no news
        own = [
            reason for reason in own if reason.code != OTHERS
        ]  # it would say the same again, or the contrary
    return (*standing, *own)[:MOST]


def _own(contributions: NDArray[np.float64]) -> list[Reason]:
    weights = dict.fromkeys(SENTENCES, 0.0)
    for group, contribution in zip(FEATURES.values(), contributions.tolist(), strict=True):
        weights[group] += contribution
    ranked = sorted(weights.items(), key=lambda entry: -abs(entry[1]))
    return [
        Reason(group, SENTENCES[group][weight < 0], weight)
        for group, weight in ranked
        if abs(weight) >= SLIGHT
    ]
