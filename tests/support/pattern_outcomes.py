"""Claims with decisions for the search for patterns: payers, facilities and procedures drawn, denials by a rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from features.x12.records import Claim
from tests.support.builders import make_claim, make_claim_line
from training.patterns.outcomes import NONE, Outcomes

CATEGORIES = ("authorization", "eligibility")
FIRST, DAYS = date(2023, 1, 1), 730
HEAVY = "PAY1"  # denies three times as often as the others
PAYERS, FACILITIES, PROCEDURES = (HEAVY, "PAY2", "PAY3", "PAY4"), ("1000000004", "1000000012"), (
    "99213", "97110", "72148", "93000", "45380",
)  # fmt: skip

Rule = Callable[[Claim], Sequence[float]]
"""The probability of each category that a claim is denied by."""


def usual(claim: Claim) -> Sequence[float]:
    """What payers deny anyway: the heavy one more, all of them eligibility in January."""
    january = 4.0 if claim.service_from and claim.service_from.month == 1 else 1.0
    return (0.09 if claim.payer_id == HEAVY else 0.03), 0.02 * january


def make_claims(count: int, *, seed: int) -> list[Claim]:
    """Claims in order of their days; the second facility bills the heavy payer above all."""
    random = np.random.default_rng(seed)
    claims = []
    for number in range(count):
        day = FIRST + timedelta(number * DAYS // count)
        facility = int(random.integers(2))
        shares = (0.7, 0.1, 0.1, 0.1) if facility else (0.1, 0.3, 0.3, 0.3)
        procedure = str(random.choice(PROCEDURES))
        claims.append(
            make_claim(
                claim_id=f"C{number}",
                payer_id=str(random.choice(PAYERS, p=shares)),
                payer_name="",
                billing_npi=FACILITIES[facility],
                billing_name="",
                rendering_npi=f"20000000{random.integers(10, 16)}",
                subscriber_id=f"M{random.integers(count // 3)}",
                group_number=None,
                prior_authorization="A1" if random.random() < 0.4 else None,
                referral=None,
                submitted=day + timedelta(5),
                service_from=day,
                service_to=day,
                diagnoses=(str(random.choice(("I10", "E119", "M5450"))),),
                lines=(make_claim_line(procedure=procedure, modifiers=(), charge=Decimal(200)),),
                charge=Decimal(200),
            )
        )
    return claims


def make_outcomes(claims: Sequence[Claim], rule: Rule = usual, *, seed: int) -> Outcomes:
    """Decisions drawn by a rule, each answered 20 days after it was sent."""
    random = np.random.default_rng(seed)
    chances = np.cumsum([rule(claim) for claim in claims], axis=1)
    place = (random.random((len(claims), 1)) >= chances).sum(axis=1)
    category = np.where(place == len(CATEGORIES), NONE, place).astype(np.int64)
    days = [claim.service_from or FIRST for claim in claims]
    members: dict[str | None, int] = {}
    return Outcomes(
        claims=tuple(claims),
        categories=CATEGORIES,
        category=category,
        denied_cents=np.where(category == NONE, 0, 20_000),
        charged_cents=np.full(len(claims), 20_000),
        patient=np.array([members.setdefault(claim.subscriber_id, len(members)) for claim in claims]),
        day=np.array([day.toordinal() for day in days]),
        month=np.array([day.month - 1 for day in days]),
        answered=np.array([day.toordinal() + 25 for day in days]),
        numbers=tuple((f"P{number}",) for number in range(len(claims))),
        described="",
    )


def of_one_family(given: Outcomes) -> Outcomes:
    """The same, all claims of few patients."""
    return replace(given, patient=given.patient % 7)
