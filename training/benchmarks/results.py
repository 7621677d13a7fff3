"""What a benchmark found, as a table for people and as JSON for programs, with all that a second run needs."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from training.benchmarks.runner import Answered

PACKAGES = (
    "clearlane",
    "numpy",
    "scipy",
    "lightgbm",
    "scikit-learn",
    "interpret-core",
    "rapidfuzz",
    "splink",
    "recordlinkage",
    "mapie",
    "duckdb",
    "pyx12",
    "fastapi",
    "uvicorn",
    "orjson",
    "psutil",
    "bentoml",
)
ENDS = ("_low", "_high")


@dataclass(frozen=True)
class Row:
    """One method: figures by name, a 95 % interval beside each as ``_low`` and ``_high``, and what it took."""

    method: str
    figures: Mapping[str, float]
    fit_seconds: float | None = None
    answer_seconds: float | None = None
    memory: int | None = None  # bytes

    @staticmethod
    def of(method: str, figures: Mapping[str, float], answered: Answered) -> Row:
        """With the time and the memory that the answers took."""
        return Row(method, figures, answered.fit_seconds, answered.answer_seconds, answered.memory)


@dataclass(frozen=True)
class Found:
    """All of one run."""

    benchmark: str
    seed: int
    data: str  # SHA-256 of the files that were measured on
    described: str
    rows: Sequence[Row]
    missed: Sequence[str]
    other: Mapping[str, Any] = field(default_factory=dict)  # controls and the like, in plain values


def recording(width: int) -> Console:
    """A console on standard output that remembers what it printed; a pipe has no width of its own."""
    return Console(file=sys.stdout, width=width, highlight=False, record=True)


def table(
    title: str, rows: Sequence[Row], shown: Sequence[str], *, digits: int = 3, taken: bool = True
) -> Table:
    """A row a method, a column a figure with its interval below, then what was ``taken``: seconds and megabytes."""
    result = Table(title=title, title_justify="left")
    result.add_column("method", no_wrap=True)
    for name in (*shown, *(("fit s", "answer s", "MB") if taken else ())):
        result.add_column(name.replace("_", " "), justify="right")
    for row in rows:
        cells = [cell(row.figures, name, digits) for name in shown]
        result.add_row(row.method, *cells, *(_taken(row) if taken else ()))
    return result


def cell(figures: Mapping[str, float], name: str, digits: int = 3) -> str:
    """A figure over its interval.

    >>> cell({"f1": 0.98, "f1_low": 0.97, "f1_high": 0.99}, "f1")
    '0.980\\n0.970–0.990'
    """
    if name not in figures:
        return "–"
    value = f"{figures[name]:.{digits}f}"
    if f"{name}_low" not in figures:
        return value
    low, high = (figures[name + end] for end in ENDS)
    return f"{value}\n{low:.{digits}f}–{high:.{digits}f}"


def write(folder: Path, found: Found, console: Console) -> Path:
    """Write ``NAME-seed-S.json``, and beside it as ``.txt`` what the console printed; the answer is the JSON's path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{found.benchmark}-seed-{found.seed}.json"
    path.write_text(json.dumps(plain(found), indent=2) + "\n", encoding="utf-8")
    path.with_suffix(".txt").write_text(console.export_text(), encoding="utf-8")
    return path


def plain(found: Found) -> dict[str, Any]:
    """Everything in plain values."""
    return {
        "benchmark": found.benchmark,
        "seed": found.seed,
        "data_sha256": found.data,
        "described": found.described,
        "versions": versions(),
        "machine": {"system": platform.system(), "processor": platform.machine(), "cores": os.cpu_count()},
        "rows": [_plain_row(row) for row in found.rows],
        "missed": list(found.missed),
        **found.other,
    }


def versions() -> dict[str, str]:
    """Of Python and of the packages that the figures depend on, where they are installed."""
    known = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            known[name] = version(name)
        except PackageNotFoundError:
            continue
    return known


def _plain_row(row: Row) -> dict[str, Any]:
    names = [name for name in row.figures if not name.endswith(ENDS)]
    return {
        "method": row.method,
        "figures": {
            name: {
                "value": row.figures[name],
                "low": row.figures.get(f"{name}_low"),
                "high": row.figures.get(f"{name}_high"),
            }
            for name in names
        },
        "fit_seconds": row.fit_seconds,
        "answer_seconds": row.answer_seconds,
        "memory_bytes": row.memory,
    }


def _taken(row: Row) -> tuple[str, str, str]:
    megabytes = _or_nothing(row.memory and row.memory / 1e6, ".0f")
    return _or_nothing(row.fit_seconds, ".1f"), _or_nothing(row.answer_seconds, ".1f"), megabytes


def _or_nothing(value: float | None, form: str) -> str:
    return "–" if value is None else f"{value:{form}}"
