"""Check vendor invoices against their orders and receipts, and against what was invoiced before.

  python -m training check-invoices --data erp --out findings.csv

DIR holds invoices.csv, purchase_orders.csv and receipts.csv, a row a line; docs/invoices.md names their columns. Each
invoice is judged by what was known on the day that it was received. OUT.csv has a row for each finding, the largest
expected loss first: which voucher and line, what is wrong in a sentence with its values, the money at stake, and
the confidence that a person would find it wrong.

The confidence is learnt from invoice_reviews.csv where DIR has it: which invoices people checked, and what they found.
Without reviews a model that was kept or trained elsewhere is used (--model, or the champion of 'python -m training
train'); without any, all differences beyond the tolerances are listed and the confidence is left empty.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from features.commandline import day
from features.errors import BadInputError, MissingDataError
from features.invoices.book import Book
from features.invoices.cases import InvoiceCase, replay
from features.invoices.tables import read_folder
from features.invoices.tolerances import DEFAULT
from features.settings import Settings
from models.files import MANIFEST
from models.invoices.anomalies import KIND, InvoiceAnomalyModel
from training.invoices.labels import has_tables
from training.invoices.output import Checked, write_findings
from training.invoices.train import train_folder

LEAST = 0.2


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "--data", type=Path, required=True, metavar="DIR", help="the folder of the three tables"
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="where the findings are written"
    )
    parser.add_argument(
        "--least",
        type=float,
        default=LEAST,
        metavar="P",
        help=f"confidence from which a finding is listed ({LEAST})",
    )
    parser.add_argument("--since", type=day, metavar="DATE", help="list invoices received from this day on")
    parser.add_argument("--model", type=Path, metavar="DIR", help="a model that was kept: nothing is learnt")
    parser.add_argument("--model-out", type=Path, metavar="DIR", help="keep the model that is learnt")
    parser.add_argument("--seed", type=int, default=7, metavar="S", help="same seed, same answer (7)")


def run(arguments: argparse.Namespace) -> int:
    """Read, learn where there are reviews, judge and write."""
    _check(arguments)
    console = Console(file=sys.stdout, highlight=False)
    model, source = _model(arguments)
    purchasing = read_folder(arguments.data)
    if warning := purchasing.warning():
        Console(stderr=True).print(f"rows that cannot be read: {warning}", style="yellow", markup=False)
    cases = list(replay(purchasing, Book(model.tolerances if model else DEFAULT)))
    chosen = [case for case in cases if arguments.since is None or case.invoice.received >= arguments.since]
    checked = judged(chosen, model, least=arguments.least)
    write_findings(arguments.out, checked)
    for line in (source, *summary(len(chosen), checked)):
        console.print(line, markup=False)
    console.print(f"written to {arguments.out}", markup=False)
    return 0


def judged(cases: Sequence[InvoiceCase], model: InvoiceAnomalyModel | None, *, least: float) -> list[Checked]:
    """The findings to list, the largest expected loss first; all of them where there is no model."""
    if model is None:
        found = [Checked(case, finding, None) for case in cases for finding in case.findings]
    else:
        found = [
            Checked(case, finding, score.probability)
            for case, score in zip(cases, model.score(cases), strict=True)
            for finding in score.findings
            if (finding.confidence or 0.0) >= least
        ]
    return sorted(found, key=lambda one: (-one.expected_loss, one.case.invoice.voucher, one.finding.line))


def summary(invoices: int, checked: Sequence[Checked]) -> list[str]:
    """What was found, by code."""
    by_code = Counter(one.finding.code for one in checked)
    vouchers = {one.case.invoice.voucher for one in checked}
    counts = ", ".join(f"{code} {count:,}" for code, count in by_code.most_common()) or "nothing"
    return [f"{invoices:,} invoices: {len(vouchers):,} with findings ({counts})"]


def _model(arguments: argparse.Namespace) -> tuple[InvoiceAnomalyModel | None, str]:
    """The model to use, and a sentence on where it comes from."""
    if arguments.model is not None:
        return InvoiceAnomalyModel.load(arguments.model), f"judged by the model in {arguments.model}"
    if has_tables(arguments.data):
        return _learnt(arguments)
    champion = Settings.from_environment().models / KIND
    if (champion / MANIFEST).is_file():
        return InvoiceAnomalyModel.load(
            champion
        ), "judged by the champion: there are no reviews to learn from"
    return None, "not judged: there are no reviews to learn from, and there is no model"


def _learnt(arguments: argparse.Namespace) -> tuple[InvoiceAnomalyModel | None, str]:
    with tempfile.TemporaryDirectory() as scratch, Console(stderr=True).status("Learning from reviews"):
        folder = arguments.model_out or Path(scratch)
        try:
            trained = train_folder(arguments.data, out=folder, seed=arguments.seed, certify=False)
        except MissingDataError as error:
            return None, f"not judged: {error}"
        return InvoiceAnomalyModel.load(folder), trained.notes[0]


def _check(arguments: argparse.Namespace) -> None:
    if not 0.0 <= arguments.least <= 1.0:
        raise BadInputError("a confidence is 0 to 1", "--least", f"give {LEAST}, for example")
    if arguments.model is not None and arguments.model_out is not None:
        raise BadInputError("a kept model is not kept again", "--model and --model-out", "give one of them")
    if arguments.out.is_dir() or not arguments.out.parent.is_dir():
        raise MissingDataError(
            "the answer needs a file in a folder that exists", "--out", "give findings.csv, for example"
        )
