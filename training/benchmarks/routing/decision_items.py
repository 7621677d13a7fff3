"""Items as they come, and certificates for every cell: what one routing decision is timed on."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from models.certificates import Certificate, Certified, issue
from models.policy import Policy
from models.routing import RoutingInput

MIX = {"remittance-match": 0.6, "denial-risk": 0.3, "invoice-anomaly": 0.1}
PAYERS = 40
DELTA = 0.001  # no more than any policy asks of a cell
DAY = date(2026, 1, 15)
VERSION = "model-000000000000"


def items(count: int, *, seed: int) -> list[RoutingInput]:
    """Mostly sure, mostly below the ceiling, one in ten with something that a rule of the policy looks at."""
    draws = np.random.default_rng(seed)
    kinds = draws.choice(list(MIX), size=count, p=list(MIX.values()))
    amounts = np.exp(draws.normal(5.3, 1.5, count)).round(2)
    confidence = 1 - draws.beta(0.2, 3, count)
    return [
        _item(draws, str(kinds[row]), float(amounts[row]), float(confidence[row])) for row in range(count)
    ]


def certificates(policy: Policy) -> tuple[Certificate, ...]:
    """One in force for every cell of the kinds."""
    return tuple(
        issue(
            Certified(0.95, 10_000, 0),
            cell=cell,
            alpha=policy.alpha(kind),
            delta=DELTA,
            window=(DAY - timedelta(60), DAY - timedelta(1)),
            model_version=VERSION,
            data_digest="0" * 64,
            expires=DAY + timedelta(policy.certificate_days),
        )
        for kind in MIX
        for cell in policy.cells(kind)
    )


def _item(draws: np.random.Generator, kind: str, amount: float, confidence: float) -> RoutingInput:
    flag = draws.choice(["", "claim-payment-unbalanced", "duplicate-payment"], p=[0.95, 0.04, 0.01])
    width = 0.5 if draws.random() < 0.02 else 0.05
    return RoutingInput(
        kind=kind,
        confidence=confidence,
        amount=Decimal(str(amount)),
        payer=f"PAYER-{draws.integers(PAYERS)}",
        low=max(0.0, confidence - width),
        high=confidence,
        margin=2 * confidence - 1,
        proposes_action=confidence > 0.5,
        unseen=("payer",) if draws.random() < 0.02 else (),
        missing=("charge",) if draws.random() < 0.02 else (),
        flags=(str(flag),) if flag else (),
        age_days=float(draws.integers(0, 35)) if draws.random() < 0.05 else 0.0,
        payer_class="commercial",
        service_type="office",
        days_to_deadline=float(draws.integers(-5, 300)),
    )
