"""Weights as they are drawn: from the middle, the largest filling its half."""

from __future__ import annotations

import pytest

from features.evidence import FieldEvidence, Reason
from serving.pages.weights import besides, drawn, largest


def test_the_largest_fills_its_half_and_the_others_have_its_scale() -> None:
    rows = [FieldEvidence("charge", "1", "1", "exact", None, weight) for weight in (2.0, -4.0, None)]
    most = largest(rows)
    assert most == 4.0
    shown = [drawn(row.weight, most) for row in rows]
    assert [(one.figure, one.start, one.length) for one in shown if one] == [
        ("+2.0", 0.0, 25.0),
        ("−4.0", -50.0, 50.0),
    ]
    assert shown[2] is None


@pytest.mark.parametrize("weight", [0.0, 0.04, -0.049])
def test_a_slight_weight_is_drawn_as_none(weight: float) -> None:
    one = drawn(weight, 3.0)
    assert one is not None
    assert (one.figure, one.length, one.says) == ("0", 0.0, "says nothing")


def test_what_weighs_in_besides_is_told_with_its_figure() -> None:
    rows = (
        Reason("a", "It fits.", 1.25),
        Reason("b", "It is late.", -0.01),
        Reason("base", "The start.", -5.0),
    )
    assert besides(rows) == (("It fits", "+1.2"), ("The start", "−5.0"))
