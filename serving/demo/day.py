"""Which of a folder's files make the day that the demonstration feeds, and which stand before it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from features import files
from features.errors import MissingDataError, NotX12Error
from features.progress import track
from features.x12.records import Acknowledgment, Claim, ClaimPayment, Record, Remittance


@dataclass(frozen=True)
class Dated:
    """A file with the latest date that it speaks of and what kinds of record it holds."""

    path: Path
    day: date | None
    claims: int
    claim_payments: int


@dataclass(frozen=True)
class Day:
    """A folder parted in two: the files of one day, and those before it."""

    day: date | None  # None where no file has a date: then every file is fed
    fed: tuple[Path, ...]
    earlier_claims: tuple[Path, ...]


def choose(folder: Path) -> Day:
    """The last day of the folder on which both claims and payments came, else the last with payments, else all.

    Raises MissingDataError where the folder holds no X12 claim and no claim payment.
    """
    paths = [path for path in files.find([folder]) if files.looks_like_x12(path)]
    dated = [_look(path) for path in track(paths, "Looking for the last day", total=len(paths))]
    dated = [file for file in dated if file is not None and (file.claims or file.claim_payments)]
    known = [file for file in dated if file]
    if not known:
        raise MissingDataError(
            "no X12 claim or claim payment was found",
            where=str(folder),
            remedy="pass a folder of 837 and 835 files",
        )
    return _part(known)


def _part(dated: list[Dated]) -> Day:
    with_claims = {file.day for file in dated if file.claims}
    with_payments = {file.day for file in dated if file.claim_payments}
    days = (with_claims & with_payments) - {None} or with_payments - {None}
    last = max((day for day in days if day), default=None)
    if last is None or len({file.day for file in dated}) == 1:
        return Day(None, tuple(file.path for file in dated), ())
    return Day(
        day=last,
        fed=tuple(file.path for file in dated if file.day == last),
        earlier_claims=tuple(
            file.path for file in dated if file.claims and (file.day is None or file.day < last)
        ),
    )


def _look(path: Path) -> Dated | None:
    try:
        return _dated(path, files.read(path))
    except NotX12Error:
        return None


def _dated(path: Path, records: Iterable[Record]) -> Dated:
    latest: date | None = None
    claims = claim_payments = 0
    for record in records:
        claims += isinstance(record, Claim)
        claim_payments += isinstance(record, ClaimPayment)
        day = _day_of(record)
        if day and (latest is None or day > latest):
            latest = day
    return Dated(path, latest, claims, claim_payments)


def _day_of(record: Record) -> date | None:
    match record:
        case Claim():
            return record.submitted
        case Remittance() | ClaimPayment():
            return record.payment_date
        case Acknowledgment() | _:
            return None
