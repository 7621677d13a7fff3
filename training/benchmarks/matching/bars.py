"""What a run must reach, and what falls short of it."""

from __future__ import annotations

from collections.abc import Mapping

from training.benchmarks.matching.controls import LEAK
from training.benchmarks.matching.coverage import WANTED
from training.benchmarks.matching.lane import Lane
from training.benchmarks.matching.network import MODEL, Measured
from training.benchmarks.matching.siblings import Siblings
from training.benchmarks.repeats import Mean
from training.match_evaluation import Answers, decisions
from training.metrics import Floats, exact_interval

SIBLINGS = 0.12  # of the original claims
BASELINES = ("exact number", "rule")


def misses(measured: Measured) -> list[str]:
    """What falls short, in a sentence each."""
    return [
        *below_baselines(measured.answers, measured.counts),
        *unfit(measured.leaked, measured.siblings),
        *imprecise(measured.lane),
    ]


def below_baselines(answers: Mapping[str, Answers], counts: Floats) -> list[str]:
    """Baselines that were asked and that the model does not clearly beat."""
    f1 = {name: decisions(given, counts) for name, given in answers.items() if name in (MODEL, *BASELINES)}
    return [
        f"F1 is not above that of the baseline '{name}'"
        for name in BASELINES
        if name in f1 and f1[MODEL]["f1_low"] <= f1[name]["f1_high"]
    ]


def unfit(leaked: Mean, found: Siblings) -> list[str]:
    """What makes the benchmark itself worth little."""
    missed = []
    if leaked.low > LEAK:
        missed.append("shuffled labels teach something: the evaluation leaks")
    if found.alike < SIBLINGS * found.claims:
        missed.append(f"fewer than {SIBLINGS:.0%} of the claims have a sibling: the network is too easy")
    return missed


def imprecise(lane: Lane) -> list[str]:
    """Whether the truth contradicts a certificate."""
    through = int(lane.through.sum())
    if through and exact_interval(int((lane.through & lane.answers.right).sum()), through)[1] < WANTED:
        return ["the automatic lane is less precise than its certificate promises"]
    return []
