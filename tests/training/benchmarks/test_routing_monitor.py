"""The benchmark of the monitor: its streams, its naive ways, and what it counts as missed."""

from __future__ import annotations

import numpy as np

from training.benchmarks.routing import monitor_methods as ways
from training.benchmarks.routing import monitor_near
from training.benchmarks.routing.monitor import missed
from training.benchmarks.routing.monitor_delay import delay
from training.benchmarks.routing.monitor_methods import Stream

ALPHA = 0.005


def test_a_rolling_rate_alarms_falsely_in_nearly_every_stream_and_the_e_detector_in_hardly_any() -> None:
    null = Stream(ALPHA, 50, (ALPHA,) * 240)
    naive = np.isfinite(null.alarms(ways.rolling_rate(ALPHA), 300, 1, lot=50)).mean()
    exact = np.isfinite(null.alarms(ways.exact_test(ALPHA), 300, 1, lot=50)).mean()
    ours = np.isfinite(null.alarms(ways.e_detector(ALPHA), 300, 1, lot=50)).mean()
    assert naive > 0.98
    assert exact > 0.5
    assert ours < 0.08


def test_a_worse_lane_is_noticed_after_the_change_and_the_worse_the_sooner() -> None:
    medians = [
        np.median(Stream(ALPHA, 50, (rate,) * 120).alarms(ways.e_detector(ALPHA), 200, 2, lot=50))
        for rate in (0.02, 0.04)
    ]
    assert medians[1] < medians[0] <= 12
    late = Stream(ALPHA, 50, (ALPHA,) * 60 + (0.05,) * 60).alarms(ways.e_detector(ALPHA), 200, 3, lot=50)
    assert (late > 60).mean() > 0.95
    assert np.isfinite(late).all()


def test_the_calibrated_cusum_alarms_in_about_one_stream_in_twenty() -> None:
    null = Stream(ALPHA, 50, (ALPHA,) * 240)
    limit = ways.cusum_limit(null, 3_000, 4)
    rate = np.isfinite(null.alarms(ways.cusum(ALPHA, limit), 3_000, 5, lot=50)).mean()
    assert 0.03 < rate < 0.07


def test_streams_without_an_alarm_count_as_never_in_the_median() -> None:
    assert delay("d", np.array([1.0, np.inf, np.inf]))["d"] == np.inf
    assert delay("d", np.array([1.0, 2.0, np.inf]))["d"] == 2.0


def test_a_bar_that_is_missed_is_said() -> None:
    good = {"false_alarms": 0.04, "days_at_2_percent": 7.0}
    assert missed(good) == []
    assert len(missed({"false_alarms": 0.06, "days_at_2_percent": 13.0})) == 2


def test_answers_of_a_day_that_hang_together_raise_no_false_alarms_though_claim_by_claim_they_would() -> None:
    null = Stream(0.1, 50, (0.1,) * 240, correlation=0.3)
    by_day = np.isfinite(null.alarms(ways.answers(0.1), 1_000, 6, lot=50)).mean()
    one_by_one = np.isfinite(null.alarms(ways.e_detector(0.1), 200, 6, lot=50)).mean()
    assert by_day <= 0.05
    assert one_by_one > 0.5


def test_answers_show_a_breach_of_a_fifth_within_a_certificates_life() -> None:
    days = Stream(0.1, 50, (0.12,) * 240).alarms(ways.answers(0.1), 300, 7, lot=50)
    assert np.median(days) < 70


def test_too_many_false_alarms_of_answers_are_said() -> None:
    figures = [{"lane": "x", "checks": 33, "alone": 0.01, "dependent": 0.2} for _ in monitor_near.LANES]
    assert len(monitor_near.missed(figures, 0.05)) == 2  # the lanes that the service watches by days
