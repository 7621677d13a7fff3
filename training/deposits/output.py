"""The answers as a table: a row a deposit and payment, with the evidence in words; and a summary for the console."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from features.deposits.books import Books
from features.deposits.evidence import deposit_evidence, dollars, in_words
from features.deposits.statement import Deposit
from models.deposit_match import Answer

COLUMNS = ("bank_reference", "trace_number", "amount", "confidence", "evidence")
UNLIKELY = 0.01  # confidence below which a candidate is not worth a word


def write_answers(path: Path, books: Books, answers: Sequence[Answer], *, least: float) -> None:
    """Write ``OUT.csv``; a deposit with a confidence below ``least`` has an empty trace number and a reason."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        for deposit, answer in zip(books.deposits, answers, strict=True):
            writer.writerows(rows(books, deposit, answer, least=least))


def rows(books: Books, deposit: Deposit, answer: Answer, *, least: float) -> Iterator[tuple[str, ...]]:
    """A row for each payment of a tied deposit, each with its own amount; one row, of the deposit's, for any other."""
    if answer.best is None or answer.confidence < least:
        sure = f"{answer.none:.4f}"
        yield deposit.reference, "", dollars(deposit.cents), sure, why_not(books, deposit, answer)
        return
    words = _agreement(books, deposit, answer)
    for place in answer.best.members:
        payment = books.payments[place]
        yield (
            deposit.reference,
            payment.trace_number,
            dollars(payment.cents),
            f"{answer.confidence:.4f}",
            words,
        )


def why_not(books: Books, deposit: Deposit, answer: Answer) -> str:
    """Why a deposit is tied to nothing; the ``confidence`` beside it is that no candidate is right."""
    if answer.best is None:
        return (
            "no announced payment has this number or amount, and no single sum of open payments comes to it"
        )
    if answer.confidence < UNLIKELY:
        return f"none of its candidates is likely; the best has {answer.confidence:.4f}"
    names = " ".join(books.payments[place].trace_number for place in answer.best.members)
    likely = f"not sure enough: most likely {names} at {answer.confidence:.4f}"
    if answer.runner_up is not None and answer.runner_up_confidence >= UNLIKELY:
        others = " ".join(books.payments[place].trace_number for place in answer.runner_up.members)
        likely += f", then {others} at {answer.runner_up_confidence:.4f}"
    return f"{likely}, none at {answer.none:.4f}; {_agreement(books, deposit, answer)}"


def _agreement(books: Books, deposit: Deposit, answer: Answer) -> str:
    """The evidence for the best candidate, and how far it is ahead."""
    members = answer.best.members if answer.best else ()
    fields = deposit_evidence(deposit, [books.payments[place] for place in members])
    several = f"{len(members)} payments add up; " if len(members) > 1 else ""
    words = "; ".join(map(in_words, fields))
    return f"{several}{words}; margin to the next {answer.margin:.4f}"
