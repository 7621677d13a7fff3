"""The e-detector of one cell: fed with checks of its automatic items, it says when they are too often wrong."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from features.errors import BadInputError
from models.monitoring.mixture import NEAR, Mixture
from models.monitoring.run_length import standard_threshold

FORMAT = 2
EARLIER = 1  # had the far bets alone


class DetectorState(Struct, frozen=True, forbid_unknown_fields=True):
    """All that a detector remembers, in plain values; ``msgspec.json`` writes and reads it."""

    alpha: float
    threshold: float  # the level of an alarm
    levels: tuple[float, ...]  # logarithms of the Shiryaev-Roberts statistics, one a bet
    sums: tuple[float, ...]  # the bets' cumulative sums since they last stood at 0, for the moment of change
    since: tuple[int, ...]  # checks before those sums began
    checked: int = 0
    wrong: int = 0
    alarmed_at: int | None = None  # checks at the alarm
    format: int = FORMAT
    shares: bool = False  # whether it bets on shares of items that may depend on each other


class EDetector:
    """Watches whether items are wrong more often than ``alpha``, from checks of a random sample of them.

    While no check is wrong with a chance above alpha, given all checks before it, whatever their order, the chance of
    an alarm within 12,000 checks is at most 5 % at the default threshold (``standard_threshold``), and the
    mean number of checks until one is at least ``threshold - head_start`` at any (``models.monitoring.run_length``).

    >>> detector = EDetector(0.005)
    >>> detector.update(600, 2), detector.update(600, 14)
    (False, True)
    >>> EDetector.resume(detector.state).alarmed
    True
    """

    def __init__(self, alpha: float, *, threshold: float | None = None, shares: bool = False) -> None:
        """With ``shares`` for ``update_together``, else for ``update``; no threshold but single checks' is known.

        Raises BadInputError where alpha is not inside 0..0.5, or the threshold could be passed without an error.
        """
        self._mixture = Mixture.of(alpha, shares=shares)
        level = standard_threshold(alpha) if threshold is None else float(threshold)
        if not self._mixture.quiet < level < math.inf:
            raise BadInputError("the threshold is one that checks without an error could pass", "threshold")
        zeros = (0.0,) * self._mixture.log_wrong.size
        start = tuple(map(float, self._mixture.start()))
        self._state = DetectorState(alpha, level, start, zeros, (0,) * len(zeros), shares=shares)

    @staticmethod
    def resume(state: DetectorState) -> EDetector:
        """The detector that had this state; raises BadInputError where none of this release or the one before can have.

        One of the release before goes on with the bets that it had, and begins those that are new.
        """
        state = _renewed(state) if state.format == EARLIER else state
        detector = EDetector(state.alpha, threshold=state.threshold, shares=state.shares)
        lengths = {len(state.levels), len(state.sums), len(state.since), len(detector._state.levels)}
        sound = np.isfinite(state.levels).all() and np.isfinite(state.sums).all()
        if state.format != FORMAT or len(lengths) > 1 or not sound or not 0 <= state.wrong <= state.checked:
            raise BadInputError("this is no state of a detector of this release", "state", "start a new one")
        detector._state = state
        return detector

    def update(self, checked: int, wrong: int) -> bool:
        """Take ``checked`` more checks, ``wrong`` of them wrong; True where there is an alarm, now or before.

        Raises BadInputError for impossible counts. Checks that come together count as one lot, whatever their order.
        """
        if checked < 0 or not 0 <= wrong <= checked:
            raise BadInputError("of the checks, none to all may be wrong", "wrong")
        if checked:
            self._state = self._after(checked, wrong)
        return self.alarmed

    def update_together(self, count: int, wrong: int) -> bool:
        """Take ``count`` items that may depend on each other, ``wrong`` of them wrong, as one bet on their share.

        True where there is an alarm, now or before. What holds of a check in a row of checks holds of the mean share:
        while it is at most alpha given all that came before, the statistic less the number of bets falls on average.
        Which items are taken together must not depend on how they came out. Raises BadInputError for impossible counts.
        """
        if count < 0 or not 0 <= wrong <= count:
            raise BadInputError("of the items, none to all may be wrong", "wrong")
        if count:
            bets = self._mixture.bets_on(np.array(wrong / count))
            levels = np.logaddexp(np.array(self._state.levels), 0.0) + bets
            self._state = self._moved(levels, bets, count, wrong)
        return self.alarmed

    def looked_ahead(self, lots: Iterable[tuple[int, int]]) -> EDetector:
        """Another that took these lots of items (count, wrong) together, up to an alarm; this one does not move."""
        ahead = EDetector.resume(self._state)
        for count, wrong in lots:
            if ahead.update_together(count, wrong):
                break
        return ahead

    @property
    def state(self) -> DetectorState:
        """What it remembers."""
        return self._state

    @property
    def alarmed(self) -> bool:
        """Whether there has been an alarm; it stays."""
        return self._state.alarmed_at is not None

    @property
    def level(self) -> float:
        """The logarithm of the statistic as a share of that of the threshold: an alarm at 1, 0 or less is quiet."""
        together = float(self._mixture.together(np.array(self._state.levels)))
        return together / math.log(self._state.threshold)

    @property
    def statistic(self) -> float:
        """The mixture of Shiryaev-Roberts statistics."""
        return math.exp(min(float(self._mixture.together(np.array(self._state.levels))), 700.0))

    @property
    def changed_after(self) -> int:
        """How many checks came before the likeliest moment of change: where the best bet's sum last stood at 0."""
        return self._state.since[int(np.argmax(self._state.sums))]

    def _after(self, checked: int, wrong: int) -> DetectorState:
        mixture = self._mixture
        levels = mixture.advance(np.array(self._state.levels), np.array(checked), np.array(wrong))
        bets = wrong * mixture.log_wrong + (checked - wrong) * mixture.log_right
        return self._moved(levels, bets, checked, wrong)

    def _moved(
        self, levels: NDArray[np.float64], bets: NDArray[np.float64], checked: int, wrong: int
    ) -> DetectorState:
        before = self._state
        alarm = float(self._mixture.together(levels)) >= math.log(before.threshold)
        sums = np.maximum(np.array(before.sums) + bets, 0.0)
        count = before.checked + checked
        first = count if alarm and before.alarmed_at is None else before.alarmed_at
        return DetectorState(
            alpha=before.alpha,
            threshold=before.threshold,
            levels=tuple(map(float, levels)),
            sums=tuple(map(float, sums)),
            since=_since(before.since, sums, count),
            checked=count,
            wrong=before.wrong + wrong,
            alarmed_at=first,
            shares=before.shares,
        )


def _since(before: tuple[int, ...], sums: NDArray[np.float64], count: int) -> tuple[int, ...]:
    return tuple(count if total <= 0 else start for start, total in zip(before, sums, strict=True))


def _renewed(state: DetectorState) -> DetectorState:
    """A statistic that begins later has added up less, so the promise stands; the threshold is never lowered."""
    mixture = Mixture.of(state.alpha)
    new = mixture.log_wrong.size - len(state.levels)
    if new != len(NEAR):
        return state
    return replace(
        state,
        threshold=max(state.threshold, standard_threshold(state.alpha)),
        levels=(*map(float, mixture.start()[:new]), *state.levels),
        sums=(0.0,) * new + state.sums,
        since=(state.checked,) * new + state.since,
        format=FORMAT,
    )
