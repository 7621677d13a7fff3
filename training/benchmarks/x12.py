"""How fast and in how much memory a large remittance is read, beside pyx12's segment reader and a bare tokenizer."""

from __future__ import annotations

import argparse
import importlib.util
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from training.benchmarks.x12_remittance import sample_text, write_remittance

FASTER = 8.0  # the bar: times the MB/s of pyx12, with full records and balances
ROUNDS = 2  # each reader in turn; the better round counts, for other work on the machine only slows
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
    """Measure each reader in a process of its own; 0 where both bars are met, 1 where not."""
    console = Console(highlight=False)
    readers = [name for name in LABELS if name != "pyx12" or importlib.util.find_spec("pyx12")]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "remittance.835"
        sample, origin = sample_text()
        claims = write_remittance(path, arguments.megabytes * 1_000_000, sample=sample)
        size = path.stat().st_size
        console.print(f"One 835 of {size / 1e6:.1f} MB with {claims:,} claim payments, from {origin}")
        rounds = [{name: measure(name, path) for name in readers} for _ in range(ROUNDS)]
        measured = {name: min(one[name] for one in rounds) for name in readers}  # the least seconds
    console.print(table(measured, size))
    for name, measurement in measured.items():
        if measurement.claims != claims:
            console.print(f"{name} counted {measurement.claims:,} claim payments")
    return verdict(console, measured)


def measure(reader: str, path: Path) -> Measurement:
    """Run one reader in a child process."""
    done = subprocess.run(
        [sys.executable, "-m", "training.benchmarks.x12_readers", reader, str(path)],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    return Measurement(**json.loads(done.stdout))


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


def verdict(console: Console, measured: dict[str, Measurement]) -> int:
    """Say whether the bars are met."""
    ours, other = measured["clearlane"], measured.get("pyx12")
    enough = ours.peak < MEMORY
    console.print(f"memory under {MEMORY / 1e6:.0f} MB: {'yes' if enough else 'NO'}")
    if other is None:
        console.print("pyx12 is not installed: there is nothing to compare the speed with")
        return 0 if enough else 1
    times = other.seconds / ours.seconds
    fast = times >= FASTER
    console.print(
        f"at least {FASTER:.0f} times as fast as pyx12: {'yes' if fast else 'NO'}, {times:.1f} times"
    )
    return 0 if enough and fast else 1
