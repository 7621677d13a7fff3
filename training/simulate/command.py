"""Write a simulated provider's files, with the truth apart from them.

The folder gets what a provider has:
  claims/*.837, acknowledgments/*.277, remittances/*.835     X12 files, a few a day
  postings.csv, audits.csv, denial_work.csv                  who posted what, who checked it, work on denials
  deposits.csv, paper.csv, stubs.csv                         the bank's deposits, typed paper, bare check stubs
  purchase_orders.csv, receipts.csv, invoices.csv            vendor invoices, as an ERP exports them
and besides manifest.json, which says what is in it, and truth/, which only evaluation may open. The same seed gives
the same bytes. What is drawn, and at which rates, stands in training/simulate/rates.py.

scenarios:
  steady          what changes all the time: policies, plans, clinics that join
  policy-change   two large payers start to ask for many more authorizations
  new-payer       a payer that nobody has seen takes over a part of the commercial members
  format-change   two large payers change their claim numbers and their habits
  acquisition     a hospital with its own numbering and a poor intake joins
  surge           three times the visits over six weeks

The change falls three quarters into the days.
"""

from __future__ import annotations

import argparse
import sys
from datetime import date, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from features.commandline import day
from features.errors import BadInputError
from training.simulate import files, rates, scenarios
from training.simulate.manifest import Manifest
from training.simulate.network_run import Run


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder to write")
    parser.add_argument(
        "--claims",
        type=int,
        default=20_000,
        metavar="N",
        help="how many claims; corrected ones come on top (20,000)",
    )
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="same seed, same bytes (1)")
    parser.add_argument(
        "--scenario", choices=tuple(scenarios.SCENARIOS), default="steady", help="what changes (steady)"
    )
    parser.add_argument(
        "--start",
        type=day,
        default=rates.FIRST_DAY,
        metavar="DATE",
        help=f"the first day ({rates.FIRST_DAY})",
    )
    parser.add_argument(
        "--days", type=int, default=rates.DAYS, metavar="N", help=f"how many days ({rates.DAYS})"
    )


def run(arguments: argparse.Namespace) -> int:
    """Simulate, write, and say what was written."""
    manifest = write(
        arguments.out,
        claims=arguments.claims,
        seed=arguments.seed,
        scenario=arguments.scenario,
        start=arguments.start,
        days=arguments.days,
    )
    _report(manifest, arguments.out)
    return 0


def write(
    folder: Path,
    *,
    claims: int,
    seed: int,
    scenario: str = "steady",
    start: date = rates.FIRST_DAY,
    days: int = rates.DAYS,
) -> Manifest:
    """Simulate a network into a folder; raises BadInputError where a number makes no sense."""
    if claims < 1 or seed < 0:
        raise BadInputError("--claims must be at least 1 and --seed at least 0")
    if days < rates.FEWEST_DAYS:
        raise BadInputError(
            f"--days must be at least {rates.FEWEST_DAYS}", remedy="payers need that long to answer"
        )
    try:
        end = start + timedelta(days - 1)
    except OverflowError:
        raise BadInputError("the calendar ends before the last day", remedy="start earlier") from None
    return files.write(folder, Run(claims=claims, seed=seed, start=start, end=end, scenario=scenario))


def _report(manifest: Manifest, folder: Path) -> None:
    counts, decided = manifest.counts, manifest.decided
    table = Table(title=f"Simulated network in {folder}", show_header=False)
    for name, value in (
        ("claims", f"{counts['claims']:,}"),
        ("of these corrected claims", f"{counts['corrected_claims']:,}"),
        ("rejected before a decision", f"{counts['rejected']:,}"),
        ("denied", f"{counts['denied']:,} ({counts['denied'] / max(1, decided):.1%})"),
        ("remittances", f"{counts['remittances']:,}"),
        ("claim payments", f"{counts['claim_payments']:,}"),
        ("of another system", f"{manifest.events['foreign']:,}"),
    ):
        table.add_row(name, value)
    Console(file=sys.stdout).print(table)
