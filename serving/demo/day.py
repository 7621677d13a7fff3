"""Which of a folder's files make the day that the demonstration feeds, and which stand before it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
    """A folder parted in two: the files to feed, and the claims that stand before them."""

    day: date | None  # None where all is fed
    fed: tuple[Path, ...]  # claims before payments, the earliest day first
    earlier_claims: tuple[Path, ...] = ()


def look(folder: Path) -> tuple[Dated, ...]:
    """The files of a folder with claims or payments in them, the earliest first, those without a date before all.

    Raises MissingDataError where there are none.
    """
    paths = [path for path in files.find([folder]) if files.looks_like_x12(path)]
    looked = [_look(path) for path in track(paths, "Looking for the last day", total=len(paths))]
    found = [file for file in looked if file and (file.claims or file.claim_payments)]
    if not found:
        raise MissingDataError(
            "no X12 claim or claim payment was found",
            where=str(folder),
            remedy="pass a folder of 837 and 835 files",
        )
    return tuple(sorted(found, key=lambda file: (file.day or date.min, not file.claims)))


def last_day(found: Sequence[Dated]) -> Day:
    """The last day on which both claims and payments came, else the last with payments; all where there is but one."""
    with_claims = {file.day for file in found if file.claims}
    with_payments = {file.day for file in found if file.claim_payments}
    days = (with_claims & with_payments) - {None} or with_payments - {None}
    last = max((day for day in days if day), default=None)
    if last is None or len({file.day for file in found}) == 1:
        return everything(found)
    return Day(
        day=last,
        fed=tuple(file.path for file in found if file.day == last),
        earlier_claims=tuple(
            file.path for file in found if file.claims and (file.day is None or file.day < last)
        ),
    )


def everything(found: Sequence[Dated]) -> Day:
    """All files: what is left where no model could learn from them, so that none has to be kept apart."""
    claims = [file.path for file in found if file.claims]
    return Day(day=None, fed=(*claims, *(file.path for file in found if not file.claims)))


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
