"""Score X12 files offline and print where each claim and payment would go.

Nothing is stored. Payments are matched against the claims in the same files, so pass the 837 files with the 835 files.

    python -m serving score claims/ remittances/2024-04-02.835
    python -m serving score --format json remittances/ | jq 'select(.lane != "auto")'
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from features import files
from features.errors import MissingDataError
from features.settings import Settings
from serving import champions
from serving.offline import Line, score_files


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="X12 files or folders of them")
    parser.add_argument(
        "--format",
        choices=("table", "json"),
        default="table",
        help="a table for people, or one JSON object a line (default %(default)s)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Score and print; the exit status is 1 where a file was no X12."""
    models = champions.load(Settings.from_environment().models)
    scores = score_files(files.find(arguments.paths), models, at=datetime.now(UTC).date())
    if not scores.read:
        raise MissingDataError("no X12 file was found", remedy="pass 837 and 835 files, or folders of them")
    if arguments.format == "json":
        for line in scores.lines:
            sys.stdout.write(msgspec.json.encode(line).decode() + "\n")
    else:
        Console().print(_table(scores.lines))
    for name in scores.passed_over:
        sys.stderr.write(f"passed over, as it is no X12: {name}\n")
    return 1 if scores.passed_over else 0


def _table(lines: tuple[Line, ...]) -> Table:
    table = Table()
    table.add_column("kind", no_wrap=True)
    table.add_column("claim")
    table.add_column("payer")
    table.add_column("amount", justify="right")
    table.add_column("lane", no_wrap=True)
    table.add_column("confidence", justify="right")
    table.add_column("proposal")
    table.add_column("because")
    for line in lines:
        table.add_row(
            line.kind,
            line.claim_id or "-",
            line.payer_name or "-",
            "-" if line.amount is None else f"{line.amount:,.2f}",
            line.lane,
            "-" if line.confidence is None else f"{line.confidence:.1%}",
            _proposal(line),
            line.reasons[0].text if line.reasons else "",
        )
    return table


def _proposal(line: Line) -> str:
    if line.confidence is None:
        return "-"
    if line.kind == "denial-risk":
        return "release"
    return (
        f"post to {line.proposed_claim_id or 'a claim without id'}"
        if line.proposed_source
        else "none of these"
    )
