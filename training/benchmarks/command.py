"""Measure: reading X12, denial risk, remittance match.

examples:
  python -m training benchmark x12                       speed and memory of reading a 50 MB remittance
  python -m training benchmark denial-risk --claims 20000
  python -m training benchmark all --data DIR            every benchmark, on simulated data that is already there

A benchmark prints which of its bars it missed; the exit status is 0 all the same.
"""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path
from typing import Protocol, cast

BENCHMARKS = {
    "x12": "training.benchmarks.x12",
    "denial-risk": "training.benchmarks.denial_risk",
    "remittance-match": "training.benchmarks.remittance_match",
}


class Benchmark(Protocol):
    """A module that is one benchmark."""

    def run(self, arguments: argparse.Namespace) -> int:
        """Measure and print; the answer is 0 where that could be done, whatever came out."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Which benchmark, on which data."""
    parser.add_argument("benchmark", choices=(*BENCHMARKS, "all"), help="what to measure")
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="data to measure on (default: simulated anew)"
    )
    parser.add_argument("--claims", type=int, default=20_000, metavar="N", help="claims to simulate (20,000)")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="the simulation's seed (1)")
    parser.add_argument(
        "--megabytes", type=int, default=50, metavar="N", help="size of the remittance of benchmark x12 (50)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the named benchmark, or each in turn; a module is imported only when its turn comes."""
    names = list(BENCHMARKS) if arguments.benchmark == "all" else [arguments.benchmark]
    worst = 0
    for name in names:
        module = cast("Benchmark", importlib.import_module(BENCHMARKS[name]))
        worst = max(worst, module.run(arguments))
    return worst
