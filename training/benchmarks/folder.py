"""The folder that a benchmark measures on: the one that was given, or one that is simulated and gone afterwards."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from training.simulate import command as simulation


def name_of(benchmark: str, arguments: argparse.Namespace) -> str:
    """What a run's results are called: the benchmark, and the scenario where it is not the steady one.

    >>> name_of("denial", argparse.Namespace(scenario="surge", data=None))
    'denial-surge'
    """
    usual = arguments.data is not None or arguments.scenario == "steady"
    return benchmark if usual else f"{benchmark}-{arguments.scenario}"


@contextmanager
def measured_folder(arguments: argparse.Namespace) -> Iterator[Path]:
    """``--data``, or a network of ``--claims`` claims by ``--seed`` in which ``--scenario`` happens."""
    if arguments.data is not None:
        yield Path(arguments.data)
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "network"
        simulation.write(folder, claims=arguments.claims, seed=arguments.seed, scenario=arguments.scenario)
        yield folder
