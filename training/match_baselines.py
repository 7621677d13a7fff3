"""What a provider does without a model: look the control number up, or follow a rule of thumb."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from features.match_keys import cents
from features.x12.records import Claim, ClaimPayment
from training.match_labels import NOWHERE

FIRST_CHARACTERS = 15  # Open Dental compares an identifier whole or by its first 15 characters


@dataclass
class _Known:
    """Claims that were submitted so far, by what each baseline looks up."""

    by_control: dict[str, list[Claim]] = field(default_factory=dict)
    by_start: dict[str, list[Claim]] = field(default_factory=dict)
    by_patient: dict[tuple[object, ...], list[Claim]] = field(default_factory=dict)

    def add(self, claim: Claim) -> None:
        control = claim.claim_id or ""
        self.by_control.setdefault(control, []).append(claim)
        self.by_start.setdefault(control[:FIRST_CHARACTERS], []).append(claim)
        self.by_patient.setdefault(_patient(claim), []).append(claim)


def baselines(claims: Sequence[Claim], payments: Sequence[ClaimPayment]) -> tuple[list[str], list[str]]:
    """The claim that each payment would be posted to, or NOWHERE: by exact number, and by the rule.

    As for the model, a claim is known from the day on which it was submitted.
    """
    waiting = sorted(claims, key=lambda claim: claim.submitted or date.min)
    known, added = _Known(), 0
    exact, rule = [NOWHERE] * len(payments), [NOWHERE] * len(payments)
    for row in sorted(range(len(payments)), key=lambda row: payments[row].payment_date or date.max):
        day = payments[row].payment_date or date.max
        while added < len(waiting) and (waiting[added].submitted or date.min) <= day:
            known.add(waiting[added])
            added += 1
        exact[row] = _only(known.by_control.get(payments[row].claim_id or "", []))
        rule[row] = _by_rule(known, payments[row])
    return exact, rule


def _by_rule(known: _Known, payment: ClaimPayment) -> str:
    """Open Dental's: the identifier whole or by its start, with charge and service date; else name, member and both."""
    control = payment.claim_id or ""
    for found in (known.by_control.get(control, []), known.by_start.get(control[:FIRST_CHARACTERS], [])):
        agreed = [claim for claim in found if control and _money_and_day(claim) == _money_and_day(payment)]
        if len(agreed) == 1:
            return _only(agreed)
    return _only(known.by_patient.get(_patient(payment), []))


def _only(found: Sequence[Claim]) -> str:
    """The claim's id where there is one claim and no other; an ambiguous match is none."""
    return found[0].claim_id or NOWHERE if len(found) == 1 else NOWHERE


def _money_and_day(record: Claim | ClaimPayment) -> tuple[object, ...]:
    return cents(record.charge), record.service_from


def _patient(record: Claim | ClaimPayment) -> tuple[object, ...]:
    name = (record.patient_last or "").upper(), (record.patient_first or "").upper()
    return (*name, record.subscriber_id, *_money_and_day(record))
