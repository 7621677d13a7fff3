"""What the denial-risk model has to beat: a table of rates, and a biller's checklist."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from features.claim_services import visit_without_25
from features.denial_risk import codes
from features.x12.records import Claim

Floats = NDArray[np.float64]
PRIOR_CLAIMS = 20.0
LATE_DAYS = 90
USUAL = 0.5  # a payer "asks for" what stands on at least half of such claims


class RateTable:
    """The smoothed denial rate of each value of a key, learnt on the fit window."""

    def __init__(self, key: Callable[[Claim], Hashable], claims: Sequence[Claim], denied: Floats) -> None:
        self._key = key
        self._overall = float(denied.mean())
        self._claims: Counter[Hashable] = Counter()
        self._denied: Counter[Hashable] = Counter()
        for claim, outcome in zip(claims, denied, strict=True):
            value = key(claim)
            self._claims[value] += 1
            self._denied[value] += int(outcome)

    def __call__(self, claims: Sequence[Claim]) -> Floats:
        """Probabilities (n,); a value that was never seen gets the overall rate."""
        return np.array([self._rate(self._key(claim)) for claim in claims])

    def _rate(self, value: Hashable) -> float:
        return (self._denied[value] + PRIOR_CLAIMS * self._overall) / (self._claims[value] + PRIOR_CLAIMS)


def lookup_baseline(claims: Sequence[Claim], denied: Floats) -> RateTable:
    """The rate of the payer and of the procedure with the largest charge, as a spreadsheet would keep it."""
    return RateTable(payer_and_procedure, claims, denied)


def rule_baseline(claims: Sequence[Claim], denied: Floats) -> RateTable:
    """The points of a biller's checklist, each number of points with the rate that it had."""
    checklist = Checklist(claims)
    return RateTable(checklist.points, claims, denied)


class Checklist:
    """What a biller looks for before a claim goes out; it knows which services usually carry an authorization."""

    def __init__(self, claims: Sequence[Claim]) -> None:
        self._asks_authorization = _usual(claims, lambda claim: claim.prior_authorization is not None)
        self._asks_referral = _usual(claims, lambda claim: claim.referral is not None)

    def points(self, claim: Claim) -> int:
        """How many things look wrong."""
        service = payer_and_procedure(claim)
        last = claim.service_to or claim.service_from
        late = claim.submitted is not None and last is not None and (claim.submitted - last).days > LATE_DAYS
        return sum(
            (
                service in self._asks_authorization and claim.prior_authorization is None,
                service in self._asks_referral and claim.referral is None,
                late,
                claim.rendering_npi is None and claim.transaction == "837P",
                claim.frequency == "7",
                visit_without_25(claim),
                not claim.diagnoses,
                not claim.subscriber_id,
            )
        )


def payer_and_procedure(claim: Claim) -> tuple[str | None, str | None]:
    """The key of the lookup table."""
    payer, procedure, *_ = codes(claim)
    return payer, procedure


def _usual(claims: Sequence[Claim], carries: Callable[[Claim], bool]) -> frozenset[Hashable]:
    counts = Counter(payer_and_procedure(claim) for claim in claims)
    with_it = Counter(payer_and_procedure(claim) for claim in claims if carries(claim))
    return frozenset(service for service, count in counts.items() if with_it[service] >= USUAL * count)
