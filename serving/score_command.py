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

from features import files
from features.errors import BadInputError, MissingDataError
from features.settings import Settings
from serving import champions
from serving.offline import score_files
from serving.score_report import show


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="X12 files or folders of them")
    parser.add_argument(
        "--format",
        choices=("table", "json"),
        default="table",
        help="tables for people, or one JSON object a line with everything (default %(default)s)",
    )
    parser.add_argument(
        "--evidence",
        action="store_true",
        help="with --format json: what each field of a payment's candidates weighs, the margin and the pairs of lines",
    )
    parser.add_argument(
        "--most",
        type=_count,
        default=5,
        metavar="N",
        help="items that the tables show of each lane and kind, the largest first (default %(default)s)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Score and print; the exit status is 1 where a file was no X12."""
    if arguments.evidence and arguments.format != "json":
        raise BadInputError("--evidence is more than a table holds", remedy="add --format json")
    paths = files.find(arguments.paths)
    models = champions.load(Settings.from_environment().models)
    scores = score_files(paths, models, at=datetime.now(UTC).date(), evidence=arguments.evidence)
    if not scores.read:
        raise MissingDataError("no X12 file was found", remedy="pass 837 and 835 files, or folders of them")
    if arguments.format == "json":
        for line in scores.lines:
            sys.stdout.write(msgspec.json.encode(line).decode() + "\n")
    else:
        show(Console(highlight=False), scores.lines, most=arguments.most, paths=arguments.paths)
    for name in scores.passed_over:
        sys.stderr.write(f"passed over, as it is no X12: {name}\n")
    return 1 if scores.passed_over else 0


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError("should be a whole number from 0")
    return int(text)
