"""The curve of a cell agrees with the walk that certified it, and the pictures are drawn from it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
from scipy.stats import binom

from models.certificate_curves import Curve, fault_of
from models.certification import Step, labels_needed, walk
from tests.support.certificate_labels import Labels, certified
from training.thresholds.curves import naive_threshold
from training.thresholds.picture import draw_cell, draw_overview
from training.thresholds.wanted import LIKELY, labels_wanted


@pytest.fixture(scope="module")
def labels() -> Labels:
    return Labels.draw(0)


@pytest.fixture(scope="module")
def curve(labels: Labels) -> Curve:
    return certified(labels)[1]


@pytest.fixture(scope="module")
def refused() -> Curve:
    return certified(Labels.draw(1, prior=800, fresh=500))[1]


def test_the_certified_point_is_the_last_of_the_walk_that_passed(labels: Labels, curve: Curve) -> None:
    certificate, _ = certified(labels)
    assert curve.certified is not None
    assert (curve.certified.threshold, curve.certified.n, curve.certified.errors) == (
        certificate.threshold,
        certificate.n,
        certificate.errors,
    )
    assert curve.walked[-2] == curve.certified
    assert curve.stopped == curve.walked[-1]
    assert fault_of(curve) is None


def test_coverage_counts_all_items_of_the_cell(labels: Labels, curve: Curve) -> None:
    assert curve.points[-1].coverage == 1.0
    assert curve.labels == labels.fresh[0].size
    assert all(point.coverage == point.n / curve.labels for point in curve.points)


def test_an_item_without_a_score_counts_among_those_that_never_go(labels: Labels) -> None:
    half = Labels(labels.prior, (labels.fresh[0].copy(), labels.fresh[1]))
    half.fresh[0][::2] = np.nan
    assert certified(half)[1].points[-1].coverage == 0.5


def test_labels_a_day_are_those_of_the_window(curve: Curve) -> None:
    assert curve.labels_a_day == curve.labels / 60  # 1 January to 1 March


def test_the_naive_threshold_has_the_largest_coverage_that_looks_within_alpha(labels: Labels) -> None:
    scores, errors = labels.prior
    found = naive_threshold(scores, errors, 0.005)
    assert found is not None
    looks = [
        step for step in walk(scores, errors, sorted(scores, reverse=True)) if step.errors <= 0.005 * step.n
    ]
    assert found == max(looks, key=lambda step: step.n)


def test_the_naive_threshold_breaks_the_promise_in_about_half_of_all_deployments() -> None:
    truth = Labels.draw(99, prior=1, fresh=200_000).fresh
    broken = 0
    for seed in range(40):
        found = naive_threshold(*Labels.draw(seed, fresh=1).prior, 0.005)
        assert found is not None
        broken += truth[1][truth[0] >= found.threshold].mean() > 0.005
    assert 10 <= broken <= 34


def test_a_cell_without_labels_has_an_empty_curve_and_wants_what_one_error_takes() -> None:
    nothing = np.zeros(0)
    _, curve = certified(Labels((nothing, nothing), (nothing, nothing)))
    assert curve.points == curve.walked == ()
    assert curve.certified is None
    assert curve.naive is None
    assert curve.wanted == labels_needed(1, alpha=0.005, delta=0.025)
    assert curve.days_wanted is None
    assert fault_of(curve) is None


def test_so_many_labels_pass_as_often_as_is_said() -> None:
    wanted = labels_wanted([Step(0.9, 1999, 3)], 3998, alpha=0.005, level=0.05)
    assert wanted is not None
    n, rate = wanted // 2, 3.5 / 2000
    allowed = max(errors for errors in range(40) if binom.cdf(errors, n, 0.005) <= 0.05)
    assert binom.cdf(allowed, n, rate) >= LIKELY - 0.01
    assert binom.cdf(allowed - 1, labels_needed(allowed - 1, alpha=0.005, delta=0.05), rate) < LIKELY


def test_the_best_threshold_decides_how_many_are_wanted() -> None:
    strict, loose = Step(0.9, 1000, 0), Step(0.5, 4000, 40)
    alone = labels_wanted([strict], 4000, alpha=0.005, level=0.05)
    assert labels_wanted([strict, loose], 4000, alpha=0.005, level=0.05) == alone


def test_too_many_wrong_everywhere_is_no_number() -> None:
    assert labels_wanted([Step(0.9, 1000, 5), Step(0.5, 4000, 40)], 4000, alpha=0.005, level=0.05) is None


def test_a_handful_without_an_error_wants_what_one_error_takes_at_its_coverage() -> None:
    wanted = labels_wanted([Step(0.9, 50, 0)], 100, alpha=0.005, level=0.05)
    assert wanted == 2 * labels_needed(1, alpha=0.005, delta=0.05)


def test_every_sort_of_cell_is_drawn(tmp_path: Path, curve: Curve, refused: Curve) -> None:
    hopeless = msgspec.structs.replace(refused, wanted=None, naive=None)
    empty = msgspec.structs.replace(refused, points=(), walked=(), naive=None, labels=0)
    sizes = []
    for number, one in enumerate((curve, refused, hopeless, empty)):
        draw_cell(tmp_path / f"{number}.png", one)
        sizes.append((tmp_path / f"{number}.png").stat().st_size)
    assert min(sizes) > 10_000
    assert len(set(sizes)) == 4
    draw_overview(tmp_path / "overview.png", [curve, refused, hopeless, empty])
    draw_overview(tmp_path / "none.png", [])
    assert (tmp_path / "overview.png").stat().st_size > 10_000


def test_tied_scores_go_together_under_a_naive_threshold() -> None:
    assert naive_threshold([0.9, 0.5, 0.5], [0, 0, 1], 0.2) == Step(0.9, 1, 0)
    assert naive_threshold([0.9, 0.5, 0.5, np.nan], [0, 0, 1, 1], 0.4) == Step(0.5, 3, 1)
    assert naive_threshold([0.9], [1], 0.4) is None
    assert naive_threshold([], [], 0.4) is None
