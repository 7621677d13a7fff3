"""When a figure is inside, near, outside, or not judged."""

from __future__ import annotations

import pytest

from training.fidelity import verdicts
from training.fidelity.figures import Published, Section
from training.fidelity.measured import Measured
from training.fidelity.verdicts import Verdict, compare, judge, misses, tally


@pytest.mark.parametrize(
    ("value", "low", "high", "of", "verdict"),
    [
        (0.15, 0.14, 0.16, 900, Verdict.INSIDE),
        (0.10, 0.08, 0.12, 900, Verdict.INSIDE),  # the ends belong to the range
        (0.20, 0.19, 0.21, 900, Verdict.INSIDE),
        (0.09, 0.08, 0.10, 900, Verdict.NEAR),
        (0.22, 0.19, 0.25, 900, Verdict.NEAR),
        (0.08, 0.07, 0.09, 900, Verdict.OUTSIDE),
        (0.30, 0.29, 0.31, 900, Verdict.OUTSIDE),
        (0.15, 0.10, 0.20, 29, Verdict.UNJUDGED),
    ],
)
def test_the_verdict_on_a_figure_against_ten_to_twenty_per_cent(
    value: float, low: float, high: float, of: int, verdict: Verdict
) -> None:
    assert judge(Measured(value, low, high, of), 0.10, 0.20) is verdict


def test_what_is_absent_is_not_judged() -> None:
    assert judge(None, 0.10, 0.20) is Verdict.UNJUDGED


def test_no_row_is_lost_and_every_miss_is_named() -> None:
    figures = [
        Published(name, name, "share", 0.1, 0.2, "several", "", "", ()) for name in ("in", "under", "none")
    ]
    measured = {"in": Measured(0.15, 0.14, 0.16, 900), "under": Measured(0.05, 0.04, 0.06, 900)}
    compared = compare([Section("s", "S", "", tuple(figures))], measured)
    [(_, rows)] = compared
    assert [row.published.name for row in rows] == ["in", "under", "none"]
    assert tally(rows) == {Verdict.INSIDE: 1, Verdict.NEAR: 0, Verdict.OUTSIDE: 1, Verdict.UNJUDGED: 1}
    [(_, missed)] = misses(compared)
    assert [verdicts.shown_gap(row) for row in missed] == ["5.0 points below"]
