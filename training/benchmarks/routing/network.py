"""Whole networks, end to end: certify on one period, run the next, and judge what went without a look by the truth.

Results of single networks are kept beside the benchmark's own, in ``routing-network/``: a run that was interrupted
goes on from there, and one on more seeds adds to them. Delete them to measure anew.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from features.progress import track
from models.policy import load_policy
from training.benchmarks.routing.network_seed import CERTIFIED, KINDS, NAIVE, STRESS, WATCHED, Run, run
from training.benchmarks.routing.network_summary import summary
from training.benchmarks.routing.network_tables import promise, watching
from training.benchmarks.routing.parts import Part

FEW = (1, 2, 3)  # networks, unless ``--seeds`` says which; the bar is for 20
WANTED = 0.95  # of the networks


def measure(arguments: argparse.Namespace) -> Part:
    """Every network that is asked for, in one scenario."""
    seeds = (arguments.seed,) if arguments.data else arguments.seeds or FEW
    found = [one(arguments, seed) for seed in track(seeds, "Networks", total=len(seeds))]
    scenario = arguments.scenario
    figures = {kind: summary(found, kind) for kind in KINDS}
    tables = [shown(kind, figures[kind], scenario) for kind in KINDS for shown in (promise, watching)]
    return Part(
        "network",
        tables,
        {"scenario": scenario, "seeds": list(seeds), "claims": arguments.claims, **figures},
        missed=[sentence for kind in KINDS for sentence in missed(kind, figures[kind], scenario)],
        sentences=[sentence for kind in KINDS for sentence in said(kind, figures[kind])],
    )


def one(arguments: argparse.Namespace, seed: int) -> dict[str, Any]:
    """What was found on a network, now or in an earlier run under the same policy."""
    asked = Run(seed, arguments.claims, arguments.scenario)
    if arguments.data:
        return run(asked, Path(arguments.data))
    path = Path(arguments.out) / "routing-network" / f"{asked.scenario}-{asked.claims}-seed-{seed}.json"
    if path.exists():
        kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if kept["policy"] == load_policy().version:
            return kept
    found = run(asked)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return found


def missed(kind: str, figures: Mapping[str, Any], scenario: str) -> list[str]:
    """The bars that were missed: alpha kept and no false alarm where nothing changes, and an alarm where it does."""
    within, watch = figures["networks_within"][CERTIFIED], figures["watch"]
    of, sentences = figures["networks"], []
    if scenario == "steady" and within["within"] < WANTED * of:
        sentences.append(f"{kind} kept alpha in {within['within']} of {of} networks; bar: {WANTED:.0%}")
    if scenario == "steady" and watch[WATCHED]["false_alarms"] > (1 - WANTED) * of:
        sentences.append(f"{kind}: {watch[WATCHED]['false_alarms']} false alarms in {of} networks; bar: 5 %")
    for name in (WATCHED, STRESS + WATCHED):
        above, noticed = watch[name]["surely_above"], watch[name]["noticed"]
        if noticed < above:
            change = "stress" if name.startswith(STRESS) else scenario
            sentences.append(
                f"{kind}, {change}: {noticed} of {above} cells surely above alpha were noticed within 90 days"
            )
    return sentences


def said(kind: str, figures: Mapping[str, Any]) -> Sequence[str]:
    """What the tables do not show."""
    of = figures["networks"]
    certified, naive = (figures["networks_within"][lane] for lane in (CERTIFIED, NAIVE))
    closed, watch = certified["nothing_open"], figures["watch"][WATCHED]
    return [
        f"{kind}: every cell within alpha in {certified['within']} of {of} networks "
        f"({closed} of them with nothing certified), {certified['automatic_share']:.1%} of all items automatic; "
        f"under naive thresholds in {naive['within']} of {of}, {naive['automatic_share']:.1%} automatic",
        f"{kind}: the interval from checks or answers holds the lane's true error rate in "
        f"{watch['estimate_covers']} of {watch['estimated']} cells",
    ]
