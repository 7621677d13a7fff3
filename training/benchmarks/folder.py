"""The folder that a benchmark measures on: the one that was given, or one that is simulated and gone afterwards."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from training.simulate import command as simulation


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
