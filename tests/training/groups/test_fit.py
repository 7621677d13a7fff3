"""Learning from a simulated provider's ledger, day by day."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from models.groups.trust import Trust
from training.datasets import Dataset
from training.groups.fit import fit, least_confidence
from training.groups.lumps import AnsweredCheck, replay
from training.groups.ties import TiedPayments, judged, tied


@pytest.fixture(scope="module")
def ties(dataset: Dataset) -> TiedPayments:
    """All ties of the simulated folder."""
    return tied(dataset)


@pytest.fixture(scope="module")
def checks(dataset: Dataset) -> list[AnsweredCheck]:
    """All checks of the simulated folder, answered."""
    return replay(dataset)


def test_every_check_is_answered_once_in_the_order_in_which_they_came(
    dataset: Dataset, checks: list[AnsweredCheck]
) -> None:
    assert sorted(check.stub.stub_id for check in checks) == sorted(stub.stub_id for stub in dataset.stubs)
    days = [check.stub.received_date for check in checks]
    assert days == sorted(days)


def test_no_claim_is_named_that_was_sent_after_the_check(
    dataset: Dataset, checks: list[AnsweredCheck]
) -> None:
    sent = {claim.claim_id: claim.submitted for claim in dataset.claims}
    for check in checks:
        for claim in check.answer.claims:
            assert (sent[claim] or date.max) < check.stub.received_date


def test_an_answer_does_not_change_when_the_future_does(
    dataset: Dataset, checks: list[AnsweredCheck]
) -> None:
    cut = checks[len(checks) // 2].stub.received_date
    known = _before(dataset, cut)
    earlier = [check.answer for check in checks if check.stub.received_date < cut]
    assert [check.answer for check in replay(known)] == earlier


def test_answers_that_are_sure_are_right(checks: list[AnsweredCheck]) -> None:
    sure = [check for check in checks if check.right is not None and check.answer.probability > 0.9]
    assert len(sure) > 10
    assert np.mean([bool(check.right) for check in sure]) > 0.9


def test_only_what_was_posted_before_the_day_teaches(ties: TiedPayments) -> None:
    assert judged(ties, date(1990, 1, 1)) == []
    assert 0 < len(judged(ties, date(2024, 1, 1))) < len(judged(ties, date(2030, 1, 1)))


def test_reversals_by_number_are_trusted_after_a_year(
    ties: TiedPayments, checks: list[AnsweredCheck]
) -> None:
    trust = fit(ties, checks, before=date(2025, 1, 1))
    late = [trust.tie(tie) for tie in ties.ties if tie.kind == "reversal" and ties.day(tie).year == 2025]
    assert late
    assert np.mean([tie.confidence or 0 for tie in late]) > 0.9


def test_a_short_history_leaves_probabilities_as_they_are(
    ties: TiedPayments, checks: list[AnsweredCheck]
) -> None:
    assert fit(ties, checks, before=date(2023, 2, 1)).lumps == Trust().lumps


def test_nothing_is_stated_where_all_is_doubtful() -> None:
    assert least_confidence(np.array([0.5, 0.6])) == 1.0


def _before(dataset: Dataset, day: date) -> Dataset:
    """The data set as it was on the eve of a day."""
    from dataclasses import replace

    eve = day - timedelta(1)
    return replace(
        dataset,
        claims=tuple(claim for claim in dataset.claims if (claim.submitted or date.max) <= eve),
        claim_payments=tuple(
            paid for paid in dataset.claim_payments if (paid.payment_date or date.max) <= eve
        ),
        postings=tuple(row for row in dataset.postings if row.posting_date <= eve),
        stubs=tuple(stub for stub in dataset.stubs if stub.received_date <= eve),
    )
