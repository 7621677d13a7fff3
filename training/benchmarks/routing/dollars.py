"""Dollars: heavy-tailed amounts, errors likelier on large ones, and how often the dollar error rate breaks its target.

Amounts are log-normal up to the ceiling, above which a person decides. The error rate at a score is multiplied by
``amount ** 0.5`` over its mean, so that the dollar error rate lies above that of items by a known factor.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from features.progress import track
from models.certificates import Certified
from models.certification import certify, plan
from models.certification_money import certify_dollars, plan_dollars
from training.benchmarks.repeats import named_mean
from training.benchmarks.results import Row, table
from training.benchmarks.routing.parts import Part, prefixed
from training.benchmarks.routing.simulated import DELTA, Falling
from training.metrics import Floats, rate

TARGET = 0.01  # of the dollars that go without a look
N = 20_000
CEILING = 1_000_000  # cents
BANDS = (0, 50_000, 200_000, CEILING)  # cents
MEDIAN, SPREAD = 15_000.0, 1.1  # cents; of the logarithm
CURVE = Falling(height=0.11, slope=7.0, floor=0.001)
SHOWN = ("violated", "dollars_automated", "items_automated", "deployments")
HOPE, COUNTED = "count items and hope", "count items in value bands"
DOLLARS, ONE_BAND = "bet on dollars in value bands", "bet on dollars, one band"


@dataclass(frozen=True)
class Window:
    """Labels with amounts, (n,) each."""

    scores: Floats
    errors: NDArray[np.int64]
    cents: NDArray[np.int64]

    def of(self, low: int, high: int) -> Window:
        """The rows of one value band."""
        rows = (self.cents >= low) & (self.cents < high)
        return Window(self.scores[rows], self.errors[rows], self.cents[rows])


Choose = Callable[[Window, Window, int, float], Certified | None]  # earlier, fresh, ceiling, delta


def measure(arguments: argparse.Namespace) -> Part:
    """Every method on the same deployments."""
    broken = dict.fromkeys(METHODS, 0)
    dollars: dict[str, list[float]] = {name: [] for name in METHODS}
    items: dict[str, list[float]] = {name: [] for name in METHODS}
    for number in track(range(arguments.deployments), f"deployments of {N:,} amounts"):
        random = np.random.default_rng([arguments.seed, N, number])
        earlier, fresh = drawn(random), drawn(random)
        for name, (bands, choose) in METHODS.items():
            went = [_band(earlier, fresh, band, choose, DELTA / (len(bands) - 1)) for band in _pairs(bands)]
            wrong, posted, many = np.sum(went, axis=0)
            broken[name] += wrong > TARGET * posted
            dollars[name].append(posted)
            items[name].append(many)
    found = {
        name: rate("violated", broken[name], arguments.deployments)
        | named_mean("dollars_automated", dollars[name])
        | named_mean("items_automated", items[name])
        | {"deployments": float(arguments.deployments)}
        for name in METHODS
    }
    return _told(found)


def drawn(random: np.random.Generator) -> Window:
    """One window: amounts below the ceiling, and errors by score and amount."""
    amounts = np.exp(norm.ppf(random.random(N) * _below(CEILING)) * SPREAD) * MEDIAN
    scores = random.random(N)
    risk = np.minimum(CURVE.at(scores) * np.sqrt(amounts) / MEAN_ROOT, 1.0)
    return Window(scores, (random.random(N) < risk).astype(np.int64), amounts.astype(np.int64))


def _band(
    earlier: Window, fresh: Window, band: tuple[int, int], choose: Choose, delta: float
) -> tuple[float, float, float]:
    """What goes of a band: wrong dollars and dollars as shares of all dollars in truth, and the share of all items."""
    certified = choose(earlier.of(*band), fresh.of(*band), band[1], delta)
    if certified is None:
        return 0.0, 0.0, 0.0
    share = 1 - certified.threshold
    inside = (band[0] <= AMOUNTS) & (band[1] > AMOUNTS)
    of_dollars = AMOUNTS[inside].sum() / AMOUNTS.sum()
    factor = float((AMOUNTS[inside] ** 1.5).sum() / AMOUNTS[inside].sum() / MEAN_ROOT)
    posted = share * of_dollars
    return posted * factor * CURVE.above(1 - share), posted, share * inside.mean()


def _told(found: Mapping[str, dict[str, float]]) -> Part:
    rows = [Row(name, values) for name, values in found.items()]
    shown = table(f"Dollar error rate, target {TARGET:.0%}, {N:,} labels a window", rows, SHOWN, taken=False)
    part = Part("dollars", [shown], {"target": TARGET, "delta": DELTA})
    for name, values in found.items():
        part.figures.update(prefixed(name, values))
        if name in (DOLLARS, ONE_BAND) and values["violated"] > DELTA:
            part.missed.append(f"{name}: {values['violated']:.1%} violated; bar: at most {DELTA:.0%}")
    if found[HOPE]["violated"] <= 0.45:
        part.missed.append("a count of items was not seen to break the dollar target")
    return part


def _pairs(bands: tuple[int, ...]) -> list[tuple[int, int]]:
    return list(itertools.pairwise(bands))


def _below(cents: float) -> float:
    """The share of amounts that are below, before the ceiling cuts."""
    return float(norm.cdf(np.log(cents / MEDIAN) / SPREAD))


def _counted(earlier: Window, fresh: Window, _ceiling: int, delta: float) -> Certified | None:
    thresholds = plan(earlier.scores, earlier.errors, fresh.scores.size, TARGET, delta=delta)
    return certify(fresh.scores, fresh.errors, thresholds, TARGET, delta)


def _bet(earlier: Window, fresh: Window, ceiling: int, delta: float) -> Certified | None:
    before = earlier.scores, earlier.errors, earlier.cents
    thresholds = plan_dollars(*before, fresh.scores.size, TARGET, delta=delta, ceiling=ceiling)
    now = fresh.scores, fresh.errors, fresh.cents
    return certify_dollars(*now, thresholds, TARGET, delta, ceiling=ceiling)


AMOUNTS = np.exp(norm.ppf((np.arange(200_000) + 0.5) / 200_000 * _below(CEILING)) * SPREAD) * MEDIAN
"""Evenly over the law of amounts: sums over these are the truth."""
MEAN_ROOT = float(np.sqrt(AMOUNTS).mean())
METHODS: dict[str, tuple[tuple[int, ...], Choose]] = {
    HOPE: ((0, CEILING), _counted),
    COUNTED: (BANDS, _counted),
    DOLLARS: (BANDS, _bet),
    ONE_BAND: ((0, CEILING), _bet),
}
