"""Champions for tests that are not about the models: they answer by rules a test can see through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import msgspec

from features.evidence import Reason
from features.match_evidence import field_evidence
from features.match_history import Postings
from features.x12.records import Claim, ClaimPayment
from models.certificates import Certificate, Certified, issue
from models.denial_risk import DenialRiskScore
from models.match_weights import CandidateEvidence
from models.policy import load_policy
from models.remittance_match import MatchScore
from serving.champions import Champions

TODAY = date(2024, 4, 3)


@dataclass(frozen=True)
class FakeDenialRisk:
    """A charge of 100 or more is denied nine times in ten, any other once in a hundred."""

    version: str = "denial-risk-fake"

    def score(self, claims: Sequence[Claim]) -> list[DenialRiskScore]:
        """One answer a claim."""
        return [
            DenialRiskScore(0.9, 0.85, 0.95)
            if (claim.charge or 0) >= 100
            else DenialRiskScore(0.01, 0.0, 0.02)
            for claim in claims
        ]

    def explain(self, claim: Claim) -> tuple[Reason, ...]:
        """One reason for every claim."""
        return (Reason("charge-high", f"The charge decides; lines: {len(claim.lines)}.", 1.5),)


@dataclass(frozen=True)
class FakeMatch:
    """The claim with the payment's own id is the right one, 99.9 % sure; without such a claim it is none."""

    version: str = "remittance-match-fake"

    def score(
        self,
        payments: Sequence[ClaimPayment],
        candidates: Sequence[Sequence[Claim]],
        earlier: Sequence[Sequence[Postings]] | None = None,
    ) -> list[MatchScore]:
        """One answer a payment, whatever was posted before."""
        del earlier
        return [_match(payment, found) for payment, found in zip(payments, candidates, strict=True)]

    def explain(
        self,
        payment: ClaimPayment,
        candidates: Sequence[Claim],
        score: MatchScore,
        earlier: Sequence[Postings] | None = None,
    ) -> tuple[Reason, ...]:
        """One reason for every payment."""
        posted = sum(len(one or ()) for one in earlier or ())
        text = f"{len(candidates)} candidates, {len(payment.lines)} lines, margin {score.margin}, {posted} posted."
        return (Reason("same-id", text, 2.0),)

    def evidence(
        self,
        payment: ClaimPayment,
        candidates: Sequence[Claim],
        score: MatchScore,
        earlier: Sequence[Postings] | None = None,
    ) -> tuple[CandidateEvidence, ...]:
        """A field that agrees weighs 1, one in conflict -1, and every candidate starts at -2."""
        del earlier
        return tuple(
            _weighed(payment, candidates[place], place, probability)
            for place, probability in zip(score.order, score.probabilities, strict=True)
        )


def _weighed(payment: ClaimPayment, claim: Claim, place: int, probability: float) -> CandidateEvidence:
    weights = {"exact": 1.0, "normalised": 1.0, "conflict": -1.0}
    fields = tuple(
        msgspec.structs.replace(one, weight=weights.get(one.agreement, 0.0))
        for one in field_evidence(payment, claim)
    )
    beside = (
        Reason("other-candidates", "No other claim fits as well.", 0.5),
        Reason("base", "Where every candidate starts.", -2.0),
    )
    log_odds = sum(one.weight or 0.0 for one in (*fields, *beside))
    return CandidateEvidence(place, probability, fields, beside, log_odds)


def _match(payment: ClaimPayment, found: Sequence[Claim]) -> MatchScore:
    order = tuple(sorted(range(len(found)), key=lambda place: found[place].claim_id != payment.claim_id))
    if not found:
        return MatchScore((), (), 1.0, None, None, None)
    if found[order[0]].claim_id != payment.claim_id:
        shares = tuple(0.05 / len(found) for _ in found)
        return MatchScore(order, shares, 0.95, 0.0, 0.1, 0.95 - shares[0])
    rest = len(found) - 1
    shares = (0.999, *(0.0005 / rest for _ in range(rest)))
    return MatchScore(order, shares, 0.0005 if rest else 0.001, 0.99, 1.0, 0.99)


def certificate(kind: str, model_version: str, *, band: str = "under-1000") -> Certificate:
    """A live certificate for a value band, from confidence 0.95 on."""
    policy = load_policy()
    (cell,) = [cell for cell in policy.cells(kind) if cell.value_band == band]
    return issue(
        Certified(threshold=0.95, n=5000, errors=0),
        cell=cell,
        alpha=policy.alpha(kind),
        delta=policy.delta(kind),
        window=(date(2024, 1, 1), date(2024, 2, 1)),
        model_version=model_version,
        data_digest="0" * 64,
        expires=date.max - timedelta(days=1),
    )


def fake_champions() -> Champions:
    """Both fakes, certified for amounts below 1,000; no item is drawn for a blind check unless a test says so."""
    denial, match = FakeDenialRisk(), FakeMatch()
    return Champions(
        policy=msgspec.structs.replace(load_policy(), audit_probability=0.0),
        denial_risk=denial,
        remittance_match=match,
        certificates={
            "denial-risk": (certificate("denial-risk", denial.version),),
            "remittance-match": (certificate("remittance-match", match.version),),
        },
    )
