"""Right, wrong and abstained, by kind of deposit, and how far confidences can be trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from features.deposits.books import Books
from models.deposit_match import Answer
from training.benchmarks.deposits.methods import Tied
from training.benchmarks.deposits.truth import KINDS, DepositTruth
from training.benchmarks.groups.tally import Tally
from training.benchmarks.results import cell
from training.metrics import evaluate, exact_interval

PRECISION = 0.999
COUNTS = ("right", "abstained", "wrong")
RATES = ("of_answers", "of_all")


def by_kind(
    books: Books, truth: DepositTruth, tied: Sequence[Tied], judged: Sequence[int]
) -> dict[str, Tally]:
    """Of each kind, and of all deposits that hold payments.

    To leave other income alone is right; to tie it is wrong.
    """
    tallies = {name: Tally() for name in ("all with payments", *KINDS)}
    for place in judged:
        deposit, said = books.deposits[place], tied[place]
        kinds = truth.kinds(deposit)
        for kind in kinds if kinds == ["other income"] else ("all with payments", *kinds):
            tally = tallies[kind]
            tally.of += 1
            if kind == "other income":
                tally.right += said is None
                tally.wrong += said is not None
            elif said is not None:
                right = truth.right(deposit, said)
                tally.right += right
                tally.wrong += not right
    return tallies


def trust(
    books: Books, truth: DepositTruth, answers: Sequence[Answer], judged: Sequence[int]
) -> dict[str, float]:
    """Calibration of the best candidates, and what can be tied at a precision that the truth itself chose.

    ``coverage`` is a share of the deposits that hold payments. Figures with ``unsure_`` are of the deposits without a
    sure tie, where the model is put to the test.
    """
    unsure = [place for place in judged if place not in books.ties]
    figures: dict[str, float] = {}
    for prefix, places in (("", judged), ("unsure_", unsure)):
        confidence, right = _best(books, truth, answers, places)
        if confidence.size:
            figures |= evaluate(confidence, right, prefix=prefix)
        of = sum(bool(truth.holds(books.deposits[place])) for place in places)
        figures |= _coverage(confidence, right, of, prefix)
    return figures


def _best(
    books: Books, truth: DepositTruth, answers: Sequence[Answer], places: Sequence[int]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Confidence of the best candidate and whether it is right, of the deposits that have one."""
    found = [
        (answers[place].confidence, truth.right(books.deposits[place], best.members))
        for place in places
        if (best := answers[place].best) is not None
    ]
    table = np.array(found, dtype=np.float64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _coverage(
    confidence: NDArray[np.float64], right: NDArray[np.float64], of: int, prefix: str
) -> Mapping[str, float]:
    """The most that can be tied with at least ``PRECISION`` right; whole groups of equal confidence."""
    order = np.argsort(-confidence, kind="stable")
    hits, ordered = np.cumsum(right[order]), confidence[order]
    ends = np.append(np.diff(ordered) != 0, True)[: ordered.size]
    good = np.flatnonzero(ends & (hits >= PRECISION * np.arange(1, ordered.size + 1)))
    most = int(hits[good[-1]]) if good.size else 0
    low, high = exact_interval(most, of)
    name = f"{prefix}coverage"
    return {name: most / of, f"{name}_low": low, f"{name}_high": high} if of else {}


def shown(tallies: Sequence[tuple[str, Tally]]) -> Table:
    """A row a kind and method: counts, and both rates with their exact intervals."""
    result = Table(title="Deposits (exact 95 % intervals)", title_justify="left")
    result.add_column("kind: method", no_wrap=True)
    for name in ("deposits", *COUNTS, *RATES):
        result.add_column(name.replace("_", " "), justify="right")
    for name, tally in tallies:
        figures = tally.figures()
        counts = (f"{figures[count]:.0f}" for count in ("groups", *COUNTS))
        result.add_row(name, *counts, *(cell(figures, rate, 4).replace("\n", "  ") for rate in RATES))
    return result
