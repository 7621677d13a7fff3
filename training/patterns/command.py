"""Find which combinations of payer, facility, code, modifier and provider drive denials, and when payers changed.

Reads a folder of 837 and 835 files (and postings.csv, if there is one) and writes patterns.json, patterns.csv and
patterns.html with a picture. A pattern is a combination of up to three conditions whose claims are denied more often
than is expected of their payer, season, service, place and amount, and more often than all other patterns explain.
What chance alone would find, however many combinations are tried, is simulated; the share of false patterns is kept
below --false-discoveries.

With --champions FOLDER the report is put beside the champions, where the service reads it for its page "Patterns".
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.console import Console

from features.errors import BadInputError
from features.patterns.report import write
from training import datasets
from training.patterns import tables
from training.patterns.csv_file import write_csv
from training.patterns.find import patterns
from training.patterns.itemsets import SUPPORT
from training.patterns.page import write_page
from training.patterns.search import FALSE_DISCOVERIES

WIDTH = 140  # characters: the table of patterns needs as many
FEWEST = 11  # claims: what stands on fewer is never shown


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="a folder of 837 and 835 files")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("patterns"),
        metavar="DIR",
        help="where the report is written (patterns)",
    )
    parser.add_argument(
        "--champions",
        type=Path,
        metavar="DIR",
        help="the service's folder of champions, to put the report beside",
    )
    parser.add_argument(
        "--support",
        type=int,
        default=SUPPORT,
        metavar="N",
        help=f"the fewest claims of a pattern ({SUPPORT})",
    )
    parser.add_argument(
        "--false-discoveries",
        type=float,
        default=FALSE_DISCOVERIES,
        metavar="Q",
        help=f"the share of patterns that may be false ({FALSE_DISCOVERIES})",
    )
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="of the draws of chance (1)")


def run(arguments: argparse.Namespace) -> int:
    """Search, print, and write."""
    if arguments.support < FEWEST:
        raise BadInputError(
            f"--support must be at least {FEWEST}", remedy="fewer claims could point at a person"
        )
    if not 0 < arguments.false_discoveries < 1:
        raise BadInputError("--false-discoveries must lie between 0 and 1")
    dataset = datasets.load(arguments.folder)
    report = patterns(
        dataset, seed=arguments.seed, support=arguments.support, rate=arguments.false_discoveries
    )
    console = Console(file=sys.stdout)
    console.width = max(WIDTH, console.width)
    for table in tables.all_of(report):
        console.print(table)
    console.print(tables.described(report))
    written = [
        write(report, arguments.out),
        write_csv(report, arguments.out),
        write_page(report, arguments.out),
    ]
    if arguments.champions:
        written.append(write(report, arguments.champions))
    console.print(f"written: {', '.join(path.as_posix() for path in written)}")
    return 0
