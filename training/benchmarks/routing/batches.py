"""Errors that hang together in batches: all rows as if independent, one row a batch, or a bet on whole batches.

Errors of one batch have an intraclass correlation of 0.3, and their batch says nothing of their scores: a row takes a
number that its batch drew, in the share sqrt(0.3) of rows, or one of its own, and is wrong where that lies below its
risk. One row a batch, and a batch as one, promise something of a random row of a random batch; risk does not depend on
how large a batch is here, so this is the item error rate, too.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.progress import track
from models.certificates import Certified
from models.certification import certify, one_per_batch, plan
from models.certification_batches import certify_batches, plan_batches
from training.benchmarks.results import Row, table
from training.benchmarks.routing.parts import Part, prefixed
from training.benchmarks.routing.simulated import (
    ALPHA,
    DELTA,
    Curve,
    Falling,
    Flat,
    Labels,
    Tally,
    figures,
    oracle,
)
from training.metrics import Floats

CORRELATION = 0.3
ROWS, MOST = 8, 40  # in a batch, on average and at most, where sizes differ; geometric
EVEN = 10
SHARE = 2  # one deployment of this many: there are six worlds
COUNTS = (300, 1_000, 3_000, 5_000)
SHOWN = ("violated", "automated", "of_oracle", "deployments")
AS_IF, ONCE = "all rows as if independent", "one row a batch"
WHOLE, EVENLY = "bet on batches, by rows", "bet on batches, each as one"


@dataclass(frozen=True)
class Batched:
    """Labels of one window, and the batch of each."""

    labels: Labels
    batches: NDArray[np.intp]
    count: int

    def once(self) -> Labels:
        """One row of each batch."""
        rows = one_per_batch(self.batches, seed=0)
        return Labels(self.labels.scores[rows], self.labels.errors[rows])


def measure(arguments: argparse.Namespace) -> Part:
    """Every method, at several numbers of batches, under falling and under flat risk."""
    part = Part("batches", [], {"alpha": ALPHA, "delta": DELTA, "intraclass_correlation": CORRELATION})
    times = max(2, arguments.deployments // SHARE)
    fails = False
    for name, curve, sizes, count in _worlds():
        tallies = deployed(curve, sizes, count, times, arguments.seed)
        found = {method: figures(tally, oracle(curve, ALPHA)) for method, tally in tallies.items()}
        title = f"{count:,} batches of {sizes} sizes, {name} risk, intraclass correlation {CORRELATION}"
        rows = [Row(method, values) for method, values in found.items()]
        part.tables.append(table(title, rows, SHOWN, taken=False))
        for method, values in found.items():
            part.figures.update(prefixed(f"{method} {name} {sizes} {count}", values))
        fails |= found[AS_IF]["violated_low"] > DELTA
        part.missed.extend(_missed(title, found))
    if not fails:
        part.missed.append("rows taken as if independent were not seen to break the promise")
    return part


def drawn(random: np.random.Generator, curve: Curve, sizes: str, count: int) -> Batched:
    """One window of so many batches; ``sizes`` are "even" or "uneven"."""
    even = np.full(count, EVEN)
    size = even if sizes == "even" else np.minimum(random.geometric(1 / ROWS, count), MOST)
    batches = np.repeat(np.arange(count), size)
    scores, own = random.random((2, batches.size))
    shared = random.random(batches.size) < np.sqrt(CORRELATION)
    luck = np.where(shared, random.random(count)[batches], own)
    return Batched(Labels(scores, (luck < curve.at(scores)).astype(np.int64)), batches, count)


def deployed(curve: Curve, sizes: str, count: int, times: int, seed: int) -> dict[str, Tally]:
    """Every method on the same windows."""
    tallies = {method: Tally() for method in METHODS}
    for number in track(range(times), f"deployments of {count:,} batches"):
        random = np.random.default_rng([seed, count, number])
        earlier, fresh = drawn(random, curve, sizes, count), drawn(random, curve, sizes, count)
        for method, choose in METHODS.items():
            certified = choose(earlier, fresh)
            tallies[method].add(certified.threshold if certified else None, curve, ALPHA)
    return tallies


def _worlds() -> list[tuple[str, Curve, str, int]]:
    low = Falling(height=0.05, slope=7.0, floor=0.0005)
    falling: list[tuple[str, Curve, str, int]] = [("falling", low, "uneven", count) for count in COUNTS]
    return [
        *falling,
        ("falling", low, "even", COUNTS[-1]),
        ("flat", Flat(1.02 * ALPHA), "uneven", COUNTS[1]),
    ]


def _missed(title: str, found: dict[str, dict[str, float]]) -> list[str]:
    return [
        f"{method}: {values['violated']:.1%} violated at {title}; bar: {DELTA:.0%} is not refuted"
        for method, values in found.items()
        if method != AS_IF and values["violated_low"] > DELTA
    ]


def _as_if(earlier: Batched, fresh: Batched) -> Certified | None:
    return _counted(earlier.labels, fresh.labels)


def _once(earlier: Batched, fresh: Batched) -> Certified | None:
    return _counted(earlier.labels, fresh.once())


def _counted(earlier: Labels, fresh: Labels) -> Certified | None:
    thresholds = plan(earlier.scores, earlier.errors, fresh.scores.size, ALPHA, delta=DELTA)
    return certify(fresh.scores, fresh.errors, thresholds, ALPHA, DELTA)


def _bet(earlier: Batched, fresh: Batched, largest: int) -> Certified | None:
    thresholds = plan_batches(*_columns(earlier), fresh.count, ALPHA, delta=DELTA, largest=largest)
    return certify_batches(*_columns(fresh), thresholds, ALPHA, DELTA, largest=largest)


def _columns(window: Batched) -> tuple[Floats, NDArray[np.int64], NDArray[np.intp]]:
    return window.labels.scores, window.labels.errors, window.batches


METHODS: dict[str, Callable[[Batched, Batched], Certified | None]] = {
    AS_IF: _as_if,
    ONCE: _once,
    WHOLE: lambda earlier, fresh: _bet(
        earlier, fresh, MOST if np.bincount(fresh.batches).max() > EVEN else EVEN
    ),
    EVENLY: lambda earlier, fresh: _bet(earlier, fresh, 1),
}
