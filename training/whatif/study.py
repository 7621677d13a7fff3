"""A whole what-if: sources are read, champions and challenger scored once, both rulings replayed, and all measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from features.code_pairs import CodePairs
from features.errors import MissingDataError
from features.settings import Settings
from models.policy import Policy
from training.datasets import Dataset
from training.invoices.labels import has_tables
from training.whatif.coverage import Covered, coverage, recertified, sentences
from training.whatif.measure import measured
from training.whatif.notes import notes, other_rows, unused
from training.whatif.replay import Replay, replay
from training.whatif.report import KindReport, Report
from training.whatif.rows import Rows, Source
from training.whatif.ruling import Ruling
from training.whatif.version import Version

KINDS = ("remittance-match", "denial-risk", "invoice-anomaly")


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is tried, against what, on which days, and how."""

    policy: Policy  # in force
    tried: Policy
    champions: dict[str, Version]  # by kind
    challengers: dict[str, Version]  # by kind; a kind without one keeps its champion
    first: date | None = None
    last: date | None = None
    minutes_a_day: float | None = None
    dollars_an_hour: float
    recertify: bool = False
    seed: int = 7


@dataclass(frozen=True)
class Answer:
    """The figures, and the decisions behind them."""

    report: Report
    replays: Sequence[Replay]


def answer(
    question: Question, dataset: Dataset, settings: Settings, *, sources: Mapping[str, Source] | None = None
) -> Answer:
    """Replay every kind that has a champion and data; ``sources`` are those that were read before, by kind.

    Raises MissingDataError where none can be replayed.
    """
    replays: list[Replay] = []
    reports: list[KindReport] = []
    told: list[str] = []
    missing: list[MissingDataError] = []
    for kind, champion in question.champions.items():
        try:
            found, report, said = _kind(
                question, champion, (sources or {}).get(kind) or source_of(kind, dataset, settings), dataset
            )
        except MissingDataError as error:
            missing.append(error)
            told.append(f"{kind} was not replayed: {error}")
            continue
        replays.append(found)
        reports.append(report)
        told += said
    if not replays:
        raise missing[-1] if missing else MissingDataError("there is no champion", remedy="train one first")
    return Answer(
        Report(
            policy_before=question.policy.version,
            policy_after=question.tried.version,
            data_digest=dataset.digest,
            dollars_an_hour=question.dollars_an_hour,
            kinds=tuple(reports),
            notes=tuple(told),
        ),
        replays,
    )


def source_of(kind: str, dataset: Dataset, settings: Settings) -> Source:
    """The items of a kind; imported when they are wanted, as each draws in the training of its model."""
    if kind == "remittance-match":
        from training.whatif.matches import Matches

        return Matches(dataset)
    if kind == "denial-risk":
        from training.whatif.denials import Denials

        return Denials(dataset, CodePairs.of_settings(settings))
    if dataset.folder is None or not has_tables(dataset.folder):
        raise MissingDataError("the folder has no vendor invoices with orders, receipts and reviews")
    from training.whatif.vendor_invoices import VendorInvoices

    return VendorInvoices(dataset.folder)


def _kind(
    question: Question, champion: Version, source: Source, dataset: Dataset
) -> tuple[Replay, KindReport, list[str]]:
    kind = champion.kind
    tried = question.challengers.get(kind, champion)
    honest = max(champion.honest_from, tried.honest_from)
    first, last = _days(question, source, honest)
    rows = source.score(champion.folder, first, last)
    later = rows if tried is champion else source.score(tried.folder, first, last)
    before = Ruling(question.policy, champion.certificates, champion.model)
    after, cells, wanting = _tried(question, tried, source, later, (honest, last), dataset.digest)
    recertified_now = after.certificates is not tried.certificates
    found = replay(
        (before, rows),
        (after, later),
        honest_from=honest,
        until=last,
        minutes_a_day=question.minutes_a_day,
    )
    report = measured(found, certificates=cells, recertified=recertified_now, until=last, seed=question.seed)
    return found, report, [*wanting, *notes(found, report)]


def _days(question: Question, source: Source, honest: date) -> tuple[date, date]:
    """The days to replay: honest ones, unless the user asks for earlier ones."""
    there = source.days
    if there is None:
        raise MissingDataError("the folder has no dated item of this kind")
    last = min(question.last or there[1], there[1])
    first = max(question.first or honest, there[0])
    if last < honest:
        raise MissingDataError(
            f"no day is left to judge the model on: it was made and certified on days up to {honest}, "
            f"and the items end on {last}",
            remedy=f"replay newer data, from {honest} on",
        )
    if first > last:
        raise MissingDataError(f"no item falls into {first} to {last}", remedy="widen --from and --until")
    return first, last


def _tried(
    question: Question, version: Version, source: Source, rows: Rows, days: tuple[date, date], digest: str
) -> tuple[Ruling, list[Covered], list[str]]:
    """The ruling that is tried, its cells, and what is wanting of its certificates on ``rows``.

    It is certified anew where that is asked for and something is wanting. ``days``: the first honest one, and the last.
    """
    honest, last = days
    ruling = Ruling(question.tried, version.certificates, version.model)
    score = partial(source.score, version.folder)
    covered = partial(
        coverage, kind=version.kind, day=honest, window=version.windows["certification"], score=score
    )
    cells = covered(ruling)
    today = replace(ruling, policy=question.policy)
    said = (unused(ruling, version.kind, honest), other_rows(today, ruling, rows))
    wanting = [*sentences(version.kind, cells), *filter(None, said)]
    if not question.recertify or not wanting:
        return ruling, cells, wanting
    certificates = recertified(
        ruling,
        version.kind,
        windows=dict(version.windows),
        score=score,
        digest=digest,
        until=last,
        seed=question.seed,
    )
    if not certificates:
        return ruling, cells, wanting
    again = replace(ruling, certificates=certificates)
    return again, covered(again), wanting
