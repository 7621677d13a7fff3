"""When a rate changed: the day that parts a series best into two rates, once what was expected is taken out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
# Nats below the best day: days within it are as good at 95 %. A day is no smooth parameter, so that the drop is not the
# usual 1.92: the likelihood falls as a random walk on each side, and -ln(1 - sqrt(0.95)) = 3.7 covers both
# (Siegmund, Confidence sets in change-point problems, 1988).
DROP = 3.7
APART = 0.03  # of the expected denials that must lie on each side


@dataclass(frozen=True)
class Step:
    """The first day (a place in the series) of the new rate, those that are as good, and the evidence in nats."""

    day: int
    first: int
    last: int
    gain: float


def step(seen: Floats, expected: Floats) -> Step | None:
    """The best step of one series by day (d,); None where there is too little to part."""
    gains = step_gains(seen[None, :], expected[None, :])[0]
    if not gains.size or gains.max() <= 0:
        return None
    day = int(gains.argmax())
    near = np.flatnonzero(gains >= gains[day] - DROP)
    return Step(day, int(near[0]), int(near[-1]), float(gains[day]))


def step_gains(seen: Floats, expected: Floats) -> Floats:
    """For each series (s, d) and each day: how much better two rates explain it than one, in nats.

    Day 0 and days with too little on one side are 0.
    """
    before = np.cumsum(seen, axis=-1) - seen
    before_expected = np.cumsum(expected, axis=-1) - expected
    all_seen, all_expected = seen.sum(axis=-1, keepdims=True), expected.sum(axis=-1, keepdims=True)
    after, after_expected = all_seen - before, all_expected - before_expected
    gains = (
        _likelihood(before, before_expected)
        + _likelihood(after, after_expected)
        - _likelihood(all_seen, all_expected)
    )
    enough = np.minimum(before_expected, after_expected) >= APART * np.maximum(all_expected, 1e-9)
    return np.where(enough, np.maximum(gains, 0.0), 0.0)


def _likelihood(seen: Floats, expected: Floats) -> Floats:
    """The log-likelihood of a series at its own rate, but for what does not depend on the rate."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(seen > 0, seen * np.log(seen / np.maximum(expected, 1e-9)), 0.0)
