"""Write a simulated provider's claims, remittances and posting ledger, with the truth apart from them.

The folder gets claims/*.837, remittances/*.835 and postings.csv, which is what a provider has, and truth/,
which only evaluation may open. The same seed gives the same bytes. What is drawn, and at which rates, stands
in training/simulate/rates.py.
"""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table

from features.errors import BadInputError
from training.simulate import files, rates
from training.simulate.network_run import Simulated, simulate


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder to write")
    parser.add_argument(
        "--claims", type=int, default=20_000, metavar="N", help="how many claims (default 20,000)"
    )
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="same seed, same bytes (default 1)")
    parser.add_argument(
        "--until",
        type=_day,
        default=date.fromisoformat(rates.LAST_DAY),
        metavar="DATE",
        help=f"the last day of the three years (default {rates.LAST_DAY})",
    )


def run(arguments: argparse.Namespace) -> int:
    """Simulate, write, and say what was written."""
    if arguments.claims < 1 or arguments.seed < 0:
        raise BadInputError("--claims must be at least 1 and --seed at least 0")
    end: date = arguments.until
    start = date(end.year - rates.YEARS, end.month, min(end.day, 28))
    simulated = simulate(claims=arguments.claims, seed=arguments.seed, start=start, end=end)
    files.write(arguments.out, simulated, seed=arguments.seed, last_day=end)
    _report(simulated, arguments.out)
    return 0


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError("a date is written YYYY-MM-DD") from error


def _report(simulated: Simulated, folder: Path) -> None:
    claims = len(simulated.decided)
    payments = [payment for batch in simulated.batches for payment in batch.payments]
    denied = sum(decision.denied for _, decision in simulated.decided)
    table = Table(title=f"Simulated network in {folder}", show_header=False)
    for name, value in (
        ("claims", f"{claims:,}"),
        ("denied", f"{denied:,} ({denied / claims:.1%})"),
        ("remittances", f"{len(simulated.batches):,}"),
        ("claim payments", f"{len(payments):,}"),
        ("of another system", f"{sum(payment.claim.foreign for payment in payments):,}"),
    ):
        table.add_row(name, value)
    Console(file=sys.stdout).print(table)
