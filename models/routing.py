"""From a score to a lane: the policy's rows, then a live certificate, and otherwise a person.

Nothing goes without a look unless a row of the policy allows it, no stricter row applies, every input is there and
sound, and a live certificate of the item's cell and model covers its confidence.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from msgspec import Struct

from features.evidence import Reason
from models.certificates import Cell, Certificate
from models.lanes import Lane
from models.policy_table import KINDS, Desk, Policy, Row
from models.rules import Facts, applicable, doubts, facts_of

__all__ = [
    "Lane",
    "Routed",
    "RoutingInput",
    "awaits_certificate",
    "cell_of",
    "in_force",
    "placed",
    "route",
    "standing",
]


class RoutingInput(Struct, frozen=True, kw_only=True):
    """What a lane depends on. What is left out is unknown, and an unknown never helps an item to ``auto``."""

    kind: str  # one of ``models.policy_table.KINDS``
    confidence: float | None  # calibrated probability, 0..1, that the automatic action would be right
    amount: Decimal | None  # USD: the payment's paid amount or the claim's charge
    payer: str | None
    low: float | None = None  # the interval of the probability, 0..1
    high: float | None = None
    margin: float | None = None  # likeliest answer less the runner-up, -1..1; only for a match
    proposes_action: bool = False  # False: there is nothing to do by itself ("none of these")
    unseen: tuple[str, ...] = ()  # payers and codes that the model has never seen
    missing: tuple[str, ...] = ()  # names of fields without a value
    flags: tuple[str, ...] = ()  # what a check found: "duplicate-payment"
    age_days: float | None = None  # since it was received, 0 or more; 0 where it is routed as it arrives
    payer_class: str | None = None  # one of ``features.payer_classes.PAYER_CLASSES``
    service_type: str | None = None  # one of ``features.service_types.SERVICE_TYPES``
    days_to_deadline: float | None = (
        None  # until what is proposed is too late; below 0 once it is; None: no deadline
    )


class Routed(Struct, frozen=True):
    """A lane, why, and the versions that led to it."""

    lane: Lane
    reasons: tuple[Reason, ...]  # of the row that decided first, then of others that apply, too
    certificate: str | None  # the id of the certificate that was consulted
    policy: str  # the policy's version
    row: str | None = None  # the name of the policy's row that decided
    queue: str | None = None  # None in ``auto``, and where the policy names none
    role: str | None = None  # of the people who may decide it
    sla_hours: float | None = None  # by which it wants a decision; in ``auto``, should it come back to people
    escalate_to: str | None = None  # the queue that it goes to when these hours have passed


def route(
    item: RoutingInput,
    *,
    policy: Policy,
    certificates: Sequence[Certificate],
    model_version: str | None,
    at: date,
) -> Routed:
    """The lane of an item on a day; never raises for what an item holds."""
    facts = facts_of(item)
    found = _by_policy(facts, policy)
    if isinstance(found, Routed):
        return found
    return _by_certificate(facts, found, policy, certificates, model_version, _day(at))


def cell_of(item: RoutingInput | Facts, policy: Policy) -> Cell | None:
    """The cell whose certificate an item needs; None where none can cover it."""
    return policy.cell(item.kind, item.amount, item.payer_class)


def awaits_certificate(item: RoutingInput, policy: Policy) -> bool:
    """Whether the policy lets an item go, so that only a certificate decides.

    Certify on such rows alone: what is promised of all rows above a threshold need not hold for the part of them
    that the policy lets through.
    """
    facts = facts_of(item)
    return isinstance(_by_policy(facts, policy), Row) and cell_of(facts, policy) is not None


def in_force(
    certificates: Sequence[Certificate], cell: Cell, *, policy: Policy, model_version: str | None, day: date
) -> Certificate | None:
    """The certificate that governs a cell: live, of this model, and promising no less than the policy.

    Of several the strictest governs, and one that found no threshold is stricter than any that did.
    """
    alpha, delta = policy.alpha(cell.kind), policy.delta(cell.kind)
    fitting = [
        certificate
        for certificate in certificates
        if certificate.cell == cell
        and certificate.model_version == model_version
        and certificate.status_on(day) == "live"
        and certificate.alpha <= alpha
        and certificate.delta <= delta
    ]
    return max(fitting, key=_threshold, default=None)


def standing(
    cell: Cell | None,
    confidence: float | None,
    certificates: Sequence[Certificate],
    *,
    policy: Policy,
    model_version: str | None,
    day: date,
) -> tuple[Certificate | None, Reason | None]:
    """The certificate that governs a cell, and why it does not cover this confidence; no reason: it does."""
    if cell is None:
        return None, NO_CELL
    found = in_force(certificates, cell, policy=policy, model_version=model_version, day=day)
    if found is None:
        return None, NO_CERTIFICATE
    if found.threshold is None:
        return found, NOT_CERTIFIED
    covers = found.allows(confidence, model_version=model_version, day=day)
    return found, None if covers else BELOW_THRESHOLD


def _by_policy(facts: Facts, policy: Policy) -> Routed | Row:
    """The lane where the policy alone decides, else the row that lets the item go."""
    rows, wanting = applicable(facts, policy)
    doubtful = doubts(facts, wanting)
    if not rows:
        default = policy.default
        reasons = (Reason(default.code, default.reason), *doubtful)
        return placed(policy, facts.kind, default.lane, reasons)
    if rows[0].lane is not Lane.AUTO:
        strict = (Reason(row.code, row.reason) for row in rows if row.lane is not Lane.AUTO)
        return placed(policy, facts.kind, rows[0].lane, (*strict, *doubtful), row=rows[0])
    if doubtful:
        return placed(policy, facts.kind, Lane.REVIEW, tuple(doubtful), row=rows[0])
    return rows[0]


def _by_certificate(
    facts: Facts,
    row: Row,
    policy: Policy,
    certificates: Sequence[Certificate],
    model_version: str | None,
    day: date,
) -> Routed:
    cell = cell_of(facts, policy)
    found, why = standing(
        cell, facts.confidence, certificates, policy=policy, model_version=model_version, day=day
    )
    consulted = found.id if found else None
    if found is None or why is not None:
        return placed(
            policy, facts.kind, Lane.REVIEW, (why or NO_CERTIFICATE,), row=row, certificate=consulted
        )
    return placed(policy, facts.kind, Lane.AUTO, (_certified(found),), row=row, certificate=consulted)


def placed(
    policy: Policy,
    kind: str,
    lane: Lane,
    reasons: tuple[Reason, ...],
    *,
    row: Row | None = None,
    certificate: str | None = None,
) -> Routed:
    """With who decides it and by when: as the row says, else as the desk of the kind does.

    What a row that lets items go says of people is for those that its certificate holds back.
    """
    desk = policy.desks.get(kind)
    if lane is Lane.AUTO:
        name = row.row if row else None
        return Routed(lane, reasons, certificate, policy.version, row=name, sla_hours=_hours(row, desk, lane))
    return Routed(
        lane,
        reasons,
        certificate,
        policy.version,
        row=row.row if row else None,
        queue=(row.queue if row else None) or f"{kind if kind in KINDS else OTHER}-{lane.value}",
        role=(row.role if row else None) or (desk.role if desk else None),
        sla_hours=_hours(row, desk, lane),
        escalate_to=(row.escalate_to if row else None) or (desk.escalate_to if desk else None),
    )


def _hours(row: Row | None, desk: Desk | None, lane: Lane) -> float | None:
    if row is not None and row.sla_hours is not None:
        return row.sla_hours
    if desk is None:
        return None
    return min(desk.sla_hours, desk.escalated_hours) if lane is Lane.ESCALATE else desk.sla_hours


def _certified(certificate: Certificate) -> Reason:
    text = (
        f"Certified: at most {certificate.alpha:.2%} of items as sure as this one are wrong, "
        f"{1 - certificate.delta:.1%} sure (checked {certificate.n:,}, wrong {certificate.errors:,})."
    )
    return Reason("certified", text)


def _threshold(certificate: Certificate) -> float:
    return math.inf if certificate.threshold is None else certificate.threshold


def _day(at: date) -> date:
    return at.date() if isinstance(at, datetime) else at


OTHER = "other"
"""In the name of a queue: an item of a kind that is none of the policy's."""

NO_CELL = Reason("no-cell", "No certificate can cover this amount or this class of payers.")
NO_CERTIFICATE = Reason(
    "no-certificate", "No certificate is in force for items of this kind, value and model version."
)
NOT_CERTIFIED = Reason(
    "not-certified",
    "There are too few checked items of this kind and value, or too many were wrong, to certify it.",
)
BELOW_THRESHOLD = Reason("below-threshold", "The confidence is below the certified threshold.")
