"""Certify a sample that people have checked: above which score may items go without a look?

FILE.csv has a header and one row for each item that was scored and then checked:

  score    0 to 1, how sure it is that acting without a look would be right; empty: such an item never goes by itself
  error    1 where acting without a look would have been wrong, else 0
  window   plan for rows of an earlier period, which choose what is tried; certify for later ones, which test it
  cell     optional: what is certified on its own, such as a payer or a band of amounts; all cells hold their promise
           together, except with probability delta
  batch    optional: the remittance or file that the item came in; of each one row a cell counts, as its errors hang
           together, and all its rows plan or all certify
  amount   optional: dollars, to say how much would go by itself

The rows that plan may not be those that certify, and neither may have trained the model. A cell that cannot be
certified is a full answer: a person decides its items, and the table says how many more checked items it wants.

Each run is a test of its own. Labels that a test has looked at are spent: to try again on them until something passes
makes the chance of a broken promise as many times delta.

    python -m training certify --sample checked.csv --alpha 0.005 --delta 0.05
    python -m training certify --sample checked.csv --out certificates --from 2026-01-01 --until 2026-03-31
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from features.commandline import day
from features.errors import BadInputError
from features.files import folder_to_write, shown
from features.settings import Settings
from models.certificate_words import rate_text
from models.certificates import FILE, Cell, Certificate, Uncertified, issue, save_certificates
from models.policy import load_policy
from models.policy_table import ANY
from training.certify.family import Tried, certify_sample
from training.certify.sample import read_sample

LONGEST = 3660  # days that a certificate may hold
LARGEST_DELTA = 0.5  # a promise that is likelier broken than kept is none, and 0.95 was meant as 95 % sure


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("--sample", type=Path, required=True, metavar="FILE.csv", help="what was checked")
    parser.add_argument(
        "--alpha", type=float, default=0.005, help="highest error rate of what goes by itself (%(default)s)"
    )
    parser.add_argument(
        "--delta", type=float, default=0.05, help="chance that any cell breaks that promise (%(default)s)"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help=f"write the certificates as DIR/{FILE}")
    parser.add_argument(
        "--kind", default="remittance-match", help="of the items, for the certificates (%(default)s)"
    )
    parser.add_argument(
        "--model-version", default="unknown", help="that made the scores, for the certificates"
    )
    parser.add_argument(
        "--from", dest="first", type=day, metavar="DAY", help="of the rows that certify; needed with --out"
    )
    parser.add_argument(
        "--until", dest="last", type=day, metavar="DAY", help="their last day; needed with --out"
    )
    parser.add_argument("--days", type=int, default=90, help="how long a certificate holds (%(default)s)")
    parser.add_argument(
        "--seed", type=int, default=7, metavar="S", help="draws one row of each batch (%(default)s)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Read, certify each cell, tell, and write where that was asked for."""
    _check(arguments)
    sample = read_sample(arguments.sample)
    with Console(stderr=True).status(f"Certifying {len(sample.names()):,} cells"):
        tried = certify_sample(sample, alpha=arguments.alpha, delta=arguments.delta, seed=arguments.seed)
    console = Console(highlight=False, soft_wrap=True)
    console.print(_table(tried, arguments.alpha, arguments.delta))
    for one in tried:
        if one.certified is None:
            console.print(f"{one.cell}: {_wanting(one, arguments.alpha)}", markup=False)
    if arguments.out:
        save_certificates(arguments.out, _certificates(tried, arguments))
        console.print(f"written: {arguments.out / FILE}", markup=False)
    return 0


def _check(arguments: argparse.Namespace) -> None:
    if not (0 < arguments.alpha < 1 and 0 < arguments.delta < 1):
        raise BadInputError("--alpha and --delta must lie between 0 and 1")
    if not 0 < arguments.days <= LONGEST:
        raise BadInputError(f"--days must lie between 1 and {LONGEST:,}")
    if arguments.seed < 0:
        raise BadInputError("--seed must not be below 0")
    if arguments.delta > LARGEST_DELTA:
        raise BadInputError(
            "--delta is the chance that the promise is broken", remedy="give 0.05 where 95 % sure is meant"
        )
    _check_window(arguments, datetime.now(tz=UTC).date())
    if arguments.out:
        _check_place(arguments)


def _check_window(arguments: argparse.Namespace, today: date) -> None:
    first, last = arguments.first, arguments.last
    if arguments.out and (first is None or last is None):
        raise BadInputError(
            "a certificate states which days its labels are of",
            "--out",
            "give the first and the last day of the rows that certify by --from and --until",
        )
    if first and last and last < first:
        raise BadInputError("--until is a day before --from", remedy="give the earlier one by --from")
    if last and last > today:
        raise BadInputError("--until is a day to come", remedy="labels are of days that are over")


def _check_place(arguments: argparse.Namespace) -> None:
    """Certificates are for a kind that the policy knows, and never written over others."""
    kinds = load_policy(Settings.from_environment().policy).kinds
    if arguments.kind not in kinds:
        raise BadInputError(f"--kind should be one of {', '.join(kinds)}")
    if (folder_to_write(arguments.out) / FILE).exists():
        raise BadInputError(
            f"{FILE} stands there already", shown(arguments.out), "name another folder with --out"
        )


def _table(tried: Sequence[Tried], alpha: float, delta: float) -> Table:
    title = f"At most {rate_text(alpha)} wrong in every certified cell, {rate_text(1 - delta)} sure of all together"
    table = Table(title=title, title_justify="left")
    table.add_column("cell")
    for heading in ("threshold", "checked above", "wrong", "automatic"):
        table.add_column(heading, justify="right")
    with_dollars = any(one.dollars is not None for one in tried)
    if with_dollars:
        table.add_column("dollars", justify="right")
    for one in tried:
        dollars = (f"{one.dollars or 0:,.0f}",) if with_dollars else ()
        table.add_row(escape(one.cell), *_figures(one), *dollars)
    return table


def _figures(one: Tried) -> tuple[str, str, str, str]:
    if one.certified is None:
        return "none", "-", "-", "0 %"
    share = one.automatic / one.rows
    return (
        f"{one.certified.threshold:.4g}",
        f"{one.certified.n:,}",
        f"{one.certified.errors:,}",
        f"{share:.1%}",
    )


def _wanting(one: Tried, alpha: float) -> str:
    if not one.planned or not one.labels:
        missing = "plan" if not one.planned else "certify"
        return f"not certified: it has no rows with window {missing!r}"
    if one.wanted is None:
        return f"not certified: {rate_text(alpha)} or more were wrong at every threshold; better scores are wanted"
    more = "one of each batch counts" if one.labels < one.rows else "of any score"
    return f"not certified: wants about {one.wanted:,} freshly checked items ({more}), where {one.labels:,} were given"


def _certificates(tried: Sequence[Tried], arguments: argparse.Namespace) -> list[Certificate]:
    today = datetime.now(tz=UTC).date()
    digest = hashlib.sha256(arguments.sample.read_bytes()).hexdigest()
    return [
        issue(
            one.certified or Uncertified(0, 0),
            cell=Cell(arguments.kind, ANY if one.cell == "all" else one.cell, ANY),
            alpha=arguments.alpha,
            delta=arguments.delta,
            level=one.level,
            window=(arguments.first, arguments.last),
            model_version=arguments.model_version,
            data_digest=digest,
            expires=today + timedelta(days=arguments.days),
        )
        for one in tried
    ]
