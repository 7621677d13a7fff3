"""A window lived through day by day: what a method is told, when, and that nothing comes before its time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pytest

from features.errors import BadInputError
from training.benchmarks.denial.asked import Asked
from training.benchmarks.denial.held import without_payers
from training.benchmarks.denial.metamorphic import altered
from training.benchmarks.denial.payers import Calibrated, groups, payer_of, uncalibrated
from training.benchmarks.denial.task import Split, ask, split
from training.benchmarks.protocols import DenialDay, DenialHistory
from training.benchmarks.runner import Answered
from training.datasets import Dataset
from training.denial_labels import label, rejected_claims


@pytest.fixture(scope="module")
def given(dataset: Dataset) -> Split:
    return split(dataset, seed=1)


class Diary:
    """A method that writes down what it is told, and says of each claim how many denials it knows by then."""

    def fit(self, history: DenialHistory) -> None:
        self.sent = list(history.all_sent)
        self.answers = list(history.all_answers)
        self.denials = sum(answer.denied for answer in history.all_answers)
        self.rejected = list(history.all_rejected)
        self.young = len(history.all_sent) - len(history.claims)

    def risk_on(self, day: DenialDay) -> Sequence[float]:
        assert len(self.sent) == day.place
        self.sent += day.claims
        self.answers += day.answers
        self.rejected += day.rejected
        assert all(place < day.place for place in day.rejected)
        assert all(answer.day < day.day for answer in day.answers)
        assert all((claim.submitted or date.max) == day.day for claim in day.claims)
        self.denials += sum(answer.denied for answer in day.answers)
        return [self.denials / 1e6] * len(day.asked)


def test_a_method_is_told_every_claim_and_every_answer_by_its_day(given: Split, dataset: Dataset) -> None:
    diary = Diary()
    diary.fit(given.history)
    said = ask(diary, given)
    assert len(said) == len(given.claims)
    assert said == sorted(said)  # it never knows less on a later day
    assert said[-1] > said[0]
    last = given.days[-1].day
    assert len(diary.sent) == sum((claim.submitted or date.max) <= last for claim in dataset.claims)
    labels = label(dataset)
    known = {(id(diary.sent[answer.claim]), answer.day, answer.denied) for answer in diary.answers}
    expected = {
        (id(claim), day, denied)
        for claim, day, denied in zip(labels.claims, labels.answered, labels.denied, strict=True)
        if day < last
    }
    assert expected <= known
    turned_away = {id(dataset.claims[number]) for number in rejected_claims(dataset)}
    assert {id(diary.sent[place]) for place in diary.rejected} == {
        id(claim) for claim in diary.sent[: given.days[-1].place] if id(claim) in turned_away
    }
    assert len(set(diary.rejected)) == len(diary.rejected) > 0


def test_the_claims_asked_about_are_those_of_the_window_in_their_order(given: Split) -> None:
    asked = [day.claims[index] for day in given.days for index in day.asked]
    assert all(one is other for one, other in zip(asked, given.claims, strict=True))


def test_the_young_claims_before_the_window_are_told_without_what_came_of_them_later(given: Split) -> None:
    first = given.days[0].day
    assert len(given.history.all_sent) > len(given.history.claims)
    assert max(answer.day for answer in given.history.all_answers) < first
    assert max(claim.submitted for claim in given.history.all_sent if claim.submitted) < first


def test_more_answers_than_questions_of_a_day_are_refused(given: Split) -> None:
    class Talkative(Diary):
        def risk_on(self, day: DenialDay) -> Sequence[float]:
            return [0.0] * (len(day.asked) + 1)

    talkative = Talkative()
    talkative.fit(given.history)
    with pytest.raises(BadInputError, match="claims of a day"):
        ask(talkative, given)


def test_without_some_payers_nothing_is_known_of_them_and_only_they_are_asked_about(given: Split) -> None:
    payers = {payer_of(given.claims[0])}
    without = without_payers(given, payers)
    diary = Diary()
    diary.fit(without.history)
    assert not payers & {payer_of(claim) for claim in (*without.history.claims, *diary.sent)}
    assert {payer_of(claim) for claim in without.claims} == payers
    assert len(ask(diary, without)) == len(without.claims)
    assert not payers & {payer_of(diary.sent[answer.claim]) for answer in diary.answers}
    for answer in diary.answers:  # places still point to the claim that was answered
        assert (diary.sent[answer.claim].submitted or date.max) <= answer.day


def test_altered_files_tell_something_else_of_later_days_and_the_same_of_earlier_ones(
    dataset: Dataset,
) -> None:
    day = given_day(dataset)
    before, after = label(dataset), label(altered(dataset, day))
    rows = np.array([answered < day for answered in before.answered])
    assert np.array_equal(np.array(before.denied)[rows], np.array(after.denied)[rows])
    assert np.array(before.denied)[~rows].mean() < 0.5 < np.array(after.denied)[~rows].mean()
    changed = [one != other for one, other in zip(before.claims, after.claims, strict=True)]
    assert changed == [sent > day for sent in before.sent]


def given_day(dataset: Dataset) -> date:
    return split(dataset, seed=1).days[0].day + timedelta(days=10)


def test_small_payers_are_taken_together(given: Split) -> None:
    assert set(groups(given.claims)) == {"all others"}
    few = [claim for claim in given.claims if payer_of(claim) == payer_of(given.claims[0])]
    many = [*(few * 500)[:600], *given.claims]
    assert few[0].payer_name in groups(many)


def test_only_an_error_that_chance_does_not_explain_misses_the_bar() -> None:
    fine = Calibrated("A", 600, 0.1, 0.1, error=0.03, floor=0.02, chance=0.1)
    bad = Calibrated("B", 600, 0.2, 0.1, error=0.1, floor=0.02, chance=0.0)
    assert [sentence.split(" the")[0] for sentence in uncalibrated([fine, bad])] == ["at B"]


def test_asked_probabilities_must_be_some(given: Split) -> None:
    with pytest.raises(BadInputError, match="probabilities were given for"):
        _ = Asked(given, np.zeros(3), {"model": _answered([0.5])}, 1).said


def _answered(values: list[float]) -> Answered:
    return Answered(values, 0.0, 0.0, None)
