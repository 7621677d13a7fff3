"""Print the first line of a CSV file of claims or of claim payments.

    python -m serving template claims > claims.csv

What stands in the columns is told in docs/intake.md; any that is not needed may be left out.
"""

from __future__ import annotations

import argparse
import sys

from serving.portal.tables import SORTS


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("table", choices=[sort.name for sort in SORTS], help="which table")


def run(arguments: argparse.Namespace) -> int:
    """Print it."""
    columns = next(sort.columns for sort in SORTS if sort.name == arguments.table)
    sys.stdout.write(",".join(columns) + "\n")
    return 0
