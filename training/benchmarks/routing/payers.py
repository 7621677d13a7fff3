"""Fifteen payers certified at once: how often does any break its promise, and how much goes by itself?"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from features.progress import track
from training.benchmarks.parts import Part
from training.benchmarks.repeats import named_mean
from training.benchmarks.results import cell
from training.benchmarks.routing import payers_worst
from training.benchmarks.routing.payers_methods import ALPHA, DELTA, METHODS
from training.benchmarks.routing.payers_world import deployment
from training.metrics import rate

Floats = NDArray[np.float64]
LABELS = (10_000, 40_000)
OURS, SPLIT, NAIVE = "closed, pooled", "delta / 15", "naive"
SEEN = 0.45  # of deployments: thresholds without a test must be seen to fail this often


def measure(arguments: argparse.Namespace) -> Part:
    """Deployments with 10,000 and 40,000 labels in all, by every method; then the hardest settings for ours."""
    runs, seed = arguments.deployments, arguments.seed
    found = {n: deployed(n, runs=runs, seed=seed) for n in LABELS}
    worst = {
        name: {
            f"{way}_{n}": payers_worst.violations(
                shares, risk, n, runs=runs, seed=seed, pooled=way == "pooled"
            )
            for way in ("pooled", "Bonferroni")
            for n in LABELS
        }
        for name, (shares, risk) in track(payers_worst.settings().items(), "Hardest settings")
    }
    missed = [*(sentence for n in LABELS for sentence in missed_at(n, found[n])), *_missed_worst(worst)]
    figures: dict[str, Any] = {"labels": {str(n): found[n] for n in LABELS}, "worst": worst}
    return Part("payers", [*(_table(n, found[n]) for n in LABELS), _worst_table(worst)], figures, missed)


def deployed(n: int, *, runs: int, seed: int) -> dict[str, dict[str, float]]:
    """Figures of every method on the same deployments, each with ``n`` labels that plan and ``n`` that certify."""
    random = np.random.default_rng([seed, n])
    kept: dict[str, list[tuple[bool, float, float]]] = {name: [] for name in METHODS}
    for _ in track(range(runs), f"{n:,} labels", total=runs):
        world = deployment(random)
        prior, fresh = world.draw(n, random), world.draw(n, random)
        best = world.automatic(world.oracle(ALPHA))
        for name, method in METHODS.items():
            thresholds = method(prior, fresh)
            broken = bool((world.true_rates(thresholds) > ALPHA).any())
            kept[name].append((broken, world.automatic(thresholds), best))
    base = [automatic for _, automatic, _ in kept[SPLIT]]
    return {name: _figures(runs_of, base) for name, runs_of in kept.items()}


def missed_at(n: int, found: dict[str, dict[str, float]]) -> list[str]:
    """Sentences for the bars missed with so many labels."""
    ours, seen = found[OURS], found[NAIVE]["violated"]
    sentences = []
    if ours["violated"] > DELTA:
        sentences.append(
            f"with {n:,} labels some payer broke its promise in {ours['violated']:.1%} of deployments"
        )
    if ours.get("gain_low", ours["gain"]) <= 0:
        sentences.append(f"with {n:,} labels no more goes by itself than at delta / 15")
    if seen < SEEN:
        sentences.append(f"with {n:,} labels naive thresholds were seen to fail in {seen:.1%} only")
    return sentences


def _missed_worst(worst: dict[str, dict[str, dict[str, float]]]) -> list[str]:
    """Only where chance cannot explain it: in the hardest setting the true rate may be all of delta."""
    return [
        f"{name}, {way}: broken in {figures['violated']:.1%}"
        for name, ways in worst.items()
        for way, figures in ways.items()
        if figures["violated_low"] > DELTA
    ]


def _figures(kept: Sequence[tuple[bool, float, float]], base: Sequence[float]) -> dict[str, float]:
    automatic = [one for _, one, _ in kept]
    best = float(np.mean([oracle for *_, oracle in kept]))
    gain = [one - other for one, other in zip(automatic, base, strict=True)]
    return {
        **rate("violated", sum(broken for broken, *_ in kept), len(kept)),
        **named_mean("automatic", automatic),
        "oracle": best,
        "of_oracle": float(np.mean(automatic)) / best,
        **named_mean("gain", gain),
    }


def _table(n: int, found: dict[str, dict[str, float]]) -> Table:
    title = f"15 payers, {n:,} labels in all: alpha {ALPHA:.1%}, delta {DELTA:.0%} for all payers together"
    table = Table(title=title, title_justify="left")
    table.add_column("method", no_wrap=True)
    names = {
        "violated": "some payer violates",
        "automatic": "automatic",
        "of_oracle": "of the oracle's",
        "gain": "more than delta / 15",
    }
    for heading in names.values():
        table.add_column(heading, justify="right")
    for method, figures in found.items():
        table.add_row(method, *(cell(figures, name) for name in names))
    oracle = f"{found[OURS]['oracle']:.3f}"
    table.add_row("oracle", "0.000", oracle, "1.000", "–")
    return table


def _worst_table(worst: dict[str, dict[str, dict[str, float]]]) -> Table:
    title = "Some cell violates in the hardest settings: given thresholds, all 15 cells take part"
    table = Table(title=title, title_justify="left")
    table.add_column("error rates")
    for way in next(iter(worst.values())):
        name, _, n = way.partition("_")
        table.add_column(f"{name}, {int(n):,}", justify="right")
    for setting, ways in worst.items():
        table.add_row(setting, *(cell(figures, "violated") for figures in ways.values()))
    return table
