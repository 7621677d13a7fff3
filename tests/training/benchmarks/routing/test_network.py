"""The harness of the end-to-end benchmark: does it see a promise kept, a promise broken, and a change noticed?"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.certificates import Certificate
from tests.training.benchmarks.conftest import Asked
from tests.training.benchmarks.routing.networks import (
    A_DAY,
    BAND,
    CELL,
    DAYS,
    FIRST,
    KIND,
    POLICY,
    VERSION,
    certificate,
    deployed,
    period,
)
from training.benchmarks.routing import network, network_seed
from training.benchmarks.routing.naive import naive_threshold
from training.benchmarks.routing.network_period import Deployed, stress_day, stressed
from training.benchmarks.routing.network_replay import Watch, replay
from training.benchmarks.routing.network_summary import summary


def found(one: Deployed, seed: int) -> dict[str, Any]:
    """As ``network_seed.run`` tells it."""
    cells = [{"cell": BAND, "alpha": 0.005}]
    return {"kinds": {KIND: {"cells": cells, "lanes": dict(network_seed.lanes(one, POLICY, seed))}}}


def test_naive_thresholds_are_seen_to_fail_where_certificates_keep_their_promise() -> None:
    told = summary([found(deployed(0.008, seed=seed), seed) for seed in range(10)], KIND)
    naive, certified = told["networks_within"]["naive"], told["networks_within"]["certified"]
    assert naive["within"] <= 4  # of a lane in which 0.8 % is wrong, not 0.5 %
    assert told["promise"]["naive"][BAND]["error_rate_low"] > 0.005
    assert (certified["within"], certified["nothing_open"]) == (10, 10)


def test_a_lane_that_keeps_alpha_is_counted_with_its_items_and_its_money() -> None:
    one = replace(deployed(0.001, seed=1), certificates=(certificate(0.95),))
    told = summary([found(one, 1)], KIND)["promise"]["certified"][BAND]
    assert told["open"] == told["within"] == told["dollars_within"] == 1
    assert told["automatic"] == pytest.approx(DAYS * A_DAY / 2, rel=0.1)
    assert told["dollar_error_rate"] == pytest.approx(told["error_rate"])  # all are of one amount


def test_nothing_goes_by_itself_below_the_threshold_or_when_the_certificate_has_expired() -> None:
    items = period(0.0, seed=1)
    went = replay(items, policy=POLICY, certificates=[certificate(0.95)], model_version=VERSION)
    sure = np.array([item.confidence or 0.0 for item in items.items])
    assert (went == (sure >= 0.95)).all()
    later = replace(items, days=np.asarray(items.days + np.timedelta64(90, "D"), dtype="datetime64[D]"))
    assert not replay(later, policy=POLICY, certificates=[certificate(0.95)], model_version=VERSION).any()


class AtTheThird:
    """Raises the alarm with the third wrong check."""

    def __init__(self, _: Certificate, answered: bool) -> None:
        self.wrong, self.answered = 0, answered

    def update(self, checked: int, wrong: int) -> bool:
        assert not self.answered
        self.wrong += wrong if checked else 0
        return self.wrong >= 3

    def update_together(self, count: int, wrong: int) -> bool:
        assert self.answered
        self.wrong += wrong if count else 0
        return self.alarmed

    def looked_ahead(self, lots: Iterable[tuple[int, int]]) -> AtTheThird:
        ahead = replace_wrong(self, self.wrong)
        for count, wrong in lots:
            ahead.update_together(count, wrong)
        return ahead

    @property
    def alarmed(self) -> bool:
        return self.wrong >= 3


def replace_wrong(one: AtTheThird, wrong: int) -> AtTheThird:
    other = AtTheThird(certificate(None), one.answered)
    other.wrong = wrong
    return other


def test_from_the_day_of_an_alarm_on_everything_goes_to_people() -> None:
    items, watch = period(0.05, seed=1), Watch(0.5, seed=1, detector=AtTheThird)
    went = replay(items, policy=POLICY, certificates=[certificate(0.9)], model_version=VERSION, watch=watch)
    alarm = np.datetime64(watch.alarms[CELL])
    assert went[items.days < alarm].all()
    assert not went[items.days >= alarm].any()
    checked = watch.drawn(went.size) & went & (items.told <= alarm)
    assert items.errors[checked].sum() >= 3  # verdicts that had come by then, and no later ones


def test_the_alarm_comes_no_sooner_than_the_first_verdict() -> None:
    watch = Watch(1.0, seed=1, detector=AtTheThird)
    replay(
        period(1.0, seed=1),
        policy=POLICY,
        certificates=[certificate(0.9)],
        model_version=VERSION,
        watch=watch,
    )
    assert watch.alarms[CELL] == FIRST + timedelta(2)


def test_denials_are_seen_when_they_are_in_and_answers_that_come_too_late_count_as_right() -> None:
    items = period(1.0, seed=1)
    told = np.asarray(items.days + np.timedelta64(46, "D"), dtype="datetime64[D]")
    late = items.days < np.datetime64(FIRST + timedelta(10))
    answers = np.where(late, told, items.days + np.timedelta64(20, "D"))
    watch = Watch(0.05, seed=1, detector=AtTheThird)
    answered = replace(items, told=told, answers=np.asarray(answers, dtype="datetime64[D]"))
    went = replay(
        answered, policy=POLICY, certificates=[certificate(0.9)], model_version=VERSION, watch=watch
    )
    assert watch.alarms[CELL] == FIRST + timedelta(31)  # the morning after the answers to the eleventh day
    assert watch.checked[CELL] == 31 * A_DAY  # all that went, and nobody drew them
    assert watch.found[CELL] == 21 * A_DAY
    assert not went[items.days >= np.datetime64(watch.alarms[CELL])].any()


def test_only_answers_to_claims_that_went_without_a_look_count() -> None:
    items = period(0.0, seed=1)
    unsure = np.array([(item.confidence or 0.0) < 0.95 for item in items.items])
    told = np.asarray(items.days + np.timedelta64(46, "D"), dtype="datetime64[D]")
    watch = Watch(0.05, seed=1, detector=AtTheThird)
    replay(
        replace(items, errors=unsure.astype(np.int64), told=told, answers=items.days),
        policy=POLICY,
        certificates=[certificate(0.95)],
        model_version=VERSION,
        watch=watch,
    )
    assert not watch.alarms
    assert 0 < watch.checked[CELL] < 44 * A_DAY


def test_verdicts_that_come_after_the_period_revoke_nothing() -> None:
    items, watch = period(1.0, seed=1), Watch(1.0, seed=1, detector=AtTheThird)
    told = np.asarray(items.told + np.timedelta64(DAYS, "D"), dtype="datetime64[D]")
    replay(
        replace(items, told=told),
        policy=POLICY,
        certificates=[certificate(0.9)],
        model_version=VERSION,
        watch=watch,
    )
    assert not watch.alarms


def test_stress_hits_one_payer_from_its_day_on_and_the_monitor_notices() -> None:
    quiet = period(0.0, seed=1)
    worse = stressed(quiet, first=FIRST, seed=1)
    wrong = worse.errors == 1
    assert len({item.payer for item, hit in zip(quiet.items, wrong, strict=True) if hit}) == 1
    assert worse.days[wrong].min() >= np.datetime64(stress_day(FIRST))
    one = replace(deployed(0.0, seed=1), certificates=(certificate(0.9),))
    watching = summary([found(one, 1)], KIND)["watch"]
    assert watching["watched closely"]["alarms"] == 0
    close = watching["stress, watched closely"]
    assert (close["alarms"], close["false_alarms"], close["truly_above"]) == (1, 0, 1)
    assert close["wrong_since"] < watching["stress, certified"]["wrong_since"] / 2


def test_a_broken_promise_and_a_change_that_nobody_noticed_are_missed_bars() -> None:
    broken = replace(deployed(0.05, seed=1), certificates=(certificate(0.9),))
    told = summary([found(broken, 1)], KIND)
    assert any("kept alpha in 0 of 1" in sentence for sentence in network.missed(KIND, told, "steady"))
    unnoticed = told | {"watch": {name: {**one, "noticed": 0} for name, one in told["watch"].items()}}
    said = network.missed(KIND, unnoticed, "format-change")
    assert any("0 of 1 cells surely above alpha were noticed" in sentence for sentence in said)


def test_a_naive_threshold_never_parts_rows_that_score_alike() -> None:
    scores, errors = np.array([0.9, 0.9, 0.9, 0.5]), np.array([0, 0, 1, 0])
    assert naive_threshold(scores, errors, 0.1) is None
    assert naive_threshold(scores, errors, 0.25) == 0.5


def test_what_was_measured_of_a_network_is_kept_for_the_next_run(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for: list[int] = []

    def run(one: network_seed.Run) -> Mapping[str, Any]:
        asked_for.append(one.seed)
        kinds = {
            kind: found(deployed(0.001, seed=one.seed), one.seed)["kinds"][KIND]
            for kind in network_seed.KINDS
        }
        return {"policy": POLICY.version, "kinds": kinds}

    monkeypatch.setattr(network, "run", run)
    arguments = asked("routing", "--seeds", "1-2", "--claims", "100")
    arguments.data = None
    first, second = network.measure(arguments), network.measure(arguments)
    assert asked_for == [1, 2]
    assert first.figures == second.figures
    assert [str(table.title).split(":")[0].split(",")[0] for table in first.tables] == [
        "remittance-match", "remittance-match", "denial-risk", "denial-risk",
    ]  # fmt: skip
    path = Path(arguments.out) / "routing-network" / "steady-100-seed-1.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "policy": "policy-of-another-day"}))
    network.measure(arguments)
    assert asked_for == [1, 2, 1]


@pytest.mark.slow
def test_a_small_network_runs_through_from_end_to_end(simulated: Path) -> None:
    told = network_seed.run(network_seed.Run(7, 3_000, "steady"), simulated)
    assert date.fromisoformat(told["first"]) == date(2025, 4, 1)
    for kind, one in told["kinds"].items():
        assert one["items"] > 100, kind
        for lane, cells in one["lanes"].items():
            assert all(cell["wrong"] <= cell["automatic"] <= cell["items"] for cell in cells.values()), lane
