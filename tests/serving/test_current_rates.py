"""The rates of a running service go on with the answers that its store has seen since the model was trained."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest

from features.denial_history.history import COLUMNS, DenialHistory
from features.denial_history.outcome import outcome_of
from features.denial_history.replay import Answered, replay
from features.x12.records import Adjustment, Claim, ClaimPayment
from serving.current_rates import AT_ONCE, EVERY, CurrentRates
from serving.store.database import StoreError
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

    def __init__(self, stored: Sequence[tuple[Claim, list[ClaimPayment]]]) -> None:
        self.stored = list(stored)
        self.broken = False

    def answered_since(self, _: date | None) -> Sequence[str]:
        if self.broken:
            raise StoreError("the store cannot be used now")
        return [*map(str, range(len(self.stored))), "purged"]

    def claims(self, references: Sequence[str]) -> dict[str, Claim]:
        assert len(references) <= AT_ONCE
        return {one: self.stored[int(one)][0] for one in references if one != "purged"}

    def payments_of(self, references: Sequence[str]) -> dict[str, list[ClaimPayment]]:
        return {one: self.stored[int(one)][1] for one in references if one != "purged"}


def soon(current: CurrentRates, expected: np.ndarray) -> None:
    """A look is made beside its callers: what it finds is there in a moment."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if np.allclose(rates(current.get()), expected, rtol=1e-9):
            return
        time.sleep(0.01)
    np.testing.assert_allclose(rates(current.get()), expected, rtol=1e-9)


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
    store.stored += NEW[10:]
    np.testing.assert_array_equal(rates(current.get()), first)
    now[0] = EVERY
    soon(current, rates(lived(OLD, NEW)))
    np.testing.assert_array_equal(rates(trained), before)


def test_a_look_that_fails_leaves_the_rates_and_the_next_one_mends_them(
    caplog: pytest.LogCaptureFixture,
) -> None:
    now = [0.0]
    store = Store([*OLD, *NEW[:10]])
    current = CurrentRates(lived(OLD), store, clock=lambda: now[0])
    first = rates(current.get())
    store.stored += NEW[10:]
    store.broken, now[0] = True, EVERY
    until = time.monotonic() + 20
    while "the store cannot be used now" not in caplog.text and time.monotonic() < until:
        np.testing.assert_array_equal(rates(current.get()), first)
    assert "denial rates stay those of the last look" in caplog.text
    store.broken, now[0] = False, 3 * EVERY
    soon(current, rates(lived(OLD, NEW)))


def test_what_is_kept_of_a_look_is_nobodys() -> None:
    current = CurrentRates(lived(OLD), Store([*OLD, *NEW])).get()
    assert current.to_plain() == DenialHistory.from_plain(current.to_plain()).to_plain()
    for claim, _ in NEW:
        row = dict(zip(COLUMNS, current.columns(claim), strict=True))
        assert (row["patient_claims"], row["same_day_claims"]) == (0, 0)
