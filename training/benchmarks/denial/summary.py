"""Several networks together: the mean of every figure of every part, with Student's interval over the networks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from training.benchmarks.parts import Part, missed_of
from training.benchmarks.repeats import named_mean
from training.benchmarks.results import ENDS, cell, versions

Figures = dict[str, Any]  # numbers by name, or such by name
COLUMNS = 8  # figures that a table holds side by side


def over_seeds(seeds: Mapping[int, Sequence[Part]]) -> dict[str, Figures]:
    """By part, what all networks have."""
    runs = [{part.name: part.figures for part in parts} for parts in seeds.values()]
    return {name: means([run[name] for run in runs]) for name in runs[0]}


def means(drawn: Sequence[Mapping[str, Any]]) -> Figures:
    """The mean of every number that all draws have, at any depth.

    >>> means([{"all": {"auc": 0.7}, "name": "a"}, {"all": {"auc": 0.8, "claims": 3}, "name": "b"}])["all"]["auc"]
    0.75
    """
    result: Figures = {}
    for name in drawn[0]:
        values = [one.get(name) for one in drawn]
        if name.endswith(ENDS):
            continue
        if all(isinstance(value, Mapping) for value in values):
            if inside := means([value for value in values if value is not None]):
                result[name] = inside
        elif all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values):
            result |= named_mean(name, [float(value) for value in values if value is not None])
    return result


def tables(figures: Mapping[str, Figures], seeds: Sequence[int]) -> Iterator[Table]:
    """Of each part its single figures, and a table of each group of figures."""
    numbers = ", ".join(map(str, seeds))
    for part, found in figures.items():
        title = f"{part}: means over seeds {numbers} (95 % intervals over networks)"
        single = {name: value for name, value in found.items() if not isinstance(value, Mapping)}
        if single:
            yield _table(title, {"": single}, across=False)
        for group, rows in found.items():
            if isinstance(rows, Mapping):
                nested = {name: row for name, row in rows.items() if isinstance(row, Mapping)}
                title_of = f"{title}: {group.replace('_', ' ')}"
                yield from (
                    _grouped(title_of, nested) if nested else [_table(title_of, {"": rows}, across=False)]
                )


def write(folder: Path, name: str, seeds: Mapping[int, Sequence[Part]], figures: Mapping[str, Any]) -> Path:
    """``NAME-summary.json``; the answer is its path."""
    content = {
        "benchmark": name,
        "seeds": list(seeds),
        "versions": versions(),
        "parts": dict(figures),
        "missed": {seed: missed_of(parts) for seed, parts in seeds.items()},
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-summary.json"
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return path


def _grouped(title: str, rows: Mapping[str, Mapping[str, Any]]) -> Iterator[Table]:
    """A row a method (or the like), columns a few figures at a time."""
    names = list(dict.fromkeys(name for row in rows.values() for name in _numbers(row)))
    for start in range(0, len(names), COLUMNS):
        part = names[start : start + COLUMNS]
        yield _table(title, {key: _only(row, part) for key, row in rows.items()}, across=True)


def _table(title: str, rows: Mapping[str, Mapping[str, Any]], *, across: bool) -> Table:
    result = Table(title=title, title_justify="left", show_header=across)
    names = list(dict.fromkeys(name for row in rows.values() for name in _numbers(row)))
    result.add_column("")
    for name in names if across else [""]:
        result.add_column(name.replace("_", " "), justify="right")
    for key, row in rows.items():
        if across:
            result.add_row(key, *(cell(row, name) for name in names))
        else:
            for name in names:
                result.add_row(name.replace("_", " "), cell(row, name))
    return result


def _numbers(row: Mapping[str, Any]) -> list[str]:
    return [
        name for name, value in row.items() if isinstance(value, (int, float)) and not name.endswith(ENDS)
    ]


def _only(row: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    wanted = {name + end for name in names for end in ("", *ENDS)}
    return {name: value for name, value in row.items() if name in wanted}
