"""Pairs of lines without their control numbers, judged by those numbers: on the network as it is, and made harder.

The bar: of the pairs that are called certain at least 99.9 % are right, and no baseline is more precise.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from itertools import pairwise

from rich.console import Console

from features.match_lines import LinePair, LinePairing, pair_lines
from training import datasets
from training.benchmarks import bars
from training.benchmarks.folder import measured_folder, name_of
from training.benchmarks.lines.hard import harder
from training.benchmarks.lines.measure import counted, figures, has_twins, hits
from training.benchmarks.lines.methods import BASELINES, answers_of
from training.benchmarks.lines.task import Case, cases
from training.benchmarks.matching.truth import read_truth
from training.benchmarks.results import Found, Row, recording, table, write
from training.metrics import rate

WIDTH = 130
SHOWN = ("precision", "recall", "whole_payments")
WANTED = 0.999  # of the pairs that are called certain
SORTS = ("certain", "likely", "group", "interchangeable")


def run(arguments: argparse.Namespace) -> int:
    """Simulate unless data is given, pair the lines by every method, and judge by REF*6R; the answer is 0."""
    console = recording(WIDTH)
    with measured_folder(arguments) as folder:
        dataset = datasets.load(folder)
        wanted = [true.claim_id for true in read_truth(folder, dataset.claim_payments)]
    plain = list(cases(dataset.claim_payments, dataset.claims, wanted))
    hard = list(harder(plain, seed=arguments.seed))
    rows, missed = [], []
    for name, given in (("as simulated", plain), ("harder", hard)):
        console.print(f"{name}: {described(given)}")
        paired, own = ours(given, seed=arguments.seed)
        measured = [own, *(measure(baseline, given, seed=arguments.seed) for baseline in BASELINES)]
        console.print(table(f"Pairs of lines, {name} (95 % intervals)", measured, SHOWN, digits=4))
        sorts = by_sort(given, paired)
        show(console, sorts)
        missed += [f"{name}: {sentence}" for sentence in misses(measured, sorts)]
        rows += [Row(f"{name}: {row.method}", row.figures, None, row.answer_seconds) for row in measured]
        rows += [Row(f"{name}: {sort}", found) for sort, found in sorts.items()]
    bars.say(console, missed)
    about = (
        f"{len(plain):,} payments of claims with several lines, of {len(dataset.claim_payments):,} payments"
    )
    found = Found(name_of("lines", arguments), arguments.seed, dataset.digest, about, rows, missed)
    console.print(f"written to {write(arguments.out, found, console)}")
    return 0


def described(given: Sequence[Case]) -> str:
    """How many payments and lines there are, and how many claims bill a service twice."""
    lines = sum(len(case.payment) for case in given)
    twins = sum(map(has_twins, given))
    turned = sum(any(one > other for one, other in pairwise(_firsts(case))) for case in given)
    return (
        f"{len(given):,} payments with {lines:,} lines; {twins:,} of claims that bill a service twice, "
        f"{turned:,} in another order than billed"
    )


def _firsts(case: Case) -> list[int]:
    return [min(answer) for answer in case.answers if answer]


def ours(given: Sequence[Case], *, seed: int) -> tuple[list[LinePairing], Row]:
    """``features.match_lines`` on all cases."""
    start = time.perf_counter()
    paired = [pair_lines(case.payment, case.claim) for case in given]
    seconds = time.perf_counter() - start
    answers = [answers_of(one, len(case.payment)) for case, one in zip(given, paired, strict=True)]
    return paired, Row("ours", figures(counted(given, answers), seed=seed), answer_seconds=seconds)


def measure(baseline: str, given: Sequence[Case], *, seed: int) -> Row:
    """A baseline on all cases."""
    start = time.perf_counter()
    answers = [BASELINES[baseline](case.payment, case.claim) for case in given]
    seconds = time.perf_counter() - start
    return Row(baseline, figures(counted(given, answers), seed=seed), answer_seconds=seconds)


def by_sort(given: Sequence[Case], paired: Sequence[LinePairing]) -> dict[str, dict[str, float]]:
    """Of our pairs: how many there are of each sort, and how many of them are right, each pair counted once."""
    found: dict[str, list[bool]] = {sort: [] for sort in SORTS}
    for case, pairing in zip(given, paired, strict=True):
        right = hits(case, answers_of(pairing, len(case.payment)))
        for pair in pairing.pairs:
            found[_sort(pair)].append(all(right[place] for place in pair.payment))
    return {
        sort: {"pairs": float(len(pairs)), **rate("precision", sum(pairs), len(pairs))}
        for sort, pairs in found.items()
        if pairs
    }


def _sort(pair: LinePair) -> str:
    if len(pair.payment) + len(pair.claim) > 2:
        return "group"
    return "interchangeable" if pair.interchangeable else pair.sureness


def show(console: Console, sorts: dict[str, dict[str, float]]) -> None:
    """A line a sort."""
    for sort, found in sorts.items():
        interval = f"{found['precision_low']:.4f}–{found['precision_high']:.4f}"
        console.print(
            f"  {sort:16} {found['pairs']:>8,.0f} pairs, {found['precision']:.4f} right ({interval})"
        )


def misses(measured: Sequence[Row], sorts: dict[str, dict[str, float]]) -> list[str]:
    """What falls short of the bar, in a sentence each."""
    ours, *baselines = measured
    missed = []
    if sorts.get("certain", {}).get("precision", 1.0) < WANTED:
        missed.append(f"less than {WANTED:.1%} of the pairs called certain are right")
    missed += [
        f"'{row.method}' is more precise"
        for row in baselines
        if row.figures["precision_low"] > ours.figures["precision_high"]
    ]
    return missed
