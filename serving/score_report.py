"""Scored files for people: totals by lane and kind, then the largest items of each, one a line."""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import get_args

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from serving.items import Kind, LaneName
from serving.offline import Line
from serving.pages.formatting import percent

STRICTEST_FIRST = tuple(reversed(get_args(LaneName)))
KINDS = get_args(Kind)
CLAIM, CONFIDENCE = 16, 10  # characters of a column; what the amounts leave is for the reason
BETWEEN = 6  # characters between the columns

Groups = Mapping[tuple[LaneName, Kind], Sequence[Line]]


def show(console: Console, lines: Iterable[Line], *, most: int, paths: Sequence[Path]) -> None:
    """Print the totals, at most ``most`` items of each lane and kind, and how to get all of ``paths``."""
    groups = _grouped(lines)
    console.print(_totals(groups))
    for (lane, kind), inside in groups.items():
        if most:
            console.print(f"\n[bold]{lane}[/bold], {kind}: {_how_many(len(inside), most)}")
            console.print(_items(inside[:most], width=console.width))
    left_out = sum(max(0, len(inside) - most) for inside in groups.values())
    if left_out:
        console.print(
            f"\n{left_out:,} more {'item is' if left_out == 1 else 'items are'} not shown. All as JSON:"
        )
        command = shlex.join(["python", "-m", "serving", "score", "--format", "json", *map(str, paths)])
        console.print(f"  {command}", soft_wrap=True, markup=False)


def _grouped(lines: Iterable[Line]) -> Groups:
    """The strictest lane first; inside a lane and kind the largest amount first."""
    found: dict[tuple[LaneName, Kind], list[Line]] = defaultdict(list)
    for line in lines:
        found[line.lane, line.kind].append(line)
    order = [(lane, kind) for lane in STRICTEST_FIRST for kind in KINDS if (lane, kind) in found]
    return {key: sorted(found[key], key=lambda line: -_dollars(line)) for key in order}


def _totals(groups: Groups) -> Table:
    table = Table(
        box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False, show_footer=True
    )
    everything = [line for inside in groups.values() for line in inside]
    table.add_column("lane", footer="all", no_wrap=True)
    table.add_column("kind", no_wrap=True)
    table.add_column("items", footer=f"{len(everything):,}", justify="right", no_wrap=True)
    table.add_column("dollars", footer=f"{_sum(everything):,.2f}", justify="right", no_wrap=True)
    for (lane, kind), inside in groups.items():
        table.add_row(lane, kind, f"{len(inside):,}", f"{_sum(inside):,.2f}")
    return table


def _items(lines: Sequence[Line], *, width: int) -> Table:
    """One line an item: what does not fit in the width is cut, never wrapped."""
    amounts = ["-" if line.amount is None else f"{line.amount:,.2f}" for line in lines]
    wide = max(len("amount"), *map(len, amounts))
    because = max(CLAIM, width - CLAIM - wide - CONFIDENCE - BETWEEN)
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    table.add_column("claim", no_wrap=True, width=CLAIM)
    table.add_column("amount", justify="right", no_wrap=True, width=wide)
    table.add_column("confidence", justify="right", no_wrap=True, width=CONFIDENCE)
    table.add_column("because", no_wrap=True, width=because)
    for line, amount in zip(lines, amounts, strict=True):
        cells = (
            line.claim_id or "-",
            amount,
            "-" if line.confidence is None else percent(line.confidence),
            line.reasons[0].text if line.reasons else "",
        )
        table.add_row(*map(Text, cells))  # as they are: a claim number may look like markup
    return table


def _how_many(number: int, most: int) -> str:
    if number == 1:
        return "1 item"
    return f"{number:,} items" if number <= most else f"the {most:,} largest of {number:,} items"


def _sum(lines: Iterable[Line]) -> Decimal:
    return sum((line.amount or Decimal() for line in lines), Decimal())


def _dollars(line: Line) -> Decimal:
    return abs(line.amount or Decimal())
