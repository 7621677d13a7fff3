"""Records to scored, routed answers. Pure: no store, no clock, no request; the same code scores online and offline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice

import msgspec
import numpy as np
from msgspec import Struct

from features.evidence import Reason
from features.match_history import Earlier, Postings
from features.payer_classes import payer_class
from features.service_types import service_type
from features.x12.records import Acknowledgment, Claim, ClaimPayment, Problem
from models import denial_risk, remittance_match
from models.denial_risk import DenialRiskModel
from models.remittance_match import MatchScore
from models.routing import Routed, RoutingInput, route
from serving.champions import Champions
from serving.claim_history import InformedDenialRisk, Known
from serving.deadlines import due_at
from serving.items import Kind, LaneName, Versions
from serving.monitor.records import Watched
from serving.monitor.routing import watched_under, with_revocation

Found = Sequence[tuple[str, Claim]]
"""Candidate claims with their references."""


def postings_of(
    candidates: Sequence[Found], posted: Mapping[str, Sequence[Earlier]]
) -> list[list[Sequence[Earlier]]]:
    """What was posted to each candidate, a row a payment; nothing where ``posted`` does not name a reference."""
    return [[posted.get(reference, ()) for reference, _ in found] for found in candidates]


class Scored(Struct, frozen=True):
    """An answer: what is proposed, how sure that is, and who may act on it."""

    kind: Kind
    lane: LaneName
    confidence: (
        float | None
    )  # calibrated probability, 0..1, that the proposal is right; None: nothing to be sure of
    low: float | None  # the interval of the confidence
    high: float | None
    probability: (
        float | None
    )  # what the model speaks of: of a denial, or that the best candidate is the claim
    amount: Decimal | None
    reasons: tuple[Reason, ...]  # of the lane
    versions: Versions
    candidates: tuple[tuple[str, float], ...] = ()  # references with probabilities, best first
    proposed: str | None = None  # the reference of the claim to post to; None: none of these
    none_probability: float | None = None
    margin: float | None = None
    routing: RoutingInput | None = None  # what the lane depended on
    routed: Routed | None = None  # what the policy says of it: queue, role, hours
    watched: Watched | None = None  # of an automatic item: under what, and how likely it is checked


def known_of(claims: Sequence[Claim], champions: Champions) -> Known | None:
    """What history says of each claim, (n, columns), for a model that asks it; None for any other."""
    model = champions.denial_risk
    return model.known(claims) if isinstance(model, InformedDenialRisk) and claims else None


def score_apart(requests: Sequence[Sequence[Claim]], champions: Champions, *, at: date) -> list[list[Scored]]:
    """Denial risk of the claims of several requests, each as it would be alone."""
    model = champions.denial_risk
    claims = [claim for own in requests for claim in own]
    known = np.concatenate(model.known_apart(requests)) if isinstance(model, InformedDenialRisk) else None
    scored = iter(score_claims(claims, champions, at=at, known=known))
    return [list(islice(scored, len(own))) for own in requests]


def score_claims(
    claims: Sequence[Claim], champions: Champions, *, at: date, known: Known | None = None
) -> list[Scored]:
    """Denial risk of each claim, in their order; the proposal is to release the claim as it is.

    ``known`` is what history says of them, where it was asked before.
    """
    model = champions.denial_risk
    if model is None:
        return [_unscored("denial-risk", claim.charge, claim, champions, at) for claim in claims]
    scores = (
        model.score(claims, known)
        if known is not None and isinstance(model, InformedDenialRisk | DenialRiskModel)
        else model.score(claims)
    )
    answers = []
    for claim, score in zip(claims, scores, strict=True):
        item = denial_risk.routing_input(claim, score)
        low, high = 1.0 - score.high, 1.0 - score.low
        answers.append(_answer(item, champions, at, low=low, high=high, probability=score.probability))
    return answers


def score_payments(
    payments: Sequence[ClaimPayment],
    candidates: Sequence[Found],
    champions: Champions,
    *,
    flags: Sequence[tuple[str, ...]] | None = None,
    earlier: Sequence[Sequence[Postings]] | None = None,
    at: date,
) -> list[Scored]:
    """The claim that each payment belongs to, in their order.

    ``flags`` are what earlier checks found of each; ``earlier`` is what was posted to each candidate before, where it
    is known.
    """
    given = flags or [()] * len(payments)
    model = champions.remittance_match
    if model is None:
        return [
            _unscored(
                "remittance-match",
                payment.paid,
                payment,
                champions,
                at,
                flags=(*remittance_match.own_flags(payment), *more),
            )
            for payment, more in zip(payments, given, strict=True)
        ]
    scores = model.score(payments, [[claim for _, claim in found] for found in candidates], earlier)
    return [
        _matched(payment, found, score, more, champions, at)
        for payment, found, score, more in zip(payments, candidates, scores, given, strict=True)
    ]


def due_of(scored: Scored, received: datetime, deadline: date | None = None) -> datetime:
    """When an answer's item has waited too long, by the hours of the policy."""
    return due_at(scored.routed.sla_hours if scored.routed else None, received, deadline)


def with_notes(scored: Scored, notes: Sequence[Reason]) -> Scored:
    """The same answer, with what a reviewer has to know beside the reasons of its lane."""
    return msgspec.structs.replace(scored, reasons=(*scored.reasons, *notes)) if notes else scored


def score_refusal(refused: Acknowledgment | Problem, champions: Champions, *, at: date) -> Scored:
    """A claim that was rejected before adjudication, or data that could not be read: there is nothing to score."""
    if isinstance(refused, Problem):
        return _unscored("unreadable", None, None, champions, at, why=_quarantined(refused))
    return _unscored("rejected-claim", None, None, champions, at, why=REJECTED)


def explain_claim(claim: Claim, champions: Champions, *, version: str | None) -> tuple[Reason, ...]:
    """The model's reasons; where another model made the score, that it has been replaced."""
    model = champions.denial_risk
    if version is None:
        return ()
    return (REPLACED,) if model is None or model.version != version else model.explain(claim)


def explain_payment(
    payment: ClaimPayment,
    candidates: Sequence[Claim],
    champions: Champions,
    *,
    version: str | None,
    score: MatchScore,
    earlier: Sequence[Postings] | None = None,
) -> tuple[Reason, ...]:
    """The same for a match, with the score as it was given."""
    model = champions.remittance_match
    if version is None:
        return ()
    if model is None or model.version != version:
        return (REPLACED,)
    return model.explain(payment, candidates, score, earlier)


def _matched(
    payment: ClaimPayment,
    found: Found,
    score: MatchScore,
    flags: tuple[str, ...],
    champions: Champions,
    at: date,
) -> Scored:
    ranked = tuple(
        (found[place][0], probability)
        for place, probability in zip(score.order, score.probabilities, strict=True)
    )
    return _answer(
        remittance_match.routing_input(payment, score, flags=flags),
        champions,
        at,
        low=score.low,
        high=score.high,
        probability=score.confidence,
        candidates=ranked,
        proposed=ranked[0][0] if score.proposes_action else None,
        none_probability=score.none_probability,
        margin=score.margin,
    )


def _unscored(
    kind: Kind,
    amount: Decimal | None,
    record: Claim | ClaimPayment | None,
    champions: Champions,
    at: date,
    *,
    flags: tuple[str, ...] = (),
    why: Reason | None = None,
) -> Scored:
    """No model: no score, and the policy then sends it to a person."""
    item = RoutingInput(
        kind=kind,
        confidence=None,
        amount=amount,
        payer=_payer(record) if record else None,
        flags=flags,
        age_days=0.0,
        payer_class=payer_class(record.filing_indicator) if record else None,
        service_type=service_type(record) if record else None,
    )
    answer = _answer(item, champions, at, low=None, high=None, probability=None)
    return Scored(
        kind=answer.kind,
        lane=answer.lane,
        confidence=None,
        low=None,
        high=None,
        probability=None,
        amount=amount,
        reasons=(why,) if why else (NO_MODEL, *answer.reasons),
        versions=answer.versions,
        routing=item,
        routed=answer.routed,
    )


def _answer(
    item: RoutingInput,
    champions: Champions,
    at: date,
    *,
    low: float | None,
    high: float | None,
    probability: float | None,
    candidates: tuple[tuple[str, float], ...] = (),
    proposed: str | None = None,
    none_probability: float | None = None,
    margin: float | None = None,
) -> Scored:
    model = {
        "denial-risk": champions.denial_risk,
        "remittance-match": champions.remittance_match,
    }.get(item.kind)
    version = model.version if model else None
    certificates = champions.certificates.get(item.kind, ())
    routed = route(
        item,
        policy=champions.policy,
        certificates=certificates,
        model_version=version,
        at=at,
    )
    return Scored(
        kind=item.kind,  # type: ignore[arg-type]  # one of Kind, by the callers above
        lane=routed.lane.value,
        confidence=item.confidence,
        low=low,
        high=high,
        probability=probability,
        amount=item.amount,
        reasons=with_revocation(routed, item, certificates, champions.policy),
        versions=Versions(model=version, policy=routed.policy, certificate=routed.certificate),
        candidates=candidates,
        proposed=proposed,
        none_probability=none_probability,
        margin=margin,
        routing=item,
        routed=routed,
        watched=watched_under(routed, certificates, champions.policy),
    )


def _payer(record: Claim | ClaimPayment) -> str | None:
    return record.payer_id or record.payer_name


def _quarantined(problem: Problem) -> Reason:
    return Reason(problem.code, problem.message)


NO_MODEL = Reason("no-model", "There is no model for items of this kind here, so nothing was scored.")
REJECTED = Reason(
    "rejected-before-adjudication", "The payer or the clearing house rejected the claim before it was judged."
)
REPLACED = Reason(
    "model-replaced", "Another model made this score and has been replaced since; its reasons were not kept."
)
