"""The reasons of a match: they never contradict one another."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from features.match_pairs import FEATURES
from models.match_reasons import reasons

NO_OTHER, ANOTHER = "No other claim fits as well.", "Another claim fits as well as this one."
OTHERS_ONLY = np.array([2.0 if group == "other-candidates" else 0.0 for group in FEATURES.values()])


def test_where_a_sibling_is_as_good_nothing_is_said_of_how_others_fit() -> None:
    told = [reason.text for reason in reasons(OTHERS_ONLY, (0.45, 0.45), 0.1)]
    assert told == [ANOTHER]
    assert [reason.text for reason in reasons(-OTHERS_ONLY, (0.45, 0.45), 0.1)] == [ANOTHER]


def test_a_claim_that_stands_alone_is_said_to() -> None:
    assert [reason.text for reason in reasons(OTHERS_ONLY, (0.9, 0.05), 0.05)] == [NO_OTHER]


@given(
    weights=st.lists(st.floats(-3, 3), min_size=len(FEATURES), max_size=len(FEATURES)),
    best=st.floats(0.05, 0.6),
    share=st.floats(0, 1),
)
def test_no_reason_contradicts_another(weights: list[float], best: float, share: float) -> None:
    runner_up = best * share * min(1.0, (1 - best) / best)
    told = {reason.text for reason in reasons(np.array(weights), (best, runner_up), 1 - best - runner_up)}
    assert not {NO_OTHER, ANOTHER} <= told
