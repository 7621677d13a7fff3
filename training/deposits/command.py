"""Tie the deposits of a bank statement to the remittances, paper checks and stubs that announced them.

  python -m training match-deposits --data network --out ties.csv

DIR holds deposits.csv (bank_reference, deposit_date, bank_account, type, amount, trace_number, company_name,
company_id, check_number) beside the 835 files and, where there are such, paper.csv and stubs.csv. Deposits that show a
whole trace number and the payment's amount teach the rest: numbers that the bank cut or left out, several payments
in one transfer or lockbox, fees, late money. The model learns from the statement itself, so give it some months.

OUT.csv has the columns bank_reference, trace_number, amount, confidence and evidence, a row for each payment that a
deposit holds. An empty trace number means that nothing was sure enough: evidence says why, and confidence is then
the probability that none of the candidates is right, as with other income. docs/deposits.md tells more.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from features.deposits.books import Books
from features.errors import BadInputError, MissingDataError
from models.deposit_match import Answer, DepositMatchModel
from training import datasets
from training.deposits.fit import fit
from training.deposits.match import answered, books_of
from training.deposits.output import write_answers

LEAST = 0.99


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "--data", type=Path, required=True, metavar="DIR", help="the folder of deposits.csv and 835s"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="where the ties are written")
    parser.add_argument(
        "--least", type=float, default=LEAST, metavar="P", help=f"confidence from which it ties ({LEAST})"
    )
    parser.add_argument("--model", type=Path, metavar="DIR", help="a model that was kept: nothing is learnt")
    parser.add_argument("--model-out", type=Path, metavar="DIR", help="keep the model for another time")
    parser.add_argument("--seed", type=int, default=7, metavar="S", help="same seed, same answer (7)")


def run(arguments: argparse.Namespace) -> int:
    """Read, learn, tie and write."""
    _check(arguments)
    books = books_of(arguments.data, datasets.load(arguments.data))
    model = DepositMatchModel.load(arguments.model) if arguments.model else fit(books, seed=arguments.seed)
    if arguments.model_out:
        model.save(arguments.model_out)
    answers = answered(books, model)
    write_answers(arguments.out, books, answers, least=arguments.least)
    console = Console(file=sys.stdout, highlight=False)
    for line in summary(books, answers, least=arguments.least):
        console.print(line)
    console.print(f"written to {arguments.out}")
    return 0


def summary(books: Books, answers: Sequence[Answer], *, least: float) -> list[str]:
    """What became of the deposits, and of the payments."""
    tied = [answer.best for answer in answers if answer.best is not None and answer.confidence >= least]
    arrived = {member for best in tied for member in best.members}
    several = sum(len(best.members) > 1 for best in tied)
    return [
        f"{len(answers):,} deposits: {len(tied):,} tied, {several:,} of them to several payments, "
        f"{len(books.ties):,} by whole trace number and amount",
        f"{len(books.payments):,} announced payments: {len(arrived):,} arrived, "
        f"{len(books.payments) - len(arrived):,} not seen at the bank",
        "confidences are learnt from sure ties alone: no certificate can be tested on them",
    ]


def _check(arguments: argparse.Namespace) -> None:
    if not 0.0 < arguments.least <= 1.0:
        raise BadInputError("a confidence is above 0 and at most 1", "--least", f"give {LEAST}, for example")
    if arguments.model is not None and arguments.model_out is not None:
        raise BadInputError("a kept model is not kept again", "--model and --model-out", "give one of them")
    if arguments.out.is_dir() or not arguments.out.parent.is_dir():
        raise MissingDataError(
            "the answer needs a file in a folder that exists", "--out", "give ties.csv, for example"
        )
