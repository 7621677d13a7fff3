"""On which lines of a claim a denial falls is learnt from the lines that were denied."""

from __future__ import annotations

import random

import numpy as np

from features.denial_codes import CATEGORIES
from features.denial_history.outcome import Outcome
from features.denial_history.rate_history import SERVICE_RATES
from features.denial_lines import line_rows
from tests.support.builders import make_claim, make_claim_line
from training.denial_lines import DeniedClaim, examples, learn_lines
from training.metrics import auc

AUTHORIZATION = frozenset({"authorization"})
CLAIM = make_claim(
    lines=tuple(make_claim_line(number=n, procedure=code, modifiers=()) for n, code in enumerate("AB", 1))
)


def denied_claims(count: int, *, seed: int) -> list[DeniedClaim]:
    """Denied on the line whose authorization rate is the higher, but for a fifth, which is denied as a whole."""
    chosen = random.Random(seed)
    found = []
    for _ in range(count):
        rates = {code: tuple(chosen.random() for _ in SERVICE_RATES) for code in "AB"}
        place = SERVICE_RATES.index("authorization_payer_service")
        asked = max("AB", key=lambda code: rates[code][place])
        lines = "AB" if chosen.random() < 0.2 else asked
        found.append(
            DeniedClaim(
                CLAIM, Outcome(AUTHORIZATION, dict.fromkeys(lines, AUTHORIZATION), ("197",), ()), rates
            )
        )
    return found


def shares(count: int) -> np.ndarray:
    return np.full((count, len(CATEGORIES)), 1 / len(CATEGORIES))


def test_the_line_that_gave_the_reason_is_found() -> None:
    booster = learn_lines(denied_claims(600, seed=1), shares(600), seed=0)
    assert booster is not None
    rows, fell = examples(denied_claims(200, seed=2), shares(200))
    said = np.asarray(booster.predict(rows))
    assert auc(said, fell, np.ones((1, fell.size)))[0] > 0.85
    assert abs(said.mean() - fell.mean()) < 0.05


def test_of_too_few_denials_nothing_is_learnt() -> None:
    assert learn_lines(denied_claims(20, seed=1), shares(20), seed=0) is None
    assert learn_lines([], shares(0), seed=0) is None


def test_a_claim_that_was_denied_as_a_whole_fell_on_every_line() -> None:
    whole = Outcome(AUTHORIZATION, dict.fromkeys("AB", AUTHORIZATION), ("197",), ())
    rates = dict.fromkeys("AB", (0.1,) * len(SERVICE_RATES))
    assert DeniedClaim(CLAIM, whole, rates).fell.tolist() == [1, 1]
    assert line_rows(CLAIM, rates, shares(1)[0]).shape[0] == 2
