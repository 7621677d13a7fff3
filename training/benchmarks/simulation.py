"""How fast and in how much memory a network is simulated and written, small and large, each in its own process."""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from rich.table import Table

from training.benchmarks import bars
from training.benchmarks.memory import peak_memory
from training.benchmarks.results import Found, Row, recording, write
from training.simulate import command as simulation

CLAIMS, MEMORY = 1_000_000, 2_000_000_000  # the bar: so many claims in less than so many bytes
SIZES = (1, 5)  # times the claims that were asked for, to tell what memory grows with
WIDTH = 100  # columns; a pipe has no width of its own


class Simulated(NamedTuple):
    """One network: claims that were asked for, and what it took."""

    claims: int
    seconds: float
    peak: int  # bytes
    size: int  # bytes of all files
    digest: str  # SHA-256 of the manifest, which holds those of all files


def run(arguments: argparse.Namespace) -> int:
    """Simulate ``--claims`` claims and five times as many; the answer is 0."""
    console = recording(WIDTH)
    measured = [measure(arguments.claims * times, arguments.seed) for times in SIZES]
    console.print(table(measured))
    expected = memory_of(CLAIMS, measured)
    console.print(f"{CLAIMS:,} claims would need about {expected / 1e6:,.0f} MB, by the two sizes")
    missed = [] if expected < MEMORY else [f"{CLAIMS:,} claims would need {MEMORY / 1e9:.0f} GB or more"]
    bars.say(console, missed)
    rows = [Row(f"{one.claims:,} claims", figures(one), one.seconds, memory=one.peak) for one in measured]
    about = f"networks of {', '.join(f'{one.claims:,}' for one in measured)} claims"
    found = Found("simulation", arguments.seed, measured[0].digest, about, rows, missed)
    console.print(f"written to {write(arguments.out, found, console)}")
    return 0


def measure(claims: int, seed: int) -> Simulated:
    """Simulate in a child process, into a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as scratch:
        done = subprocess.run(
            [sys.executable, "-m", "training.benchmarks.simulation", scratch, str(claims), str(seed)],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
    return Simulated(**json.loads(done.stdout.splitlines()[-1]))


def memory_of(claims: int, measured: list[Simulated]) -> float:
    """The peak that so many claims would need, by a straight line through the least and the most, in bytes.

    >>> few, many = Simulated(100, 1.0, 60, 0, ""), Simulated(500, 5.0, 100, 0, "")
    >>> memory_of(1000, [few, many])
    150.0
    """
    few, many = measured[0], measured[-1]
    return few.peak + (claims - few.claims) * (many.peak - few.peak) / (many.claims - few.claims)


def figures(one: Simulated) -> dict[str, float]:
    """The rates of one network."""
    return {
        "claims_per_second": one.claims / one.seconds,
        "megabytes_per_second": one.size / 1e6 / one.seconds,
    }


def table(measured: list[Simulated]) -> Table:
    """A row a network."""
    result = Table("claims", "seconds", "claims/s", "files", "MB/s", "peak memory")
    for column in result.columns:
        column.justify = "right"
    for one in measured:
        rates = figures(one)
        result.add_row(
            f"{one.claims:,}",
            f"{one.seconds:.1f}",
            f"{rates['claims_per_second']:,.0f}",
            f"{one.size / 1e6:.0f} MB",
            f"{rates['megabytes_per_second']:.1f}",
            f"{one.peak / 1e6:.0f} MB",
        )
    return result


def main() -> None:
    """Simulate, and print the measurement as JSON: ``python -m training.benchmarks.simulation DIR CLAIMS SEED``."""
    folder, claims, seed = Path(sys.argv[1]) / "network", int(sys.argv[2]), int(sys.argv[3])
    start = time.perf_counter()
    simulation.write(folder, claims=claims, seed=seed)
    seconds = time.perf_counter() - start
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    digest = hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
    print(json.dumps(Simulated(claims, seconds, peak_memory(), size, digest)._asdict()))


if __name__ == "__main__":
    main()
