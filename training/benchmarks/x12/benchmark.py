"""How fast and in how much memory a large remittance is read, beside pyx12's segment reader and a bare tokenizer."""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from rich.table import Table

from training.benchmarks import bars
from training.benchmarks.results import Found, Row, recording, write
from training.benchmarks.x12.remittance import sample_text, write_remittance

FASTER = 8.0  # the bar: times the MB/s of pyx12, with full records and balances
ROUNDS = 5  # each reader in turn, so that other work on the machine slows all of them alike
WIDTH = 100  # columns; a pipe has no width of its own
MEMORY = 64_000_000  # the bar: bytes at the peak
LABELS = {
    "clearlane": "Clearlane: records, balances, problems",
    "pyx12": "pyx12 X12Reader: segments",
    "tokenizer": "bare tokenizer: split only",
}


class Measurement(NamedTuple):
    """One reader over the file."""

    seconds: float
    claims: int
    peak: int


def run(arguments: argparse.Namespace) -> int:
    """Measure each reader in a process of its own, in turn, and print the medians; the answer is 0."""
    console = recording(WIDTH)
    readers = [name for name in LABELS if name != "pyx12" or importlib.util.find_spec("pyx12")]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "remittance.835"
        sample, origin = sample_text()
        claims = write_remittance(path, arguments.megabytes * 1_000_000, sample=sample)
        size, digest = path.stat().st_size, _digest(path)
        about = f"One 835 of {size / 1e6:.1f} MB with {claims:,} claim payments, from {origin}"
        console.print(about)
        rounds = [{name: measure(name, path) for name in readers} for _ in range(ROUNDS)]
    medians = {name: median([one[name] for one in rounds]) for name in readers}
    console.print(table(medians, size))
    for name in readers:
        if rounds[0][name].claims != claims:
            console.print(f"{name} counted {rounds[0][name].claims:,} claim payments")
    if "pyx12" in readers:
        console.print(f"{described(ratios(rounds, 'pyx12'))} the speed of pyx12")
    else:
        console.print("pyx12 is not installed: there is nothing to compare the speed with")
    console.print(f"{described(ratios(rounds, 'tokenizer'))} the speed of the bare tokenizer")
    missed = misses(rounds)
    bars.say(console, missed)
    found = Found("x12", arguments.seed, digest, about, rows(medians, rounds, size), missed)
    console.print(f"written to {write(arguments.out, found, console)}")
    return 0


def measure(reader: str, path: Path) -> Measurement:
    """Run one reader in a child process."""
    done = subprocess.run(
        [sys.executable, "-m", "training.benchmarks.x12.readers", reader, str(path)],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    return Measurement(**json.loads(done.stdout))


def rows(
    medians: Mapping[str, Measurement], rounds: Sequence[Mapping[str, Measurement]], size: int
) -> list[Row]:
    """Of each reader the speed at the median, and as its interval the slowest and the fastest round."""
    return [
        Row(
            LABELS[name],
            {
                "megabytes_per_second": size / 1e6 / one.seconds,
                "megabytes_per_second_low": size / 1e6 / max(each[name].seconds for each in rounds),
                "megabytes_per_second_high": size / 1e6 / min(each[name].seconds for each in rounds),
                "claims_per_second": one.claims / one.seconds,
            },
            answer_seconds=one.seconds,
            memory=one.peak,
        )
        for name, one in medians.items()
    ]


def table(measured: dict[str, Measurement], size: int) -> Table:
    """A row a reader."""
    result = Table("reader", "seconds", "MB/s", "claims/s", "peak memory")
    for column in result.columns[1:]:
        column.justify = "right"
    for name, (seconds, claims, peak) in measured.items():
        result.add_row(
            LABELS[name],
            f"{seconds:.2f}",
            f"{size / 1e6 / seconds:.1f}",
            f"{claims / seconds:,.0f}",
            f"{peak / 1e6:.0f} MB",
        )
    return result


def median(measurements: Sequence[Measurement]) -> Measurement:
    """The median of the seconds, and the highest peak.

    >>> median([Measurement(2.0, 9, 30), Measurement(1.0, 9, 31), Measurement(4.0, 9, 29)])
    Measurement(seconds=2.0, claims=9, peak=31)
    """
    seconds = statistics.median(one.seconds for one in measurements)
    return Measurement(seconds, measurements[0].claims, max(one.peak for one in measurements))


def ratios(rounds: Sequence[Mapping[str, Measurement]], other: str) -> list[float]:
    """How many times as fast as another reader, round by round: the two ran one after the other."""
    return [one[other].seconds / one["clearlane"].seconds for one in rounds]


def described(times: Sequence[float]) -> str:
    """The median of ratios and their range.

    >>> described([4.1, 4.4, 4.3])
    '4.30 times (4.10-4.40)'
    """
    return f"{statistics.median(times):.2f} times ({min(times):.2f}-{max(times):.2f})"


def misses(rounds: Sequence[Mapping[str, Measurement]]) -> list[str]:
    """What falls short of the bars, in a sentence each."""
    missed = []
    peak = max(one["clearlane"].peak for one in rounds)
    if peak >= MEMORY:
        missed.append(f"the peak is {peak / 1e6:.0f} MB, not under {MEMORY / 1e6:.0f} MB")
    if "pyx12" in rounds[0] and statistics.median(ratios(rounds, "pyx12")) < FASTER:
        missed.append(f"it is not {FASTER:.0f} times as fast as pyx12")
    return missed


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
