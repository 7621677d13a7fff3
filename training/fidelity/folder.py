"""A provider's folder read as files, one at a time, keeping of each record only what the figures need.

A folder of a million claims does not fit into memory whole: lines, names and diagnoses are dropped as they are read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from sys import intern

from msgspec.structs import replace

from features import files
from features.denials import reductions
from features.errors import MissingDataError
from features.postings import read_postings
from features.progress import track
from features.x12.records import (
    Acknowledgment,
    Claim,
    ClaimPayment,
    Problem,
    Record,
    Remittance,
    Source,
)
from training.datasets import LEDGER, SEALED, Dataset
from training.fidelity import structure
from training.fidelity.structure import Structure
from training.fidelity.work import appealed

REMEDY = "pass a folder of 837 and 835 files, as the command simulate writes one"
_NOWHERE = Source("")


@dataclass(frozen=True)
class Folder:
    """The records, each cut down to what the figures need, and the structure of each remittance file."""

    dataset: Dataset
    structures: tuple[Structure, ...]
    files: int
    appealed: frozenset[str]  # claims whose denial the provider's work list says was appealed
    rejected: int  # claims and transactions that a 277CA or 999 refused: no remittance answers them


def read(folder: Path) -> Folder:
    """Read every X12 file below the folder but what is sealed, and the ledger where there is one.

    Raises MissingDataError where the folder, its claims or its remittances are missing.
    """
    if not folder.is_dir():
        raise MissingDataError("there is no such folder", str(folder), REMEDY)
    paths = [path for path in _open(folder) if files.looks_like_x12(path)]
    kept = _Kept()
    for path in track(paths, "Reading", total=len(paths)):
        before = len(kept.payments)
        for record in files.read(path):
            kept.take(record)
        if len(kept.payments) > before:
            kept.structures.append(structure.of_file(path))
    if not kept.claims or not kept.payments:
        missing = "835 with a claim payment" if kept.claims else "837 with a claim"
        raise MissingDataError(f"no {missing} was found", str(folder), REMEDY)
    return kept.folder(folder, paths)


def _open(folder: Path) -> Iterator[Path]:
    return (path for path in files.find([folder]) if SEALED not in path.relative_to(folder).parts)


class _Kept:
    """Takes records one after another."""

    def __init__(self) -> None:
        self.claims: list[Claim] = []
        self.payments: list[ClaimPayment] = []
        self.remittances: list[Remittance] = []
        self.structures: list[Structure] = []
        self.problems = self.rejected = 0

    def take(self, record: Record) -> None:
        match record:
            case Claim():
                self.claims.append(slim_claim(record))
            case ClaimPayment():
                self.payments.append(slim_payment(record))
            case Remittance():
                self.remittances.append(record)
            case Acknowledgment():
                self.rejected += not record.accepted
            case Problem():
                self.problems += 1

    def folder(self, folder: Path, paths: list[Path]) -> Folder:
        ledger = folder / LEDGER
        dataset = Dataset(
            claims=tuple(self.claims),
            claim_payments=tuple(self.payments),
            remittances=tuple(self.remittances),
            acknowledgments=(),
            postings=tuple(read_postings(ledger)) if ledger.exists() else (),
            problems=self.problems,
            digest=_digest(folder, [*paths, *([ledger] if ledger.exists() else [])]),
        )
        return Folder(dataset, tuple(self.structures), len(paths), appealed(folder), self.rejected)


def slim_claim(claim: Claim) -> Claim:
    """The claim without its lines, its diagnoses and its people."""
    return replace(
        claim,
        payer_name=_shared(claim.payer_name),
        payer_id=_shared(claim.payer_id),
        subscriber_last=None,
        subscriber_first=None,
        patient_last=None,
        patient_first=None,
        billing_name=None,
        diagnoses=(),
        lines=(),
        prior_payers=(),
        source=_NOWHERE,
    )


def slim_payment(payment: ClaimPayment) -> ClaimPayment:
    """The claim payment without lines and people; its lines' reductions count as its own, which denies the same."""
    return replace(
        payment,
        trace_number=_shared(payment.trace_number),
        payer_name=_shared(payment.payer_name),
        payer_id=_shared(payment.payer_id),
        patient_last=None,
        patient_first=None,
        adjustments=tuple(reductions(payment)),
        remarks=(),
        lines=(),
        source=_NOWHERE,
    )


def _shared(text: str | None) -> str | None:
    return text if text is None else intern(text)


def _digest(folder: Path, paths: list[Path]) -> str:
    """SHA-256 over the names and the bytes of the files, as ``training.datasets`` takes it."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        with path.open("rb") as stream:
            content = hashlib.file_digest(stream, "sha256").hexdigest()
        digest.update(f"{path.relative_to(folder).as_posix()} {content}\n".encode())
    return digest.hexdigest()
