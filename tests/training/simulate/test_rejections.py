"""Claims that a front end turns away are told so, put right, and decided under their own number."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from features import files as reading
from features.x12.records import Acknowledgment, Claim, Problem
from tests.training.simulate.conftest import Simulated


def test_a_small_share_is_rejected_and_faults_that_can_be_seen_far_more_often(network: Simulated) -> None:
    rejected = [answer for answer in network.answers if not answer.accepted]
    assert 0.01 < len(rejected) / len(network.answers) < 0.04
    faulty = [a for a in network.answers if a.claim.wrong_member_id or not a.claim.rendering_shown]
    assert sum(not a.accepted for a in faulty) / len(faulty) > 5 * len(rejected) / len(network.answers)


def test_what_is_rejected_is_not_decided_but_sent_again_without_its_fault(network: Simulated) -> None:
    rejected = {id(answer.claim) for answer in network.answers if not answer.accepted}
    assert not rejected & {id(claim) for claim, _ in network.decided}
    first = {
        answer.claim.claim_id: answer.claim for answer in reversed(network.answers) if not answer.accepted
    }
    later = [
        claim
        for claim in network.sent
        if claim.claim_id in first and claim.submitted > first[claim.claim_id].submitted
    ]
    assert len(later) > 0.7 * len(first)
    assert not any(claim.wrong_member_id or not claim.rendering_shown for claim in later)


def test_every_claim_is_answered_in_a_file_of_the_next_day(folder: Path, small: Simulated) -> None:
    read = [r for path in reading.find([folder / "acknowledgments"]) for r in reading.read(path)]
    said = [record for record in read if isinstance(record, Acknowledgment)]
    assert not [record for record in read if isinstance(record, Problem)]
    due = [
        answer for answer in small.answers if answer.claim.submitted < max(c.submitted for c in small.sent)
    ]
    assert Counter((one.claim_id, one.accepted) for one in said) >= Counter(
        (answer.claim.claim_id, answer.accepted) for answer in due
    )
    claims = {
        r.claim_id for p in reading.find([folder / "claims"]) for r in reading.read(p) if isinstance(r, Claim)
    }
    assert {one.claim_id for one in said} <= claims
    assert {one.category for one in said} <= {"A2", "A3", "A7"}
