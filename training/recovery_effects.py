"""Fit the effects of ``models.recovery_effects``: the most likely ones, given the outcomes and the priors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_array, hstack
from scipy.special import expit

from features.recovery_columns import Columns, Floats, Integers, Rows
from models.recovery_effects import UNKNOWN, Effects, Group, codes_of, keys_of, place_of


class Priors(NamedTuple):
    """Standard deviations in log-odds: how large an effect may be before the rows have spoken."""

    single: float  # of a value of one column
    pair: float  # of a pair of values
    step: float  # of the level, from one period to the next
    drift: float  # of a value's effect, from one block of periods to the next
    pair_drift: float  # the same of a pair, where both columns lie within no other


DRIFTING = Priors(0.4, 0.1, 0.15, 0.15, 0.1)  # the best of several for external reviews, 2009 to 2014
STEADY = Priors(0.2, 0.2, 0.05, 0.0, 0.0)  # for payers that decide as they always did, and few rows
BLOCKS = 8  # of about equally many periods, at most
BINS = 6  # of an ordered column
FEWEST = 2  # rows of a key that has an effect of its own
ITERATIONS = 60


class Part(NamedTuple):
    """A group's columns in the design: its keys, their scale, and how far they drift, 0 for not at all."""

    group: Group
    scale: float
    drift: float


def fit_effects(rows: Rows, outcomes: Floats, priors: Priors) -> Effects:
    """Learn from rows and their outcomes, (n,) of 0 or 1."""
    edges = {name: _edges(rows.numbers[name]) for name in rows.columns.ordinal}
    periods = np.unique(rows.period)
    starts = _starts(periods)
    parts = _parts(rows, edges, priors)
    design = hstack(
        [_steps(rows.period, periods, priors), *(_design(rows, part, edges, starts) for part in parts)],
        format="csr",
    )
    weights = _most_likely(design, outcomes)
    level, tables = _unpacked(weights[1:], parts, priors, periods, starts)
    return Effects(
        base=float(weights[0]),
        periods=periods,
        level=level,
        starts=starts,
        groups=tuple(part.group for part in parts),
        tables=tuple(tables),
        edges=edges,
    )


def groups_of(columns: Columns) -> list[tuple[str, ...]]:
    """Every column, and the crossed pairs of them."""
    return [*((name,) for name in (*columns.categorical, *columns.ordinal)), *columns.pairs()]


def _parts(rows: Rows, edges: dict[str, list[float]], priors: Priors) -> list[Part]:
    parts = []
    for columns in groups_of(rows.columns):
        counts = Counter(keys_of(rows, columns, edges))
        keys = tuple(sorted(key for key, count in counts.items() if count >= FEWEST))
        parts.append(Part(Group(columns, keys), *_priors(rows.columns, columns, priors)))
    return parts


def _priors(all_columns: Columns, group: tuple[str, ...], priors: Priors) -> tuple[float, float]:
    """The scale and the drift of a group."""
    if len(group) == 1:
        return priors.single, priors.drift
    inner = {name for name, _ in all_columns.within}
    return priors.pair, priors.pair_drift if inner.isdisjoint(group) else 0.0


def _edges(values: Floats) -> list[float]:
    """Cuts between bins of about equally many rows."""
    known = values[~np.isnan(values)]
    if not known.size:
        return []
    return [float(cut) for cut in np.unique(np.quantile(known, np.arange(1, BINS) / BINS, method="nearest"))]


def _starts(periods: Integers) -> Integers:
    """The first period of each block."""
    blocks = min(BLOCKS, periods.size)
    return np.array([part[0] for part in np.array_split(periods, blocks)], dtype=np.int64)


def _steps(period: Integers, periods: Integers, priors: Priors) -> csr_array:
    """The steps of the level that lie behind each row, (n, periods - 1)."""
    return csr_array(priors.step * (period[:, None] >= periods[None, 1:]).astype(np.float64))


def _design(rows: Rows, part: Part, edges: dict[str, list[float]], starts: Integers) -> csr_array:
    """A column a key, (n, keys); and for those that drift another for each later block that was reached."""
    code = codes_of(keys_of(rows, part.group.columns, edges), part.group.keys)
    block = place_of(rows.period, starts)
    pieces = [_column(code, code != UNKNOWN, part.scale, len(part.group.keys))]
    for number in range(1, starts.size if part.drift else 1):
        reached = (code != UNKNOWN) & (block >= number)
        pieces.append(_column(code, reached, part.drift, len(part.group.keys)))
    return csr_array(hstack(pieces, format="csr"))


def _column(code: NDArray[np.intp], there: NDArray[np.bool_], scale: float, width: int) -> csr_array:
    places = np.flatnonzero(there)
    return csr_array((np.full(places.size, scale), (places, code[places])), shape=(code.size, width))


def _most_likely(design: csr_array, outcomes: Floats) -> Floats:
    """Penalised maximum likelihood: the base rate is free, all else has a standard normal prior."""

    def loss(weights: Floats) -> tuple[float, Floats]:
        odds = design @ weights[1:] + weights[0]
        value = np.sum(np.logaddexp(0.0, odds) - outcomes * odds) + 0.5 * np.sum(weights[1:] ** 2)
        residual = expit(odds) - outcomes
        return float(value), np.concatenate([[residual.sum()], design.T @ residual + weights[1:]])

    found: Any = minimize(
        loss,
        x0=np.zeros(design.shape[1] + 1),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": ITERATIONS},
    )
    return np.asarray(found.x, dtype=np.float64)


def _unpacked(
    weights: Floats, parts: Sequence[Part], priors: Priors, periods: Integers, starts: Integers
) -> tuple[Floats, list[Floats]]:
    """The level of each period and each group's table: the steps summed up, in log-odds."""
    level = np.concatenate([[0.0], np.cumsum(priors.step * weights[: periods.size - 1])])
    place, tables = periods.size - 1, []
    for part in parts:
        blocks = starts.size if part.drift else 1
        width = len(part.group.keys)
        steps = weights[place : place + blocks * width].reshape(blocks, width).copy()
        steps[0] *= part.scale
        steps[1:] *= part.drift
        tables.append(np.cumsum(steps, axis=0).T.copy())
        place += blocks * width
    return level, tables
