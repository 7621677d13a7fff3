"""What the store knows of a patient reaches the score, and is what training would have known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from features.denial_history.history import COLUMNS, DenialHistory
from features.denial_history.outcome import outcome_of
from features.denial_history.replay import Answered, replay
from features.x12.records import Adjustment, Claim, ClaimPayment
from models.denial_risk import DenialRiskModel
from serving import ingestion
from serving.claim_history import GivenPast, InformedDenialRisk, Known, Past
from serving.store.store import Store
from tests.serving.conftest import NOW
from tests.support.builders import make_claim, make_claim_payment
from tests.support.fake_champions import fake_champions
from tests.support.small_x12 import BilledClaim, PaidClaim, professional, remittance

FIRST = make_claim(claim_id="A", submitted=date(2024, 3, 4), service_from=date(2024, 3, 1))
SECOND = make_claim(
    claim_id="B",
    submitted=date(2024, 5, 6),
    service_from=date(2024, 5, 1),
    payer_id="OTHER",
    charge=Decimal(90),
)
DENIAL = make_claim_payment(
    claim_id="A",
    status="4",
    paid=Decimal(0),
    payment_date=date(2024, 3, 20),
    lines=(),
    adjustments=(Adjustment("CO", "27", Decimal(275)),),
)


class Kept:
    """A past that is given."""

    def __init__(self, *claims: tuple[Claim, list[ClaimPayment]]) -> None:
        self.claims = claims

    def claims_of_patients(self, _: Sequence[Claim]) -> Sequence[tuple[Claim, list[ClaimPayment]]]:
        return self.claims


class Shown:
    """Stands for the model: keeps what it is told of the claims."""

    def __init__(self) -> None:
        self.history = DenialHistory()
        self.known: Known = np.zeros((0, len(COLUMNS)))

    def score(self, claims: Sequence[Claim], known: Known) -> list[object]:
        self.known = known
        return [SimpleNamespace(probability=0.5)] * len(claims)


def known(past: Past, *claims: Claim) -> list[dict[str, float]]:
    model = Shown()
    InformedDenialRisk.over(cast("DenialRiskModel", model), past).score(claims)
    return [dict(zip(COLUMNS, row, strict=True)) for row in model.known]


def test_a_denial_of_the_patients_earlier_claim_is_known() -> None:
    (row,) = known(Kept((FIRST, [DENIAL])), make_claim(claim_id="C", submitted=date(2024, 6, 1)))
    assert (row["patient_claims"], row["times_not_eligible"]) == (1, 1)


def test_what_came_after_a_claim_was_sent_is_not_known_of_it() -> None:
    (row,) = known(
        Kept((FIRST, [DENIAL]), (SECOND, [])), make_claim(claim_id="C", submitted=date(2024, 3, 10))
    )
    assert (row["patient_claims"], row["times_not_eligible"]) == (1, 0)


def test_the_claim_itself_is_no_earlier_claim() -> None:
    (row,) = known(Kept((FIRST, [DENIAL])), FIRST)
    assert (row["patient_claims"], row["same_day_claims"]) == (0, 0)


def test_a_second_bill_in_the_same_request_is_seen_as_one() -> None:
    again = make_claim(claim_id="B", submitted=FIRST.submitted, service_from=FIRST.service_from)
    rows = known(Kept(), FIRST, again)
    assert [row["exact_repeats"] for row in rows] == [0, 1]


def test_versions_of_one_claim_are_not_each_others_second_bill() -> None:
    rows = known(Kept(), FIRST, make_claim(claim_id="A", submitted=FIRST.submitted, prior_authorization="A1"))
    assert [row["patient_claims"] for row in rows] == [0, 0]


def test_files_scored_together_know_each_others_claims_by_patient() -> None:
    stranger = make_claim(claim_id="S", patient_first="ZOE", submitted=date(2024, 3, 4))
    past = GivenPast([FIRST, SECOND, stranger])
    (row,) = known(past, SECOND)
    assert row["patient_claims"] == 1


@pytest.mark.parametrize("asked", [SECOND, make_claim(claim_id="C", submitted=date(2024, 6, 1))])
def test_serving_knows_of_a_patient_what_training_would_have_known(asked: Claim) -> None:
    past = [claim for claim in (FIRST, SECOND) if claim is not asked]
    whole = [*past, asked]
    trained = replay(whole, [Answered(0, date(2024, 3, 20), outcome_of(FIRST, [DENIAL]))]).rows[-1]
    (served,) = known(Kept(*((claim, [DENIAL] if claim is FIRST else []) for claim in past)), asked)
    of_patients = [
        name
        for name in COLUMNS
        if name.startswith(("patient_", "days_since", "times_", "same_", "newer", "other_"))
    ]
    assert len(of_patients) > 8
    for name in of_patients:
        np.testing.assert_equal(served[name], trained[COLUMNS.index(name)], err_msg=name)


def test_requests_that_are_asked_about_together_know_what_each_would_alone(store: Store) -> None:
    """Of one patient, of several, of one who is not looked up, and with an answer that came before."""
    earlier = [
        BilledClaim(f"E-{last}-{day}", last=last, day=f"202401{day}")
        for last in "DR"
        for day in range(10, 13)
    ]
    paid = PaidClaim("E-R-11", last="R", day="20240111", denied="27")
    for name, data in (("a.837", professional(earlier)), ("a.835", remittance([paid]))):
        ingestion.take(data, name=name, store=store, champions=fake_champions(), at=NOW, backlog=True)
    born = date(1970, 6, 15)
    doe, roe, nobody = (
        make_claim(claim_id="N", submitted=date(2024, 6, 1), patient_last=last, patient_birth_date=birth)
        for last, birth in (("d", born), ("R", born), ("R", None))
    )
    history = DenialHistory()
    model = cast("DenialRiskModel", SimpleNamespace(history=history))
    informed = InformedDenialRisk(model, store, lambda: history)
    requests = [[doe], [doe, roe], [roe], [nobody], [roe, nobody, doe]]
    alone = [informed.known(claims) for claims in requests]
    for one, together in zip(alone, informed.known_apart(requests), strict=True):
        np.testing.assert_array_equal(one, together)
    assert [rows[0][COLUMNS.index("patient_claims")] for rows in alone] == [0, 0, 3, 0, 3]
