"""Measure: reading X12, simulating, denial risk, matching, routing, the service, and how hard the simulated data is.

examples:
  python -m training benchmark x12                       speed and memory of reading a 50 MB remittance
  python -m training benchmark simulation                speed and memory of simulating a network
  python -m training benchmark candidates                who may be the claim of a payment: recall, speed, memory
  python -m training benchmark groups                    checks for many claims, splits, reversals, takebacks
  python -m training benchmark deposits --claims 20000    which remittances a bank deposit holds
  python -m training benchmark invoices --seeds 11-13     what is wrong in vendor invoices
  python -m training benchmark denial                    risk, category, recovery, patterns, priority, speed
  python -m training benchmark denial --only risk --seeds 11-15
  python -m training benchmark routing                   is what certificates promise true, how much goes by itself
  python -m training benchmark routing --only network --seeds 1-20 --scenario steady
  python -m training benchmark service --only kills       what is lost when processes are killed: nothing
  python -m training benchmark matching --scenario format-change
  python -m training benchmark matching --seeds 11-15    five networks, then means and intervals over them
  python -m training benchmark matching --method package.module:ClassName      a method of your own, beside ours
  python -m training benchmark lines                     which paid line answers which billed line
  python -m training benchmark records --samples DIR      any two tables: public record-matching sets
  python -m training benchmark all --data DIR            every benchmark, on simulated data that is already there

A benchmark prints which of its bars it missed; the exit status is 0 all the same. BENCHMARK.md says how to enter.
"""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path
from typing import Protocol, cast

from features.errors import BadInputError
from training.benchmarks.protocols import named
from training.simulate.scenarios import SCENARIOS

BENCHMARKS = {
    "x12": "training.benchmarks.x12.benchmark",
    "simulation": "training.benchmarks.simulation",
    "candidates": "training.benchmarks.candidates.benchmark",
    "matching": "training.benchmarks.matching.benchmark",
    "records": "training.benchmarks.records.benchmark",
    "denial": "training.benchmarks.denial.benchmark",
    "difficulty": "training.benchmarks.difficulty.benchmark",
    "lines": "training.benchmarks.lines.benchmark",
    "groups": "training.benchmarks.groups.benchmark",
    "deposits": "training.benchmarks.deposits.benchmark",
    "invoices": "training.benchmarks.invoices.benchmark",
    "routing": "training.benchmarks.routing.benchmark",
    "service": "training.benchmarks.service.benchmark",
}
FEW_CLAIMS = 20_000
CLAIMS = {
    "matching": 60_000,
    "denial": 60_000,
    "candidates": 110_000,
    "invoices": 400_000,
    "routing": 50_000,
    "service": 6_000,
}
"""To simulate, unless it is said: to certify 99.9 % takes 3,000 audited remittances above a threshold, and to judge
denials by payer takes some thousand claims in the test window. Vendor invoices, one for ten claims, come alone."""

ENTERED = ("matching", "denial")  # a method of one's own can enter these
REPEATED = ("matching", "denial", "invoices", "routing")  # over several seeds


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
    parser.add_argument(
        "--claims",
        type=int,
        metavar="N",
        help="claims to simulate (20,000; 60,000 in matching and denial; 50,000 in routing, 6,000 in service; in "
        "invoices 400,000, with 40,000 invoices)",
    )
    parser.add_argument(
        "--seed", type=int, default=1, metavar="S", help="of the simulation and of the methods (1)"
    )
    parser.add_argument(
        "--seeds",
        type=_seeds,
        metavar="S[-S]",
        help="several for matching, denial, invoices or the networks of routing, one after the other: 11-15 or 11,13",
    )
    parser.add_argument(
        "--scenario", choices=tuple(SCENARIOS), default="steady", help="what changes in the network (steady)"
    )
    parser.add_argument(
        "--method",
        action="append",
        default=[],
        metavar="MODULE:CLASS",
        help="a method of your own for matching or denial; may be given several times",
    )
    parser.add_argument(
        "--only",
        action="append",
        metavar="NAME",
        help="in matching: of our methods and peers only this one; in denial: only this part (risk, category, "
        "recovery, patterns, priority, speed) or in routing (deployments, flat, payers, dollars, batches, monitor, "
        "network, decision) or in service (contract, mutated, kills, speed, rate, soak); may be given several times",
    )
    parser.add_argument(
        "--without-peers",
        action="store_true",
        help="in matching and denial: leave the peers out, which take longest",
    )
    parser.add_argument(
        "--label-noise", action="store_true", help="in matching: train with more and more wrong postings, too"
    )
    parser.add_argument(
        "--deployments",
        type=int,
        default=1_000,
        metavar="N",
        help="in routing: how many deployments are simulated (1,000)",
    )
    parser.add_argument(
        "--mutations", type=int, default=20_000, metavar="N",
        help="in service: how many damaged files are sent (20,000)",
    )  # fmt: skip
    parser.add_argument(
        "--examples", type=int, default=60, metavar="N",
        help="in service: how many requests are made for an address and a phase (60)",
    )  # fmt: skip
    parser.add_argument(
        "--minutes", type=float, default=30.0, metavar="N",
        help="in service: how long it is asked half of what it can take (30)",
    )  # fmt: skip
    parser.add_argument(
        "--samples",
        type=Path,
        metavar="DIR",
        help="in records: the folder of public sets, with matching/ inside (default: CLEARLANE_SAMPLES)",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("benchmarks"),
        metavar="DIR",
        help="where results are written (benchmarks)",
    )
    parser.add_argument(
        "--in-process",
        action="store_true",
        help="ask the methods in this process: easier to debug, but memory is not told and the truth not sealed",
    )
    parser.add_argument(
        "--open", type=int, default=1_000_000, metavar="N",
        help="claims in the warm index of benchmark candidates (1,000,000)",
    )  # fmt: skip
    parser.add_argument(
        "--megabytes", type=int, default=50, metavar="N", help="size of the remittance of benchmark x12 (50)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the named benchmark, or each in turn; a module is imported only when its turn comes."""
    if arguments.method and arguments.benchmark not in ENTERED:
        raise BadInputError("--method goes with the benchmarks " + " and ".join(ENTERED))
    if arguments.seeds and arguments.benchmark not in REPEATED:
        raise BadInputError("--seeds goes with the benchmarks " + " and ".join(REPEATED))
    for method in arguments.method:
        named(method)  # a name that is wrong is said before anything is simulated
    counts = (arguments.claims, arguments.megabytes, arguments.deployments)
    if any(count is not None and count < 1 for count in counts):
        raise BadInputError("--claims, --megabytes and --deployments must be at least 1")
    names = list(BENCHMARKS) if arguments.benchmark == "all" else [arguments.benchmark]
    worst = 0
    for name in names:
        module = cast("Benchmark", importlib.import_module(BENCHMARKS[name]))
        claims = arguments.claims or CLAIMS.get(name, FEW_CLAIMS)
        worst = max(worst, module.run(argparse.Namespace(**{**vars(arguments), "claims": claims})))
    return worst


def _seeds(text: str) -> tuple[int, ...]:
    """Seeds of a list or a range.

    >>> _seeds("11-13"), _seeds("1,5")
    ((11, 12, 13), (1, 5))
    """
    try:
        parts = [[int(end) for end in part.split("-")] for part in text.split(",")]
    except ValueError as error:
        raise argparse.ArgumentTypeError("seeds are written 11-15 or 11,13") from error
    return tuple(seed for part in parts for seed in range(part[0], part[-1] + 1))
