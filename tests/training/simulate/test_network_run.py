"""The network is as hard as it says, and its sums are right."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from tests.training.simulate.conftest import END, START, Simulated, simulate
from training.simulate import rates
from training.simulate.payments import Payment


def payments(network: Simulated) -> list[Payment]:
    return [payment for batch in network.batches for payment in batch.payments]


def test_there_are_exactly_as_many_claims_as_asked_for_each_with_a_number_of_its_own(
    network: Simulated,
) -> None:
    numbers = [claim.claim_id for claim in network.sent if claim.frequency == "1"]
    assert len(set(numbers)) == 2000
    again = [number for number, count in Counter(numbers).items() if count > 1]
    rejected = {answer.claim.claim_id for answer in network.answers if not answer.accepted}
    assert set(again) <= rejected
    corrected = {claim.claim_id for claim in network.sent if claim.frequency == "7"}
    assert corrected
    assert not corrected & set(numbers)


@pytest.mark.parametrize("claims", [1, 37, 199, 260])
def test_any_number_of_claims_can_be_asked_for(claims: int) -> None:
    sent = simulate(claims=claims, seed=3).sent
    assert len({claim.claim_id for claim in sent if claim.frequency == "1"}) == claims


def test_the_last_days_are_like_any_others_though_what_is_sent_later_is_not_there_yet(
    network: Simulated,
) -> None:
    originals = [claim for claim, _ in network.decided if claim.frequency == "1"]
    in_last_weeks = sum(claim.submitted > END - timedelta(56) for claim in originals)
    usual = len(originals) / ((END - START).days / 56)
    assert 0.6 * usual < in_last_weeks < 1.5 * usual
    assert any(claim.submitted > END - timedelta(4) for claim in originals)
    again = Counter(claim.submitted for claim, _ in network.decided if claim.frequency == "7")
    assert again[END] <= 3
    assert max(claim.submitted for claim, _ in network.decided) <= END


def test_about_a_seventh_of_the_claims_share_member_day_and_amount_with_a_sibling(network: Simulated) -> None:
    originals = [claim for claim, _ in network.decided if claim.frequency == "1"]
    keys = Counter((claim.subscriber_id, claim.service_from, claim.charge) for claim in originals)
    share = sum(count for count in keys.values() if count > 1) / len(originals)
    assert 0.12 <= share <= 0.20


def test_siblings_have_neighbouring_control_numbers(network: Simulated) -> None:
    pairs = [(claim, claim.siblings[0]) for claim, _ in network.decided if claim.follows_sibling]
    assert len(pairs) > 100
    for claim, sibling in pairs:
        apart = int("".join(filter(str.isdigit, claim.claim_id))[-5:]) - int(
            "".join(filter(str.isdigit, sibling.claim_id))[-5:]
        )
        assert abs(apart) == 1 or claim.facility.style == "mixed"


def test_about_an_eighth_of_the_claims_is_denied_and_payers_differ(network: Simulated) -> None:
    denied = [decision.denied for _, decision in network.decided]
    assert 0.10 <= np.mean(denied) <= 0.18
    by_payer: dict[str, list[bool]] = {}
    for claim, decision in network.decided:
        by_payer.setdefault(claim.payer.name, []).append(decision.denied)
    shares = [np.mean(answers) for answers in by_payer.values() if len(answers) >= 40]
    assert min(shares) < 0.09
    assert max(shares) > 0.18


def test_the_probability_behind_a_denial_is_calibrated_and_far_from_certain(network: Simulated) -> None:
    probability = np.array([decision.probability for _, decision in network.decided])
    denied = np.array([decision.denied for _, decision in network.decided])
    assert abs(probability.mean() - denied.mean()) < 0.03
    assert 0.80 <= roc_auc_score(denied, probability) <= 0.91


def test_authorization_that_a_payer_wants_and_does_not_see_is_what_it_denies_for(network: Simulated) -> None:
    missing, present = [], []
    for claim, decision in network.decided:
        wanted = claim.payer.policies.authorization
        if any(wanted.get(line.procedure or "", END) <= claim.service_from for line in claim.lines):
            (present if claim.authorization else missing).append(decision.denied)
    assert np.mean(missing) > 2 * np.mean(present)


def test_payers_answer_within_5_to_60_days(network: Simulated) -> None:
    waits = {(decision.answered - claim.submitted).days for claim, decision in network.decided}
    first, last = rates.DAYS_TO_ANSWER
    assert first <= min(waits) < 12
    assert 40 < max(waits) <= last


def test_nothing_is_sent_or_paid_after_the_last_day(network: Simulated) -> None:
    assert max(claim.submitted for claim, _ in network.decided) <= END
    assert max(batch.day for batch in network.batches) <= END
    assert max(claim.service_from for claim, _ in network.decided) > END - timedelta(30)


def test_every_sum_is_right_but_for_the_stated_share_of_payers_errors(network: Simulated) -> None:
    paid = payments(network)
    for payment in paid:
        for line in payment.lines:
            assert line.charge - sum(amount for _, _, amount in line.adjustments) == line.paid
    wrong = [p for p in paid if p.paid != p.charge - sum(amount for _, _, amount in p.all_adjustments)]
    assert 0 < len(wrong) / len(paid) < 0.01
    for batch in network.batches:
        assert batch.amount == sum(p.paid for p in batch.payments) - sum(
            a[2] for a in batch.provider_adjustments
        )
        assert batch.amount >= 0


def test_a_twelfth_of_the_payments_has_no_claim_here(network: Simulated) -> None:
    ours = {claim.claim_id for claim, _ in network.decided}
    paid = payments(network)
    foreign = [payment for payment in paid if payment.claim.foreign]
    assert 0.06 <= len(foreign) / len(paid) <= 0.10
    assert not ours & {payment.claim.claim_id for payment in foreign}


def test_every_kind_of_event_happens(network: Simulated) -> None:
    seen = {payment.event for payment in payments(network)}
    assert seen == {
        "plain",
        "sibling",
        "secondary",
        "reversal",
        "correction",
        "split",
        "duplicate",
        "foreign",
    }
    assert {payment.status for payment in payments(network)} == {"1", "2", "4", "19", "22"}
    reasons = {adjustment[0] for batch in network.batches for adjustment in batch.provider_adjustments}
    assert {"WO", "FB", "L6"} <= reasons


def test_a_reversal_takes_back_the_payment_that_it_names(network: Simulated) -> None:
    def number(payment: Payment) -> tuple[str, str]:
        return payment.payer.payer_id, payment.payer_claim_number

    first = {number(p): p for p in reversed(payments(network)) if p.event != "reversal"}
    reversals = [p for p in payments(network) if p.event == "reversal"]
    assert len(reversals) > 10
    for payment in reversals:
        taken = first[number(payment)]
        assert payment.charge == -taken.charge
        assert payment.paid - payment.misprint == -(taken.paid - taken.misprint)


def test_payments_of_one_remittance_are_told_apart_by_their_key(network: Simulated) -> None:
    keys = Counter((p.trace_number, p.payer_claim_number, p.status, p.paid) for p in payments(network))
    assert max(keys.values()) == 1
