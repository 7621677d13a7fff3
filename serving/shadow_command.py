"""Hold challengers against the champions on live traffic: lanes, confidences, and who was right.

A challenger in the folder of CLEARLANE_CHALLENGERS scores what the service scored, after the answer was given; nobody
is shown what it says. This prints how the two compare on the same items: to which lanes they send them, by how much
their confidences differ, and, for items of which it has come out since what was right, their log loss, calibration and
the precision of the automatic lane of each. A claim is judged by its payer's answer, 45 days after it came; a payment
by the person who decided it, or by its blind check. Intervals are at 95 %. A difference in log loss whose whole
interval lies below 0 speaks for the challenger.

    python -m serving shadow
    python -m serving shadow --latest 50000
    python -m serving shadow --json > shadow.json      # the same as GET /v1/shadow
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator

import msgspec
from rich.console import Console, Group
from rich.markup import escape
from rich.table import Table

from features.errors import BadInputError
from features.settings import Settings
from serving.clock import clock_of
from serving.shadow.comparison import FEWEST, LATEST, report
from serving.shadow.records import Comparison, Judged, OwnLane, Quality, ShadowReport
from serving.store.looking import looked_at
from serving.store.shadow_reading import ShadowReading

LANES = ("auto", "review", "specialist", "escalate")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "--latest", type=int, default=LATEST, metavar="N", help=f"items that are compared ({LATEST:,})"
    )
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")


def run(arguments: argparse.Namespace) -> int:
    """Print every comparison; raises MissingDataError where there is no store, StoreError and BadInputError."""
    if arguments.latest < 1:
        raise BadInputError("at least one item is compared", "--latest")
    clock = clock_of(os.environ)
    with looked_at(Settings.from_environment().database_url) as connections:
        found = report(ShadowReading(connections), clock(), latest=arguments.latest)
    if arguments.json:
        print(msgspec.json.format(msgspec.json.encode(found)).decode())  # noqa: T201 - for a program, as it is
    else:
        _print(found, Console(highlight=False, soft_wrap=True))
    return 0


def _print(found: ShadowReport, console: Console) -> None:
    if not found.comparisons:
        console.print(
            "No challenger has scored anything yet: put one into the folder of CLEARLANE_CHALLENGERS,"
        )
        console.print("or leave 'python -m training follow' running, and serve.")
    for one in found.comparisons:
        console.print(escape("\n".join(_head(one))))
        console.print(_lanes(one))
        console.print(Group(*map(escape, _rest(one))))


def _head(one: Comparison) -> Iterator[str]:
    ended = f" to {one.ended_at:%Y-%m-%d %H:%M}" if one.ended_at else ""
    yield f"{one.kind}: {one.challenger} in the shadow of {one.champion}"
    yield f"  {one.items:,} items since {one.began_at:%Y-%m-%d %H:%M}{ended}, the latest {one.compared:,} compared"
    if one.agreement is not None:
        yield f"  the same lane for {one.agreement:.1%}"


def _lanes(one: Comparison) -> Table:
    """A row a lane of the champion, a column a lane of the challenger."""
    counts: dict[tuple[str, str], int] = {(pair.champion, pair.challenger): pair.items for pair in one.lanes}
    table = Table("champion, down; challenger, across", *LANES)
    for lane in LANES:
        table.add_row(lane, *(f"{counts.get((lane, other), 0):,}" for other in LANES))
    return table


def _rest(one: Comparison) -> Iterator[str]:
    spread = one.differences
    if spread is not None:
        yield (
            f"  confidence, challenger less champion: mean {spread.mean:+.4f}; of 100 items the 5th"
            f" {spread.low:+.4f}, 25th {spread.quarter:+.4f}, 50th {spread.median:+.4f}, 75th"
            f" {spread.three_quarters:+.4f}, 95th {spread.high:+.4f}; {spread.beyond_a_tenth:.1%} beyond 0.1"
        )
    yield from _judged(one.judged)
    yield ""


def _judged(found: Judged) -> Iterator[str]:
    told = ", ".join(f"{count:,} by {by}" for by, count in sorted(found.by.items()))
    yield f"  judged since: {found.items:,}" + (f" ({told})" if told else "")
    if found.items < FEWEST:
        yield f"  too few for log loss and calibration: {FEWEST} are needed"
    for name, quality in (("champion  ", found.champion), ("challenger", found.challenger)):
        if quality.log_loss is not None:
            calibration = f"calibration error {quality.ece:.4f} (by chance {quality.ece_floor:.4f})"
            yield f"  {name}  log loss {_within(quality)}, {calibration}"
        yield f"  {name}  automatic lane: {_precision(quality.automatic)}"
    if found.difference is not None:
        low, high = found.difference_low, found.difference_high
        yield f"  log loss, challenger less champion: {found.difference:+.4f} ({low:+.4f} to {high:+.4f})"


def _within(quality: Quality) -> str:
    return f"{quality.log_loss:.4f} ({quality.log_loss_low:.4f} to {quality.log_loss_high:.4f})"


def _precision(lane: OwnLane) -> str:
    if lane.precision is None:
        return "nothing of it was judged"
    return f"{lane.precision:.2%} right ({lane.low:.2%} to {lane.high:.2%}), {lane.wrong:,} of {lane.judged:,} wrong"
