"""``changes.csv``: every item that would have gone elsewhere, a row an item, without anything of a patient."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from models.routing import cell_of
from training.whatif.measure import why
from training.whatif.replay import Replay, Side
from training.whatif.rows import UNKNOWN
from training.whatif.ruling import cell_name, queue

FILE = "changes.csv"
OUTCOMES = {UNKNOWN: "", 0: "right", 1: "wrong"}
OF_A_SIDE = ("lane", "queue", "why", "arrived_in", "decided_on", "cell", "confidence", "outcome")
COLUMNS = (
    "kind", "number", "day", "honest", "amount",
    *(f"{name}_before" for name in OF_A_SIDE), *(f"{name}_after" for name in OF_A_SIDE),
)  # fmt: skip


def write_changes(folder: Path, replays: Sequence[Replay]) -> Path:
    """Write it; ``number`` counts the items of a kind in the folder in order of their days."""
    path = folder / FILE
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        for replay in replays:
            writer.writerows(_rows(replay))
    return path


def _rows(replay: Replay) -> Iterator[list[object]]:
    rows = replay.before.rows
    for place in replay.changed().tolist():
        yield [
            replay.kind,
            rows.numbers[place],
            rows.days[place],
            "yes" if replay.honest[place] else "no",
            "" if rows.items[place].amount is None else rows.items[place].amount,
            *_of(replay.before, place),
            *_of(replay.after, place),
        ]


def _of(side: Side, place: int) -> list[object]:
    item, routed = side.rows.items[place], side.waited.routed[place]
    sure = item.confidence
    return [
        routed.lane.value,
        queue(routed),
        why(side, place),
        side.waited.first[place].lane.value,
        side.waited.decided[place] or "",
        cell_name(cell_of(item, side.ruling.policy)),
        "" if sure is None else f"{sure:.4f}",
        OUTCOMES[int(side.rows.errors[place])],
    ]
