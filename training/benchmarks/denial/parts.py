"""What a part of the denial benchmark is given; each part is a module with ``measure``."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from training.benchmarks.parts import Part
from training.datasets import Dataset


@dataclass(frozen=True)
class Task:
    """One network: the files as they are read, and the folder that also holds their truth."""

    arguments: argparse.Namespace
    folder: Path
    dataset: Dataset
    seed: int


class Measure(Protocol):
    """A module that is one part."""

    def measure(self, task: Task) -> Part:
        """Measure one network."""
