"""The answer of ``match-records``: a file of pairs, and a few lines for the person who asked."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from rich.console import Console

from features.records.pair_files import PairRows
from models.files import write_atomically
from training.records.fit import Fitted
from training.records.matching import Matcher, Scored, Task
from training.records.thresholds import f1_at

COLUMNS = ("left_id", "right_id", "confidence")
DECIMALS = 6


def write_pairs(path: Path, task: Task, scored: Scored) -> None:
    """One line a pair, ids as the tables write them; a reader sees the old file or all of the new one."""
    pairs = _as_given(task, scored)
    stream = io.StringIO()
    lines = csv.writer(stream, lineterminator="\n")
    lines.writerow(COLUMNS)
    for left, right, confidence in zip(pairs.left, pairs.right, scored.confidence, strict=True):
        lines.writerow((task.left.ids[left], task.right.ids[right], f"{confidence:.{DECIMALS}f}"))
    write_atomically(path, stream.getvalue().encode())


def summary(console: Console, matcher: Matcher, scored: Scored, path: Path) -> None:
    """What was learnt from, how good it was on labelled pairs that it had not seen, and what was written."""
    if matcher.fitted is not None:
        console.print(_learnt(matcher.fitted), soft_wrap=True)
    threshold = matcher.model.threshold
    called = int((scored.confidence >= threshold).sum())
    console.print(
        f"{len(scored.pairs):,} pairs written to {path}, {called:,} of them at {threshold:.3f} or above",
        soft_wrap=True,
    )


def _learnt(fitted: Fitted) -> str:
    matches = int(fitted.labels.sum())
    threshold = fitted.model.threshold
    best = f1_at(fitted.held_out, fitted.labels, threshold)
    return (
        f"learnt from {fitted.labels.size:,} labelled pairs, {matches:,} of them matches; "
        f"held out, F1 is best at confidence {threshold:.3f}: {best:.3f}"
    )


def _as_given(task: Task, scored: Scored) -> PairRows:
    """The pairs as the caller wrote them: in one table they are scored with the lower row left."""
    return scored.pairs if task.given is None else task.given
