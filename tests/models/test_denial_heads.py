"""Reasons to deny, a head each, and how they make one probability."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import logit

from features.denial_codes import CATEGORIES
from models.denial_heads import (
    FEWEST,
    PAID,
    Head,
    by_category,
    classes,
    heads_from_plain,
    heads_of,
    heads_to_plain,
    likely_carcs,
    likely_categories,
    log_probability,
    shares,
    weights,
)

MANY, FEW = FEWEST, FEWEST // 2 - 1
CARCS = [*["197"] * MANY, *["50"] * FEW, *["150"] * (MANY - FEW), *["18"] * FEW, *["22"] * 3, *[None] * 100]


def test_a_code_has_a_head_where_it_was_given_often_and_else_shares_one() -> None:
    heads = heads_of(CARCS)
    assert [head.category for head in heads] == ["authorization", "medical-necessity", "other"]
    assert heads[0].carcs == {"197": 1.0}
    assert heads[1].carcs == pytest.approx({"50": FEW / MANY, "150": 1 - FEW / MANY})
    assert set(heads[2].carcs) == {"18", "22"}


def test_every_claim_has_the_class_of_its_head() -> None:
    heads = heads_of(CARCS)
    assert classes(["197", "150", "22", None], heads).tolist() == [1, 2, 3, PAID]


def test_a_code_that_training_never_saw_is_of_the_last_head() -> None:
    assert classes(["B7"], heads_of(CARCS)).tolist() == [3]


def test_a_claim_is_denied_where_any_head_fires() -> None:
    fires = np.array([[0.5, 0.1, 0.2], [0.5, 0.0001, 0.3]])
    denied = np.exp(log_probability(logit(fires)))
    np.testing.assert_allclose(denied, [1 - 0.9 * 0.8, 1 - 0.9999 * 0.7])


def test_the_probability_does_not_depend_on_what_the_paid_class_says() -> None:
    one, other = (logit(np.array([[paid, 0.1, 0.2]])) for paid in (0.1, 0.9))
    assert log_probability(one) == log_probability(other)


def test_the_weights_are_the_slopes_of_the_whole() -> None:
    raw, step = np.array([[0.0, -2.0, -1.0, -4.0]]), 1e-6
    for head in range(3):
        moved = raw.copy()
        moved[0, head + 1] += step
        slope = (log_probability(moved) - log_probability(raw))[0] / step
        assert weights(raw)[0, head] == pytest.approx(slope, rel=1e-3)


def test_what_a_denial_would_be_about_adds_up_and_stands_in_order() -> None:
    heads = (
        Head("eligibility", {"27": 1.0}),
        Head("eligibility", {"31": 1.0}),
        Head("coding", {"11": 0.5, "4": 0.5}),
    )
    part = shares(logit(np.array([[0.5, 0.1, 0.1, 0.3]])))[0]
    categories, carcs = likely_categories(part, heads), likely_carcs(part, heads)
    assert [one.code for one in categories] == ["coding", "eligibility"]
    assert categories[0].probability == pytest.approx(0.6)
    assert [one.code for one in carcs] == ["11", "4", "27", "31"]
    assert sum(one.probability for one in carcs) == pytest.approx(1)
    table = by_category(part[None, :], [head.category for head in heads])
    assert table.sum() == pytest.approx(1)
    assert table[0, CATEGORIES.index("eligibility")] == pytest.approx(0.4)


def test_heads_survive_a_manifest() -> None:
    heads = heads_of(CARCS)
    assert heads_from_plain(heads_to_plain(heads)) == heads
