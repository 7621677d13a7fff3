"""How often what went without a look was wrong, before and after, and the difference of the two on the same items.

Only honest days and known outcomes count. Rates of items have the exact interval of Clopper and Pearson; rates of
dollars and differences a bootstrap that draws whole remittances, as errors within one hang together.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from training.metrics import HIGH, LOW, exact_interval, resampled
from training.whatif.replay import Replay, Side
from training.whatif.rows import UNKNOWN

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
RESAMPLES, AT_ONCE = 1000, 100
COLUMNS = 9  # of ``_sums``


class Estimate(Struct, frozen=True):
    """A rate or a difference of rates with its interval at 95 %."""

    value: float
    low: float
    high: float


class Errors(Struct, frozen=True, kw_only=True):
    """The automatic lane of one side; no estimate where nothing that went was checked."""

    went: int  # items without a look on honest days
    checked: int  # of these, with a known outcome
    wrong: int
    rate: Estimate | None
    dollars: Estimate | None  # of the dollars that went, the share on items that were wrong


class Difference(Struct, frozen=True, kw_only=True):
    """After less before, on the same checked items."""

    rate: Estimate | None  # of the error rates; None where either side lets nothing go
    dollars: Estimate | None
    per_thousand: Estimate | None  # wrong without a look of 1,000 items of the kind, let go or not


def compared(replay: Replay, *, seed: int) -> tuple[Errors, Errors, Difference]:
    """Both sides and their difference."""
    draws, whole = _drawn(replay, seed)
    sides = [
        _errors(side, replay.honest, draws[:, column : column + 2], whole[column : column + 2])
        for side, column in ((replay.before, 4), (replay.after, 6))
    ]
    return sides[0], sides[1], _difference(replay, draws, whole)


def rate_of(errors: NDArray[np.int64]) -> Estimate | None:
    """The error rate of rows of which some are known; None where none is."""
    known = errors[errors != UNKNOWN]
    if not known.size:
        return None
    wrong = int((known == 1).sum())
    return Estimate(wrong / known.size, *exact_interval(wrong, known.size))


def _errors(side: Side, honest: Flags, draws: Floats, whole: Floats) -> Errors:
    went = side.automatic() & honest
    errors, cents = side.rows.errors[went], side.rows.cents()[went]
    known = errors != UNKNOWN
    wrong = int((errors[known] == 1).sum())
    return Errors(
        went=int(went.sum()),
        checked=int(known.sum()),
        wrong=wrong,
        rate=rate_of(errors),
        dollars=_dollars(wrong, cents[known], draws, whole),
    )


def _dollars(wrong: int, cents: NDArray[np.int64], draws: Floats, whole: Floats) -> Estimate | None:
    """The share of dollars; where none was wrong the bound of the rate, were all errors as large as the largest."""
    if not cents.sum():
        return None
    if not wrong:
        _, most = exact_interval(0, cents.size)
        return Estimate(0.0, 0.0, min(1.0, float(most * cents.max() / cents.mean())))
    return _estimate(float(whole[0] / whole[1]), _ratio(draws[:, 0], draws[:, 1]))


def _difference(replay: Replay, draws: Floats, whole: Floats) -> Difference:
    def of(wrong: tuple[int, int], of: tuple[int, int]) -> Estimate | None:
        if not (whole[of[0]] and whole[of[1]]):
            return None
        spread = _ratio(draws[:, wrong[1]], draws[:, of[1]]) - _ratio(draws[:, wrong[0]], draws[:, of[0]])
        return _estimate(float(whole[wrong[1]] / whole[of[1]] - whole[wrong[0]] / whole[of[0]]), spread)

    return Difference(
        rate=of((0, 2), (1, 3)), dollars=of((4, 6), (5, 7)), per_thousand=_per_thousand(replay, draws, whole)
    )


def _per_thousand(replay: Replay, draws: Floats, whole: Floats) -> Estimate | None:
    """Widened by what the exact interval says of items newly let go, or newly kept, of which none was wrong."""
    if not whole[8]:
        return None
    checked = float(whole[8])
    plain = _estimate(float(whole[2] - whole[0]) / checked, _ratio(draws[:, 2] - draws[:, 0], draws[:, 8]))
    before, after = replay.before.automatic(), replay.after.automatic()
    newly = _unseen(replay.after.rows.errors[after & ~before & replay.honest]) / checked
    no_more = _unseen(replay.before.rows.errors[before & ~after & replay.honest]) / checked
    low, high = min(plain.low, plain.value - no_more), max(plain.high, plain.value + newly)
    return Estimate(plain.value * 1000, low * 1000, high * 1000)


def _unseen(errors: NDArray[np.int64]) -> float:
    """How many of the checked ones could be wrong though none is; 0 where one is, as chance then shows itself."""
    known = errors[errors != UNKNOWN]
    return 0.0 if not known.size or known.any() else exact_interval(0, known.size)[1] * known.size


def _drawn(replay: Replay, seed: int) -> tuple[Floats, Floats]:
    """Sums of each resample (RESAMPLES, COLUMNS), and of the data as it is (COLUMNS,)."""
    sums = _sums(replay)
    if not len(sums):
        return np.zeros((RESAMPLES, COLUMNS)), np.zeros(COLUMNS)
    parts = [resampled(len(sums), AT_ONCE, seed=seed + part) @ sums for part in range(RESAMPLES // AT_ONCE)]
    return np.concatenate(parts), np.asarray(sums.sum(axis=0))


def _sums(replay: Replay) -> Floats:
    """For each remittance: wrong, went before; the same after; cents of the four; and what was checked at all."""
    before, after = replay.before, replay.after
    checked = replay.honest & (before.rows.errors != UNKNOWN) & (after.rows.errors != UNKNOWN)
    columns: list[Floats] = []
    for unit in (np.ones(len(before.rows)), before.rows.cents().astype(np.float64)):
        for side in (before, after):
            went = side.automatic() & checked
            columns += [unit * (went & (side.rows.errors == 1)), unit * went]
    columns.append(checked.astype(np.float64))
    places = _places(np.asarray(before.rows.batches, dtype=object)[checked])
    return np.column_stack([np.bincount(places, weights=column[checked]) for column in columns])


def _places(batches: Iterable[object]) -> NDArray[np.intp]:
    found: dict[object, int] = {}
    return np.array([found.setdefault(batch, len(found)) for batch in batches], dtype=np.intp)


def _ratio(above: Floats, below: Floats) -> Floats:
    quotient = np.zeros(above.shape)
    np.divide(above, below, out=quotient, where=below > 0)
    return quotient


def _estimate(value: float, spread: Floats) -> Estimate:
    low, high = np.quantile(spread, (LOW, HIGH))
    return Estimate(value, min(float(low), value), max(float(high), value))
