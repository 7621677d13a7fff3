"""What is done about denials, and that it pays as often as it should."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from features.x12.records import Claim
from tests.training.simulate.conftest import Simulated, simulate
from tests.training.simulate.test_files import records, rows
from training.simulate.followups import NOT_CORRECTABLE


@pytest.fixture(scope="module")
def busy() -> Simulated:
    """Enough denials for rates to settle."""
    return simulate(claims=6000, seed=3)


def test_work_begins_after_the_denial_is_known_and_a_part_of_denials_is_never_worked(
    busy: Simulated,
) -> None:
    denied = sum(decision.denied for _, decision in busy.decided)
    share = len(busy.worked) / denied
    assert 0.7 < share < 0.95
    assert all(work.day > work.denial.due for work in busy.worked)


def test_paper_is_posted_and_its_denials_are_worked_only_once_it_is_typed(folder: Path) -> None:
    truth = {row["row_id"]: row["trace_number"] for row in rows(folder / "truth" / "paper.csv")}
    typed = {truth[row["row_id"]]: row["typed_date"] for row in rows(folder / "paper.csv")}
    posted = [row for row in rows(folder / "postings.csv") if row["trace_number"] in typed]
    assert posted
    assert all(row["posting_date"] >= typed[row["trace_number"]] for row in posted)
    paid_by = {row["payer_claim_number"]: row["trace_number"] for row in reversed(posted)}
    for row in rows(folder / "denial_work.csv"):
        assert row["action_date"] >= typed.get(paid_by.get(row["payer_claim_number"], ""), "")


def test_what_is_paid_after_an_appeal_starts_from_the_decision_and_not_from_what_was_typed(
    busy: Simulated,
) -> None:
    for work in busy.worked:
        assert work.denial.claim_id == work.claim.claim_id
        assert work.denial.last == work.claim.patient.last
        assert not work.denial.misprint


def test_about_half_of_the_appeals_win_and_the_stated_chance_is_calibrated(busy: Simulated) -> None:
    appeals = [work for work in busy.worked if work.action == "appeal"]
    won = np.array([work.overturned for work in appeals])
    assert 0.35 < won.mean() < 0.65
    assert abs(won.mean() - np.mean([work.overturn for work in appeals])) < 0.1


def test_an_appeal_that_wins_is_paid_and_one_that_loses_is_not(busy: Simulated) -> None:
    corrected = {
        id(p.claim) for b in busy.batches for p in b.payments if p.event == "correction" and p.paid > 0
    }
    appeals = [work for work in busy.worked if work.action == "appeal" and work.day.year < 2025]
    won = [id(work.claim) in corrected for work in appeals if work.overturned]
    lost = [id(work.claim) in corrected for work in appeals if not work.overturned]
    assert np.mean(won) > 0.9
    assert not any(lost)


def test_a_corrected_claim_is_sent_only_where_there_is_something_to_put_right(busy: Simulated) -> None:
    corrected = [work for work in busy.worked if work.action == "corrected"]
    assert not any(work.reason in NOT_CORRECTABLE for work in corrected)
    sent = {claim.claim_id: claim for claim in busy.sent if claim.frequency == "7"}
    assert {work.new_claim_id for work in corrected} == set(sent)
    for work in corrected:
        assert sent[work.new_claim_id].original_reference == work.denial.payer_claim_number
        assert sent[work.new_claim_id].submitted >= work.day


def test_the_record_of_the_work_ties_to_claims_and_remittances(folder: Path) -> None:
    recorded = rows(folder / "denial_work.csv")
    claims = {record.claim_id for record in records(folder / "claims") if isinstance(record, Claim)}
    numbers = {row["payer_claim_number"] for row in rows(folder / "postings.csv")}
    assert len(recorded) > 10
    for row in recorded:
        assert row["claim_id"] in claims
        assert row["payer_claim_number"] in numbers
        assert (row["new_claim_id"] in claims) == (row["action"] == "corrected")
