"""What a part of the denial benchmark is given, and what it hands back; each part is a module with ``measure``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from rich.table import Table

from training.datasets import Dataset


@dataclass(frozen=True)
class Task:
    """One network: the files as they are read, and the folder that also holds their truth."""

    arguments: argparse.Namespace
    folder: Path
    dataset: Dataset
    seed: int


@dataclass(frozen=True)
class Part:
    """What a part found.

    ``figures`` are plain values by name, an interval beside each as ``name_low`` and ``name_high``; means over several
    networks are made of those that are numbers. ``missed`` has a sentence for each bar that was missed, ``sentences``
    is what is printed below the tables.
    """

    name: str
    tables: list[Table]
    figures: dict[str, Any]
    missed: list[str] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)


class Measure(Protocol):
    """A module that is one part."""

    def measure(self, task: Task) -> Part:
        """Measure one network."""


def prefixed(prefix: str, figures: dict[str, Any]) -> dict[str, Any]:
    """Figures under the name of a method, a payer or the like.

    >>> prefixed("lookup table", {"auc": 0.7, "auc_low": 0.6})
    {'lookup_table_auc': 0.7, 'lookup_table_auc_low': 0.6}
    """
    start = "_".join(prefix.replace("-", " ").split())
    return {f"{start}_{name}": value for name, value in figures.items()}


def missed_of(parts: Sequence[Part]) -> list[str]:
    """The missed bars of several parts, each behind the name of its part."""
    return [f"{part.name}: {sentence}" for part in parts for sentence in part.missed]
