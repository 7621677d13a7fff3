"""Bank deposits tied to remittances, paper checks and stubs, judged by the sealed truth.

The model learns from the sure ties of the first half of the days; deposits of the second half are judged. The books
are those of the last day: what has arrived and what was announced by then is known of every deposit.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping

from training import datasets
from training.benchmarks.deposits import judge
from training.benchmarks.deposits.methods import by_trace, by_trace_then_amount, ours
from training.benchmarks.deposits.truth import DepositTruth
from training.benchmarks.folder import measured_folder, name_of
from training.benchmarks.results import Found, Row, recording, write
from training.deposits.command import LEAST
from training.deposits.fit import fit
from training.deposits.match import answered, books_of

WIDTH = 150
HISTORY = 0.5  # of the deposits: those that teach


def run(arguments: argparse.Namespace) -> int:
    """Simulate unless data is given, tie every deposit, and judge it by the truth; the answer is 0."""
    console = recording(WIDTH)
    with measured_folder(arguments) as folder:
        dataset = datasets.load(folder)
        books = books_of(folder, dataset)
        first = sorted(deposit.day for deposit in books.deposits)[int(len(books.deposits) * HISTORY)]
        start = time.perf_counter()
        model = fit(books, before=first, seed=arguments.seed)
        fitted = time.perf_counter()
        answers = answered(books, model)
        ended = time.perf_counter()
        truth = DepositTruth(folder, books)
    judged = [place for place, deposit in enumerate(books.deposits) if deposit.day >= first]
    methods = {
        "ours": ours(answers, LEAST),
        "exact trace": by_trace(books),
        "trace, then amount and date": by_trace_then_amount(books),
    }
    tallies = {name: judge.by_kind(books, truth, tied, judged) for name, tied in methods.items()}
    found = [(f"{kind}: {name}", tallies[name][kind]) for kind in tallies["ours"] for name in methods]
    trust = judge.trust(books, truth, answers, judged)
    about = (
        f"{len(judged):,} deposits judged from {first} on, {sum(p in books.ties for p in judged):,} of them with a "
        f"sure tie; fitted in {fitted - start:.0f} s, {len(answers):,} answered in {ended - fitted:.0f} s"
    )
    console.print(judge.shown(found))
    for sentence in (*said(trust), about):
        console.print(sentence)
    rows = [*(Row(name, tally.figures()) for name, tally in found), Row("confidence", trust)]
    result = Found(name_of("deposits", arguments), arguments.seed, dataset.digest, about, rows, ())
    console.print(f"written to {write(arguments.out, result, console)}")
    return 0


def said(trust: Mapping[str, float]) -> list[str]:
    """What the confidences are worth, in sentences."""
    return [
        f"{name}: {trust[prefix + 'coverage']:.2%} of the deposits that hold payments tied at {judge.PRECISION:.1%} "
        f"precision (threshold chosen by the truth); calibration error {trust.get(prefix + 'ece', 0):.4f}, "
        f"{trust.get(prefix + 'ece_excess', 0):.4f} above its floor"
        for name, prefix in (("all deposits", ""), ("without a sure tie", "unsure_"))
        if prefix + "coverage" in trust
    ]
