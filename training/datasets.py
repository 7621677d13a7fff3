"""A provider's folder as one data set: its 837s, its 835s, what came on paper, and the posting ledger."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from features import files
from features.audits import Audit, read_audits
from features.errors import MissingDataError
from features.paper import paper_records
from features.postings import Posting, read_postings
from features.progress import track
from features.stubs import Stub, stub_records
from features.x12.records import Acknowledgment, Claim, ClaimPayment, Record, Remittance
from training.intake import Intake, IntakeCounter

LEDGER = "postings.csv"
AUDITS = "audits.csv"
PAPER = "paper.csv"
STUBS = "stubs.csv"
SEALED = "truth"  # what a simulation knows and a provider does not; only evaluation opens it

NOT_COUNTED = Intake()  # of records that came from no folder

Item = TypeVar("Item")


@dataclass(frozen=True)
class Dataset:
    """All records of a folder, in the order of its sorted file names.

    ``digest`` is the SHA-256 of the files' names and bytes, and of ``before`` where it was given; ``problems`` counts
    what the reader found wrong, ``intake`` says in how many files, and what was passed over.
    """

    claims: tuple[Claim, ...]
    claim_payments: tuple[ClaimPayment, ...]
    remittances: tuple[Remittance, ...]
    acknowledgments: tuple[Acknowledgment, ...]
    postings: tuple[Posting, ...]
    problems: int
    digest: str
    intake: Intake = NOT_COUNTED
    audits: tuple[Audit, ...] = ()  # postings that a second person checked
    paper: tuple[ClaimPayment, ...] = ()  # typed from paper; ``claim_payments`` are those of 835s alone
    stubs: tuple[Stub, ...] = ()  # checks that came without any remittance
    folder: Path | None = None  # where it came from, for those that read more of it
    before: date | None = None  # the day from which on nothing was read

    @property
    def end(self) -> date:
        """The last day that the data tells of; raises MissingDataError where nothing is dated."""
        days = [claim.submitted for claim in self.claims] + [
            *(paid.payment_date for paid in (*self.claim_payments, *self.paper)),
            *(stub.received_date for stub in self.stubs),
        ]
        known = [day for day in days if day is not None]
        if not known:
            raise MissingDataError(
                "no claim and no payment has a date", remedy="pass a folder of 837 and 835 files"
            )
        return max(known)


@dataclass(frozen=True)
class Tables:
    """What a folder holds beside its X12, and in which files; empty where there is no such file."""

    postings: list[Posting]
    audits: list[Audit]
    paper: list[ClaimPayment]
    stubs: list[Stub]
    files: list[Path]

    @staticmethod
    def read(folder: Path, counter: IntakeCounter) -> Tables:
        """Read them; problems with single rows are counted."""
        ledger, audited = folder / LEDGER, folder / AUDITS
        found = {
            LEDGER: (postings := read_postings(ledger) if ledger.exists() else []),
            AUDITS: (audits := read_audits(audited) if audited.exists() else []),
            PAPER: (paper := counter.table(folder / PAPER, paper_records)),
            STUBS: (stubs := counter.table(folder / STUBS, stub_records)),
        }
        return Tables(postings, audits, paper, stubs, [folder / name for name, rows in found.items() if rows])


def load(folder: Path, *, before: date | None = None) -> Dataset:
    """Read a folder, whatever its layout; a ledger is the file ``postings.csv`` in it, and ``audits.csv`` its checks.

    Remittances that came on paper are ``paper.csv`` and ``stubs.csv``; rows of these that cannot be read are counted
    as problems, and the others stay. With ``before``, records dated on or after that day are left out, and so are
    undated ones. Raises MissingDataError where the folder is not there or holds no X12 file, and what the readers of
    the tables raise.
    """
    if not folder.is_dir():
        what = "this is a file, not a folder" if folder.exists() else "there is no such folder"
        raise MissingDataError(what, files.shown(folder), "pass a folder of 837 and 835 files")
    found = (path for path in files.find([folder]) if SEALED not in path.relative_to(folder).parts)
    counter = IntakeCounter()
    paths = counter.chosen(list(found))
    if not paths:
        raise MissingDataError("no X12 file was found", str(folder), "pass a folder of 837 and 835 files")
    tables = Tables.read(
        folder, counter
    )  # first: what is wrong with them is known in a second, X12 takes minutes
    records = [
        record for path in track(paths, "Reading", total=len(paths)) for record in counter.records(path)
    ]
    return Dataset(
        claims=_kept(_of(records, Claim), _sent, before),
        claim_payments=_kept(_of(records, ClaimPayment), lambda paid: paid.payment_date, before),
        remittances=_kept(_of(records, Remittance), lambda paid: paid.payment_date, before),
        acknowledgments=_of(records, Acknowledgment) if before is None else (),  # they have no date
        postings=_kept(tables.postings, lambda posting: posting.posting_date, before),
        problems=counter.errors + counter.warnings,
        digest=_digest(folder, [*paths, *tables.files], before),
        intake=counter.intake(),
        audits=_kept(tables.audits, lambda audit: audit.audit_date, before),
        paper=_kept(tables.paper, lambda paid: paid.payment_date, before),
        stubs=_kept(tables.stubs, lambda stub: stub.received_date, before),
        folder=folder,
        before=before,
    )


def _of(records: Iterable[Record], kind: type[Item]) -> tuple[Item, ...]:
    return tuple(record for record in records if isinstance(record, kind))


def _sent(claim: Claim) -> date | None:
    return claim.submitted or claim.service_to


def _kept(
    items: Sequence[Item], day_of: Callable[[Item], date | None], before: date | None
) -> tuple[Item, ...]:
    if before is None:
        return tuple(items)
    return tuple(item for item in items if (day := day_of(item)) is not None and day < before)


def _digest(folder: Path, paths: Iterable[Path], before: date | None) -> str:
    digest = hashlib.sha256(f"before {before}\n".encode() if before else b"")
    for path in sorted(paths):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(folder).as_posix()} {content}\n".encode())
    return digest.hexdigest()
