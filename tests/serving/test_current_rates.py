"""The rates of a running service go on with the answers that its store has seen since the model was trained."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from features.denial_history.history import COLUMNS, DenialHistory
from features.denial_history.outcome import outcome_of
from features.denial_history.replay import Answered, replay
from features.x12.records import Adjustment, Claim, ClaimPayment
from serving.current_rates import EVERY, CurrentRates
from tests.support.builders import make_claim, make_claim_payment

LAST = date(2024, 6, 30)


def answered(place: int, day: date, *, denied: bool) -> tuple[Claim, list[ClaimPayment]]:
    claim = make_claim(claim_id=f"C{place}", patient_first=f"P{place}", submitted=day - timedelta(20))
    refused = (Adjustment("CO", "197", Decimal(275)),)
    payment = make_claim_payment(
        claim_id=claim.claim_id, payment_date=day, status="4" if denied else "1", lines=(),
        adjustments=refused if denied else (),
    )  # fmt: skip
    return claim, [payment]


OLD = [answered(place, LAST - timedelta(place), denied=place % 4 == 0) for place in range(40)]
NEW = [answered(40 + place, LAST + timedelta(1 + place), denied=True) for place in range(30)]


class Store:
    """Holds everything, and gives it all: what the model knows already is for the caller to leave out."""

    def __init__(self, claims: Sequence[tuple[Claim, list[ClaimPayment]]]) -> None:
        self.claims = list(claims)

    def claims_answered_since(self, _: date | None) -> Sequence[tuple[Claim, list[ClaimPayment]]]:
        return self.claims


def lived(*parts: Sequence[tuple[Claim, list[ClaimPayment]]]) -> DenialHistory:
    """All of it in one stream."""
    everything = [one for part in parts for one in part]
    answers = [
        Answered(place, payments[0].payment_date or LAST, outcome_of(claim, payments))
        for place, (claim, payments) in enumerate(everything)
    ]
    return replay([claim for claim, _ in everything], answers).history


def rates(history: DenialHistory) -> np.ndarray:
    row = history.columns(make_claim(claim_id="X", patient_first="NEW", submitted=date(2024, 9, 1)))
    chosen = [place for place, name in enumerate(COLUMNS) if name.startswith("rate_")]
    return np.array(row)[chosen]


def test_what_came_since_is_counted_as_if_it_had_been_trained_on() -> None:
    current = CurrentRates(lived(OLD), Store([*OLD, *NEW])).get()
    np.testing.assert_allclose(rates(current), rates(lived(OLD, NEW)), rtol=1e-9)
    assert not np.allclose(rates(current), rates(lived(OLD)))


def test_looking_again_counts_nothing_twice_and_leaves_the_model_alone() -> None:
    trained, now = lived(OLD), [0.0]
    before = rates(trained)
    store = Store([*OLD, *NEW[:10]])
    current = CurrentRates(trained, store, clock=lambda: now[0])
    first = rates(current.get())
    now[0] = EVERY / 2
    store.claims += NEW[10:]
    np.testing.assert_array_equal(rates(current.get()), first)
    now[0] = EVERY
    np.testing.assert_allclose(rates(current.get()), rates(lived(OLD, NEW)), rtol=1e-9)
    np.testing.assert_array_equal(rates(trained), before)
