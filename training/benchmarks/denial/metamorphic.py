"""A check for leaks: whatever happens later, and whatever later files say, what is said of earlier claims stays.

In the middle of the test window every answer that comes from that day on is turned round, and every claim that is sent
after it is altered. The model is trained and asked again; a probability that has changed for a claim sent until then
was made with knowledge of the future.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import msgspec
import numpy as np

from features.denials import denial_reasons
from features.x12.records import Adjustment, Claim, ClaimPayment
from training.benchmarks.denial.asked import MODEL, Asked
from training.benchmarks.denial.methods import Model
from training.benchmarks.denial.parts import Task
from training.benchmarks.denial.task import ask, checked, split
from training.datasets import Dataset

CONTRACTUAL, DENIAL = "45", "96"


def leaks(task: Task, asked: Asked) -> int:
    """How many of the probabilities that must not change have changed."""
    day = middle(asked)
    again = split(altered(task.dataset, day), seed=task.seed)
    model = Model()
    model.fit(again.history)
    said = checked(ask(model, again), again)
    earlier = np.array([(claim.submitted or date.max) <= day for claim in asked.given.claims])
    return int((said[earlier] != asked.said[MODEL][earlier]).sum())


def middle(asked: Asked) -> date:
    """The day on which the middle claim of the test window was sent."""
    claims = asked.given.claims
    return claims[len(claims) // 2].submitted or date.max


def altered(dataset: Dataset, day: date) -> Dataset:
    """Answers of a day and later turned round, and claims sent after it altered."""
    return replace(
        dataset,
        claims=tuple(
            _other(claim) if (claim.submitted or date.max) > day else claim for claim in dataset.claims
        ),
        claim_payments=tuple(
            _turned(payment) if (payment.payment_date or date.min) >= day else payment
            for payment in dataset.claim_payments
        ),
    )


def missed(changed: int) -> list[str]:
    """The bar is that none changes."""
    return [f"{changed} probabilities know what came later"] if changed else []


def sentence(changed: int) -> str:
    """What was found."""
    return f"later answers turned round and later claims altered: {changed} earlier probabilities changed"


def _other(claim: Claim) -> Claim:
    """With another charge, and with or without an authorization where it was without or with one."""
    authorization = None if claim.prior_authorization else "A1"
    return msgspec.structs.replace(
        claim, charge=(claim.charge or Decimal(0)) * 2 + 1, prior_authorization=authorization
    )


def _turned(payment: ClaimPayment) -> ClaimPayment:
    """Denied where it was not, and not denied where it was."""
    if not denial_reasons(payment):
        one = Adjustment("CO", DENIAL, Decimal(1))
        return msgspec.structs.replace(payment, adjustments=(*payment.adjustments, one))
    lines = tuple(
        msgspec.structs.replace(line, adjustments=_contractual(line.adjustments)) for line in payment.lines
    )
    return msgspec.structs.replace(payment, adjustments=_contractual(payment.adjustments), lines=lines)


def _contractual(adjustments: tuple[Adjustment, ...]) -> tuple[Adjustment, ...]:
    return tuple(msgspec.structs.replace(one, reason=CONTRACTUAL) for one in adjustments)
