"""Cases of invoices to scored, routed answers; pure, as ``serving.scoring`` is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from features.evidence import Reason
from features.invoices.cases import InvoiceCase
from models.invoices.anomalies import InvoiceScore, as_reasons, missing, routing_input
from models.routing import RoutingInput, route
from serving.champions import Champions
from serving.invoices.records import KIND, VendorInvoice
from serving.items import Versions
from serving.monitor.routing import watched_under, with_revocation
from serving.scoring import NO_MODEL, Scored

SHOWN = 0.2  # confidence from which a finding is a reason


def score_cases(
    cases: Sequence[InvoiceCase], champions: Champions, *, at: date
) -> list[tuple[VendorInvoice, Scored]]:
    """Each case with its findings scored, and its lane; the proposal is to hand the invoice on."""
    model = champions.invoice_anomaly
    if model is None:
        return [(VendorInvoice(case), _unscored(case, champions, at)) for case in cases]
    answers = []
    for case, score in zip(cases, model.score(cases), strict=True):
        judged = msgspec.structs.replace(case, findings=score.findings)
        reasons = as_reasons(score.findings, least=SHOWN)
        item = routing_input(case, score)
        answers.append((VendorInvoice(judged), _scored(item, reasons, champions, at, score, model.version)))
    return answers


def _unscored(case: InvoiceCase, champions: Champions, at: date) -> Scored:
    """No model: the differences are shown as they are, and a person decides."""
    item = RoutingInput(
        kind=KIND,
        confidence=None,
        amount=case.invoice.total,
        payer=case.invoice.vendor_id,
        missing=missing(case),
        age_days=0.0,
    )
    return _scored(item, (*as_reasons(case.findings), NO_MODEL), champions, at, None, None)


def _scored(
    item: RoutingInput,
    reasons: tuple[Reason, ...],
    champions: Champions,
    at: date,
    score: InvoiceScore | None,
    version: str | None,
) -> Scored:
    certificates = champions.certificates.get(KIND, ())
    routed = route(
        item,
        policy=champions.policy,
        certificates=certificates,
        model_version=version,
        at=at,
    )
    return Scored(
        kind=KIND,
        lane=routed.lane.value,
        confidence=item.confidence,
        low=1.0 - score.high if score else None,
        high=1.0 - score.low if score else None,
        probability=score.probability if score else None,
        amount=item.amount,
        reasons=(*reasons, *with_revocation(routed, item, certificates, champions.policy)),
        versions=Versions(model=version, policy=routed.policy, certificate=routed.certificate),
        routing=item,
        routed=routed,
        watched=watched_under(routed, certificates, champions.policy),
    )
