"""Ways to choose a threshold from labels: ours, what people do, and a public package with the same idea."""

from __future__ import annotations

import importlib.util

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr

from models.certification import certify, plan
from training.benchmarks.routing.mapie_peer import PEERS
from training.benchmarks.routing.simulated import ALPHA, DELTA, Choose, Labels
from training.metrics import Floats

OURS = "ours: planned walk, exact test"
NAIVE = "looked good on validation"
UNCORRECTED = "Clopper-Pearson at every threshold"
STEPS = 200


def ours(earlier: Labels, fresh: Labels) -> float | None:
    """Plan on the earlier window, certify on the fresh one."""
    thresholds = plan(earlier.scores, earlier.errors, fresh.scores.size, ALPHA, delta=DELTA)
    certified = certify(fresh.scores, fresh.errors, thresholds, ALPHA, DELTA)
    return None if certified is None else certified.threshold


def naive(_earlier: Labels, fresh: Labels) -> float | None:
    """The loosest threshold whose error rate on the fresh labels is no more than alpha."""
    ranked, wrong = _ranked(fresh)
    return _loosest(ranked, wrong <= ALPHA * np.arange(1, wrong.size + 1))


def uncorrected(_earlier: Labels, fresh: Labels) -> float | None:
    """The loosest of many thresholds that passes the exact test, as if it were the only one tried."""
    ranked, wrong = _ranked(fresh)
    n = np.linspace(ranked.size / STEPS, ranked.size, STEPS).astype(np.int64)
    return _loosest(ranked[n - 1], bdtr(wrong[n - 1].astype(np.float64), n, ALPHA) <= DELTA)


def choosers(deployments: int) -> dict[str, tuple[Choose, int]]:
    """Every way, with how many of the deployments it takes part in; MAPIE where it is installed."""
    always = {OURS: ours, NAIVE: naive, UNCORRECTED: uncorrected}
    found: dict[str, tuple[Choose, int]] = {name: (choose, deployments) for name, choose in always.items()}
    if importlib.util.find_spec("mapie") is None:
        return found
    return found | {name: (choose, min(times, deployments)) for name, (choose, times) in PEERS.items()}


def _ranked(labels: Labels) -> tuple[Floats, NDArray[np.int64]]:
    """Scores, highest first, and how many errors there are down to each."""
    order = np.argsort(-labels.scores, kind="stable")
    return labels.scores[order], np.cumsum(labels.errors[order])


def _loosest(ranked: Floats, good: NDArray[np.bool_]) -> float | None:
    """The lowest of the scores that are good."""
    numbers = np.flatnonzero(good)
    return float(ranked[numbers[-1]]) if numbers.size else None
