"""Parts of a benchmark that has several: what a part hands back, which are wanted, and which bars they missed."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table

from features.errors import BadInputError


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


def prefixed(prefix: str, figures: dict[str, Any]) -> dict[str, Any]:
    """Figures under the name of a method, a payer or the like.

    >>> prefixed("lookup table", {"auc": 0.7, "auc_low": 0.6})
    {'lookup_table_auc': 0.7, 'lookup_table_auc_low': 0.6}
    """
    start = "_".join(prefix.replace("-", " ").split())
    return {f"{start}_{name}": value for name, value in figures.items()}


def shown(name: str, measure: Callable[[], Part], console: Console) -> Part:
    """Measure a part and print it as soon as it is there, with the seconds that it took."""
    started = time.perf_counter()
    part = measure()
    for table in part.tables:
        console.print(table)
    for sentence in part.sentences:
        console.print(sentence)
    console.print(f"part {name}: {time.perf_counter() - started:.0f} s")
    return part


def missed_of(parts: Sequence[Part]) -> list[str]:
    """The missed bars of several parts, each behind the name of its part."""
    return [f"{part.name}: {sentence}" for part in parts for sentence in part.missed]


def chosen(benchmark: str, parts: Sequence[str], only: Sequence[str] | None) -> tuple[str, ...]:
    """The parts that are asked for, in their order; raises BadInputError for one that is none.

    >>> chosen("denial", ("risk", "speed"), ["speed", "risk"])
    ('risk', 'speed')
    """
    for name in only or ():
        if name not in parts:
            raise BadInputError(
                f"benchmark {benchmark} has no such part", name, "choose from " + ", ".join(parts)
            )
    return tuple(name for name in parts if not only or name in only)
