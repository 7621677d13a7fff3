"""The e-detector: its guarantee, that errors only raise it, and that it goes on where it stopped."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.errors import BadInputError
from models.monitoring import (
    DetectorState,
    EDetector,
    calibrated_threshold,
    detector_of_answers,
    detector_of_checks,
    proven_threshold,
    standard_threshold,
)
from models.monitoring.mixture import NEAR, Mixture
from models.monitoring.run_length import THRESHOLDS, highest_levels

ALPHA = 0.005
RUNS = st.lists(st.booleans(), min_size=1, max_size=60)


def levels(mixture: Mixture, errors: list[bool]) -> np.ndarray:
    found = mixture.start()
    for wrong in errors:
        found = mixture.advance(found, np.array(1), np.array(int(wrong)))
    return found


@given(RUNS, st.data())
@settings(max_examples=60, deadline=None)
def test_one_more_error_never_lowers_any_statistic_so_errors_at_alpha_are_the_worst_of_the_null(
    errors: list[bool], data: st.DataObject
) -> None:
    mixture = Mixture.of(ALPHA)
    place = data.draw(st.integers(0, len(errors) - 1))
    more = [*errors[:place], True, *errors[place + 1 :]]
    assert (levels(mixture, more) >= levels(mixture, errors) - 1e-12).all()


@given(st.integers(1, 40), st.floats(0.0, ALPHA))
@settings(max_examples=40, deadline=None)
def test_a_lot_grows_on_average_by_no_more_than_its_checks_under_the_null(count: int, rate: float) -> None:
    mixture = Mixture.of(ALPHA)
    wrong = np.arange(count + 1)
    log_factor = [math.lgamma(count + 1) - math.lgamma(k + 1) - math.lgamma(count - k + 1) for k in wrong]
    with np.errstate(divide="ignore"):
        chance = np.exp(log_factor) * np.power(rate, wrong) * np.power(1 - rate, count - wrong)
    start = np.broadcast_to(mixture.start(), (count + 1, mixture.start().size))
    after = np.exp(mixture.together(mixture.advance(start, np.full(count + 1, count), wrong)))
    assert float(chance @ after) <= mixture.head_start + count + 1e-6


def test_a_run_without_error_by_formula_is_the_same_as_one_by_one() -> None:
    mixture = Mixture.of(0.02)
    for gap in (0, 1, 17, 400):
        found = mixture.run_without_error(mixture.start(), np.array(gap))
        assert np.allclose(found, levels(mixture, [False] * gap))


@pytest.mark.parametrize("batch", [1, 50])
def test_at_alpha_hardly_more_than_one_stream_in_twenty_alarms_within_the_horizon(batch: int) -> None:
    mixture, random = Mixture.of(0.1), np.random.default_rng(8)
    streams, checks = 2_000, 12_000 if batch > 1 else 2_000
    found, highest = mixture.start(streams), np.full(streams, -np.inf)
    for _ in range(checks // batch):
        found = mixture.advance(found, np.full(streams, batch), random.binomial(batch, 0.1, streams))
        highest = np.maximum(highest, mixture.together(found))
    assert (highest >= math.log(standard_threshold(0.1))).mean() < 0.05


def test_the_tabled_threshold_is_what_calibration_finds() -> None:
    assert calibrated_threshold(ALPHA) <= THRESHOLDS[ALPHA] <= 1.02 * calibrated_threshold(ALPHA)


@pytest.mark.parametrize("alpha", [0.0007, 0.003, 0.015])
def test_between_the_tabled_rates_the_false_alarms_stay_below_five_percent(alpha: float) -> None:
    highest = highest_levels(alpha, 12_000, 5_000, seed=77)
    assert (highest >= math.log(standard_threshold(alpha))).mean() < 0.054


def test_calibration_lowers_the_proven_threshold_and_never_below_what_no_error_reaches() -> None:
    found = calibrated_threshold(ALPHA, checks=500)
    assert Mixture.of(ALPHA).quiet < found <= proven_threshold(ALPHA, checks=500)


def test_two_percent_wrong_is_noticed_within_twelve_days_of_fifty_checks() -> None:
    random = np.random.default_rng(4)
    days = []
    for _ in range(60):
        detector, day = EDetector(ALPHA), 0
        while not detector.alarmed:
            detector.update(50, int(random.binomial(50, 0.02)))
            day += 1
        days.append(day)
    assert np.median(days) <= 12


def test_a_detector_goes_on_from_its_state_as_if_it_had_never_stopped() -> None:
    one = EDetector(ALPHA)
    one.update(30, 1)
    text = msgspec.json.encode(one.state)
    other = EDetector.resume(msgspec.json.decode(text, type=DetectorState))
    assert one.update(50, 3) == other.update(50, 3)
    assert one.state == other.state


def test_an_alarm_stays_and_tells_at_which_check_it_came_and_since_when() -> None:
    detector = EDetector(ALPHA)
    detector.update(1_000, 1)
    assert not detector.alarmed
    while not detector.update(1, 1):
        pass
    at = detector.state.alarmed_at
    assert at == detector.state.checked
    assert detector.changed_after >= 1_000
    assert detector.level >= 1
    assert detector.update(5_000, 0)
    assert detector.state.alarmed_at == at


def test_a_bet_on_a_share_has_mean_one_at_alpha_whatever_its_law() -> None:
    mixture = Mixture.of(0.1, shares=True)
    random = np.random.default_rng(5)
    for law in ([0.0, 1.0], [0.1, 0.1], [0.05, 0.4], sorted(random.random(2))):
        low, high = law
        if not low <= 0.1 <= high:
            continue
        upper = 1.0 if low == high else (0.1 - low) / (high - low)
        mean = (1 - upper) * np.exp(mixture.bets_on(np.array(low))) + upper * np.exp(
            mixture.bets_on(np.array(high))
        )
        assert np.allclose(mean, 1.0)


def test_a_lot_of_one_is_the_same_bet_as_a_check() -> None:
    mixture = Mixture.of(0.1)
    assert np.allclose(mixture.bets_on(np.array(1.0)), mixture.log_wrong)
    assert np.allclose(mixture.bets_on(np.array(0.0)), mixture.log_right)


def test_answers_that_are_all_one_or_none_within_a_day_seldom_alarm_at_alpha() -> None:
    random, alarms = np.random.default_rng(6), 0
    for _ in range(300):
        detector = detector_of_answers(0.1)
        alarms += any(detector.update_together(40, 40 * int(wrong)) for wrong in random.random(240) < 0.1)
    assert alarms / 300 <= 0.05


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=12))
@settings(max_examples=60, deadline=None)
def test_an_alarm_that_is_seen_ahead_with_fewer_denials_comes_in_the_end_too(
    days: list[tuple[int, int]],
) -> None:
    start = detector_of_answers(0.1)
    start.update_together(10, 9)
    by_now = [(18, now) for now, _ in days]
    in_the_end = [(18, now + more) for now, more in days]
    assert not start.looked_ahead(by_now).alarmed or start.looked_ahead(in_the_end).alarmed
    assert start.state.checked == 10  # it does not move


def test_a_detector_of_shares_goes_on_from_its_state() -> None:
    one = detector_of_answers(0.1)
    one.update_together(33, 5)
    other = EDetector.resume(msgspec.json.decode(msgspec.json.encode(one.state), type=DetectorState))
    one.update_together(20, 9)
    other.update_together(20, 9)
    assert one.state == other.state
    assert (one.state.checked, one.state.wrong) == (53, 14)
    assert one.changed_after == 0
    with pytest.raises(BadInputError, match="wrong"):
        one.update_together(3, 4)


def test_one_alpha_below_what_shares_can_tell_has_a_threshold_that_no_quiet_run_reaches() -> None:
    detector = detector_of_answers(0.00005)
    assert detector.state.threshold > Mixture.of(0.00005, shares=True).quiet


def test_where_answers_come_too_checks_leave_them_most_of_the_false_alarms() -> None:
    assert detector_of_checks("remittance-match", ALPHA).state.threshold == standard_threshold(ALPHA)
    of_claims = detector_of_checks("denial-risk", 0.1).state.threshold
    assert of_claims == pytest.approx(proven_threshold(0.1, false_alarm=0.01))


def test_the_state_of_the_release_before_goes_on_and_begins_the_new_bets() -> None:
    now = EDetector(ALPHA)
    now.update(400, 5)
    new = len(NEAR)
    before = msgspec.structs.replace(
        now.state,
        format=1,
        threshold=185_000.0,
        levels=now.state.levels[new:],
        sums=now.state.sums[new:],
        since=now.state.since[new:],
    )
    resumed = EDetector.resume(before)
    assert resumed.state.levels[new:] == now.state.levels[new:]
    assert resumed.state.levels[:new] == tuple(map(float, Mixture.of(ALPHA).start()[:new]))
    assert (resumed.state.threshold, resumed.state.checked, resumed.state.wrong) == (185_000.0, 400, 5)
    assert not resumed.update(50, 0)
    assert EDetector.resume(resumed.state).state.checked == 450


def test_no_checks_change_nothing() -> None:
    detector = EDetector(ALPHA)
    before = detector.state
    assert not detector.update(0, 0)
    assert not detector.update_together(0, 0)
    assert detector.state == before


@pytest.mark.parametrize("alpha", [0.0, 0.5, float("nan")])
def test_a_rate_that_cannot_be_watched_is_refused(alpha: float) -> None:
    with pytest.raises(BadInputError, match="alpha"):
        EDetector(alpha, threshold=1e5)


def test_impossible_counts_thresholds_and_states_are_refused() -> None:
    detector = EDetector(ALPHA)
    with pytest.raises(BadInputError, match="wrong"):
        detector.update(3, 4)
    with pytest.raises(BadInputError, match="threshold"):
        EDetector(ALPHA, threshold=100.0)
    for broken in (
        msgspec.structs.replace(detector.state, levels=(1.0,)),
        msgspec.structs.replace(detector.state, format=99),
        msgspec.structs.replace(detector.state, checked=1, wrong=2),
    ):
        with pytest.raises(BadInputError, match="state"):
            EDetector.resume(broken)
