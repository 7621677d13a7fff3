"""A whole what-if: sources are read, champions and challenger scored once, both rulings replayed, and all measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
    notes: list[str] = []
    missing: list[MissingDataError] = []
    for kind, champion in question.champions.items():
        try:
            found, report, said = _kind(
                question, champion, (sources or {}).get(kind) or source_of(kind, dataset, settings), dataset
            )
        except MissingDataError as error:
            missing.append(error)
            notes.append(f"{kind} was not replayed: {error}")
            continue
        replays.append(found)
        reports.append(report)
        notes += said
    if not replays:
        raise missing[-1] if missing else MissingDataError("there is no champion", remedy="train one first")
    return Answer(
        Report(
            policy_before=question.policy.version,
            policy_after=question.tried.version,
            data_digest=dataset.digest,
            dollars_an_hour=question.dollars_an_hour,
            kinds=tuple(reports),
            notes=tuple(notes),
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
    after, cells, wanting = _tried(question, tried, source, honest, last, dataset.digest)
    recertified_now = after.certificates is not tried.certificates
    found = replay(
        (before, rows),
        (after, later),
        honest_from=honest,
        until=last,
        minutes_a_day=question.minutes_a_day,
    )
    report = measured(found, certificates=cells, recertified=recertified_now, until=last, seed=question.seed)
    return found, report, [*wanting, *_notes(report, rows, before)]


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
    question: Question, version: Version, source: Source, honest: date, last: date, digest: str
) -> tuple[Ruling, list[Covered], list[str]]:
    """The ruling that is tried, its cells, and what cells want that no certificate in force covers.

    It is certified anew where that is asked for and a cell wants it.
    """
    ruling = Ruling(question.tried, version.certificates, version.model)
    score = partial(source.score, version.folder)
    covered = partial(
        coverage, kind=version.kind, day=honest, window=version.windows["certification"], score=score
    )
    cells = covered(ruling)
    wanting = sentences(version.kind, cells)
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


def _notes(report: KindReport, rows: Rows, before: Ruling) -> Iterator[str]:
    overlap = report.items - report.honest
    if overlap:
        yield (
            f"{report.kind}: {overlap:,} of {report.items:,} items are dated before {report.honest_from}, on days that "
            "the model or its certificates were made on. They are counted in lanes and hours, and left out of all "
            "error rates."
        )
    if report.recertified:
        yield (
            f"{report.kind}: certified anew for this replay alone, on the certification window, to hold to its last "
            "day. To let it go live takes a certificate of its own."
        )
    kind = report.kind
    if not any(before.governing(cell, rows.days[0]) for cell in before.policy.cells(kind)):
        yield f"{kind}: no certificate is in force before either, so that nothing is automatic."
