"""Certificates for the cells of a kind: each from its own rows, one a remittance, planned before it is tested."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from models.certification import Certificate
from models.policy import load_policy
from models.routing import RoutingInput
from training.certificates import Judged, certify_cells

POLICY = load_policy()
SMALL, LARGE, ABOVE_CEILING = Decimal(200), Decimal(4_000), Decimal(50_000)
ISSUED = date(2026, 1, 1)


def item(confidence: float, amount: Decimal, **changes: Any) -> RoutingInput:
    """A claim that only its certificate keeps from going out."""
    plain: dict[str, Any] = {"low": 0.1, "high": 0.2, "proposes_action": True, "age_days": 0.0}
    return RoutingInput(
        kind="denial-risk", confidence=confidence, amount=amount, payer="PAYER-1", **{**plain, **changes}
    )


def judged(
    *, seed: int, amount: Decimal, wrong_below: float, rows: int = 3_000, batches: int = 3_000, **changes: Any
) -> Judged:
    """Rows that go wrong only where the confidence is low."""
    generator = np.random.default_rng(seed)
    confidence = generator.random(rows)
    errors = (confidence < wrong_below) & (generator.random(rows) < 0.5)
    return Judged(
        items=[item(sure, amount, **changes) for sure in confidence.tolist()],
        errors=errors.astype(np.int64),
        batches=[number % batches for number in range(rows)],
        window=(date(2025, 1, 1), date(2025, 6, 30)),
    )


def certified(planned: Judged, fresh: Judged) -> dict[str, Certificate]:
    family = certify_cells(
        "denial-risk",
        policy=POLICY,
        planned=planned,
        fresh=fresh,
        model_version="denial-risk-000000000000",
        data_digest="0" * 64,
        issued=ISSUED,
        seed=0,
    )
    return {certificate.cell.value_band: certificate for certificate in family.certificates}


def test_only_the_band_with_labels_is_certified() -> None:
    rows = {"amount": SMALL, "wrong_below": 0.5}
    found = certified(judged(seed=1, **rows), judged(seed=2, **rows))
    assert found["under-1000"].threshold is not None
    assert found["under-1000"].threshold < 0.55
    assert found["1000-to-10000"].threshold is None
    assert found["under-1000"].expires == ISSUED + timedelta(days=POLICY.certificate_days)


def test_a_cell_that_got_worse_since_it_was_planned_is_refused() -> None:
    before = judged(seed=1, amount=LARGE, wrong_below=0.3)
    since = judged(seed=2, amount=LARGE, wrong_below=1.0)
    assert certified(before, since)["1000-to-10000"].threshold is None


def test_amounts_above_the_ceiling_certify_nothing() -> None:
    rows = {"amount": ABOVE_CEILING, "wrong_below": 0.0}
    found = certified(judged(seed=1, **rows), judged(seed=2, **rows))
    assert all(certificate.threshold is None for certificate in found.values())


@pytest.mark.parametrize("batches", [3_000, 150])
def test_each_remittance_gives_one_label(batches: int) -> None:
    before = judged(seed=1, amount=SMALL, wrong_below=0.0)
    fresh = judged(seed=2, amount=SMALL, wrong_below=0.0, batches=batches)
    assert certified(before, fresh)["under-1000"].n <= batches


@pytest.mark.parametrize(
    "kept_back",
    [
        {"flags": ("claim-payment-unbalanced",)},
        {"unseen": ("payer",)},
        {"missing": ("charge",)},
        {"high": 0.9},
        {"low": None},
        {"proposes_action": False},
    ],
)
def test_rows_that_the_policy_keeps_back_take_no_part(kept_back: dict[str, Any]) -> None:
    """They are sound throughout, and would certify alone what they can never be."""
    rows = {"amount": SMALL, "wrong_below": 0.0}
    before, fresh = judged(seed=1, **rows), judged(seed=2, **rows)
    assert certified(before, fresh)["under-1000"].threshold is not None
    held = judged(seed=2, **rows, **kept_back)
    assert (certified(before, held)["under-1000"].threshold, certified(before, held)["under-1000"].n) == (
        None,
        0,
    )


def test_errors_among_rows_that_are_kept_back_cost_the_others_nothing() -> None:
    rows = {"amount": SMALL, "wrong_below": 0.0}
    before, fresh = judged(seed=1, **rows), judged(seed=2, **rows)
    wrong = judged(seed=3, amount=SMALL, wrong_below=1.1, flags=("split-payment",))
    mixed = Judged(
        items=[*fresh.items, *wrong.items],
        errors=np.concatenate([fresh.errors, wrong.errors]),
        batches=[*fresh.batches, *(f"other {batch}" for batch in wrong.batches)],
        window=fresh.window,
    )
    assert certified(before, mixed)["under-1000"] == certified(before, fresh)["under-1000"]
