"""What a change of the network does to matching, and how fast audited labels mend it.

The day of the change stands in the folder's manifest. A method learns from what was known on a day and is asked about
the payments of some days after it:

  week 1                known before the change, asked about the first seven days after it
  weeks 1-4             the same, asked about the first 28 days
  weeks 5-8             the same, asked about the 28 days after those
  weeks 5-8, relearnt   known 28 days after the change, with the audits of these; asked about the next 28 days

A steady network of the same seed is asked about the same days beside it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from rich import box
from rich.table import Table

from features.errors import MissingDataError
from models.policy import load_policy
from training import datasets
from training.benchmarks.matching.coverage import at_oracle_threshold, best_posted, part, posted
from training.benchmarks.matching.lane import checked_threshold, judged, strict, trained
from training.benchmarks.matching.tables import in_percent
from training.benchmarks.matching.task import answers_of, checked, split
from training.benchmarks.matching.truth import read_truth
from training.benchmarks.repeats import named_mean
from training.benchmarks.runner import Runner
from training.match_evaluation import Answers, Flags, batch_counts, decisions
from training.remittance_match import Prepared, prepare
from training.simulate.scenarios import change_day

WEEK, WEEKS = timedelta(7), timedelta(28)
MODEL = "model"
RELEARNT = "weeks 5-8, relearnt"


@dataclass(frozen=True)
class Question:
    """Asked on a day about the payments of some days: from ``first`` to before ``until``."""

    name: str
    known: date  # what is dated before this day may be learnt from
    first: date
    until: date


@dataclass(frozen=True)
class Judged:
    """A method's answers to a question about one network."""

    network: str  # the scenario
    question: Question
    method: str
    answers: Answers
    through: (
        Flags  # posted without a look: under certificates by the model, by an oracle's threshold elsewhere
    )
    figures: dict[str, float]

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        question = {name: str(value) for name, value in vars(self.question).items()}
        named = {"network": self.network, "question": question, "method": self.method}
        return {**named, "payments": self.through.size, "figures": self.figures}


@dataclass
class Network:
    """One folder, read and prepared once for all questions."""

    folder: Path
    scenario: str
    seed: int
    in_process: bool
    prepared: Prepared = field(init=False)
    dataset: datasets.Dataset = field(init=False)
    wanted: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.dataset = datasets.load(self.folder)
        self.prepared = prepare(self.dataset)
        self.wanted = [true.claim_id for true in read_truth(self.folder, self.prepared.labels.payments)]

    def ask_model(self, questions: Sequence[Question]) -> list[Judged]:
        """The product's model and lane, trained once for each day on which it learns."""
        found = []
        for known in sorted({question.known for question in questions}):
            asked = [question for question in questions if question.known == known]
            found += self._ask_model(known, asked)
        return found

    def ask(self, name: str, method: str, questions: Sequence[Question]) -> list[Judged]:
        """Any other method, by the protocol that all enter by: it knows what was before the first day asked about."""
        found = []
        for first in sorted({question.first for question in questions}):
            asked = [one for one in questions if one.first == one.known == first]
            found += self._ask(name, method, asked) if asked else []
        return found

    def _ask_model(self, known: date, questions: Sequence[Question]) -> list[Judged]:
        past, policy = datasets.load(self.folder, before=known), strict(load_policy())
        model, certificates = trained(past, seed=self.seed, policy=policy, issued=known)
        prepared = prepare(past)
        wanted = [true.claim_id for true in read_truth(self.folder, prepared.labels.payments)]
        threshold = checked_threshold(model, prepared, wanted, seed=self.seed)
        found = []
        for question in questions:
            rows = self._rows(question)
            lane = judged(
                model, certificates, self.prepared, rows, self.wanted,
                checked=threshold, policy=policy, at=known,
            )  # fmt: skip
            counts = batch_counts([self.prepared.labels.batch[row] for row in rows], seed=self.seed)
            figures = decisions(lane.answers, counts) | lane.figures()
            figures |= at_oracle_threshold(lane.answers, counts)
            found.append(Judged(self.scenario, question, MODEL, lane.answers, lane.through, figures))
        return found

    def _ask(self, name: str, method: str, questions: Sequence[Question]) -> list[Judged]:
        """Asked once, about the longest of questions that begin on one day."""
        days = questions[0].first, max(question.until for question in questions)
        given = split(self.dataset, seed=self.seed, days=days)
        runner = Runner("matching", given, self.folder, self.seed, self.in_process, days)
        wanted = [true.claim_id for true in read_truth(self.folder, given.payments)]
        answers = answers_of(checked(runner.ask(method).answers, given), wanted)
        counts = batch_counts(given.batch, seed=self.seed)
        paid = [payment.payment_date or date.max for payment in given.payments]
        found = []
        for question in questions:
            inside = np.array([day < question.until for day in paid])
            of_days, drawn = part(answers, inside), counts[:, inside]
            through = best_posted(of_days)
            figures = decisions(of_days, drawn) | at_oracle_threshold(of_days, drawn)
            figures |= posted("auto", through, of_days)
            found.append(Judged(self.scenario, question, name, of_days, through, figures))
        return found

    def _rows(self, question: Question) -> np.ndarray[Any, np.dtype[np.intp]]:
        days = np.asarray(self.prepared.labels.paid_on, dtype="datetime64[D]")
        inside = (days >= np.datetime64(question.first)) & (days < np.datetime64(question.until))
        if not inside.any():
            raise MissingDataError("no payment falls into the days to judge", remedy="simulate more claims")
        return np.flatnonzero(inside)


def questions(change: date) -> tuple[Question, ...]:
    """What is asked about a change on a day.

    >>> [str(one.first) for one in questions(date(2025, 4, 1))]
    ['2025-04-01', '2025-04-01', '2025-04-29', '2025-04-29']
    """
    mended = change + WEEKS
    return (
        Question("week 1", change, change, change + WEEK),
        Question("weeks 1-4", change, change, mended),
        Question("weeks 5-8", change, mended, mended + WEEKS),
        Question(RELEARNT, mended, mended, mended + WEEKS),
    )


def changed_in(folder: Path) -> bool:
    """Whether something changes; raises MissingDataError where the folder has no manifest."""
    return _manifest(folder)["change"] is not None


def changed_on(folder: Path) -> date:
    """The day of the change, or the one on which a steady network would have changed.

    Raises MissingDataError where the folder has no manifest.
    """
    told = _manifest(folder)
    if told["change"]:
        return date.fromisoformat(told["change"])
    return change_day(date.fromisoformat(told["start"]), date.fromisoformat(told["end"]))


def table(network: str, found: Sequence[Judged]) -> Table:
    """A line a question and method, of one network."""
    result = Table(
        title=f"Around the day of the change, {network}: % (95 % below)",
        title_justify="left",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
    )
    for name in ("asked about", "method", "payments", "F1", "posted", "precision", "oracle's", "all audited"):
        result.add_column(name, justify="left" if name in ("asked about", "method") else "right")
    figures = ("f1", "auto_share", "auto_precision", "share_at_999_precision", "checked_share")
    for one in found:
        if one.network == network:
            cells = [in_percent(one.figures, name) for name in figures]
            result.add_row(one.question.name, one.method, f"{one.through.size:,}", *cells)
    return result


def together(seeds: Sequence[Sequence[Judged]]) -> list[Judged]:
    """The answers of several networks to one question as if they were of one: a week of one has few payments."""
    found: dict[tuple[str, str, str], list[Judged]] = defaultdict(list)
    for one in chain.from_iterable(seeds):
        found[one.network, one.question.name, one.method].append(one)
    return [_joined(many) for many in found.values()]


def _joined(many: Sequence[Judged]) -> Judged:
    columns = zip(*(vars(one.answers).values() for one in many), strict=True)
    answers = Answers(*(np.concatenate(column) for column in columns))
    through = np.concatenate([one.through for one in many])
    counts = batch_counts(range(through.size), seed=len(many))
    figures = decisions(answers, counts) | posted("auto", through, answers)
    alone = [one.figures["share_at_999_precision"] for one in many]
    figures |= named_mean("share_at_999_precision", alone)
    if many[0].method == MODEL:
        figures |= named_mean("checked_share", [one.figures.get("checked_share", 0.0) for one in many])
    return replace(many[0], answers=answers, through=through, figures=figures)


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / "manifest.json"
    if not path.exists():
        raise MissingDataError("there is no manifest, which tells the day of the change", str(path))
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return told
