"""Certificates as records: what was certified, on which labels, for which model, and until when."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from features.errors import BadInputError, ModelFileError
from models.exact_test import p_value
from models.files import write_atomically

FORMAT = 2
FILE = "certificates.json"
LARGEST = 4 * 1024 * 1024  # bytes
Status = Literal["live", "revoked", "expired"]
Unit = Literal["items", "dollars"]


class Certified(Struct, frozen=True):
    """The threshold that a walk found."""

    threshold: float  # act where score >= threshold
    n: int  # fresh labels at or above it
    errors: int  # of these, wrong


class Uncertified(Struct, frozen=True):
    """A walk that found no threshold: act nowhere."""

    n: int  # fresh labels at or above the first threshold tried; 0 where none was
    errors: int  # of these, wrong


class Cell(Struct, frozen=True, forbid_unknown_fields=True):
    """What a certificate is about: one kind of exception, one group of payers, one band of value."""

    kind: str  # "remittance-match", "denial-risk"
    payer_group: str  # "*": all payers together
    value_band: str  # the band's name in the policy


class Certificate(Struct, frozen=True, forbid_unknown_fields=True):
    """On this model version, among items of the cell scoring at least ``threshold``, the error rate is above
    ``alpha`` with probability at most ``delta``. Without a threshold: the cell was tried and nothing was certified.

    ``delta`` is that of the whole family: the chance that any cell certified together with this one breaks its
    promise. ``level`` is what this cell's own counts had to pass for it (see ``models.allocation``).
    """

    id: str  # a digest of all but the status: "certificate-9f86d081884c"
    cell: Cell
    threshold: float | None
    n: int
    errors: int
    alpha: float
    delta: float  # of all cells that were certified together
    level: float  # of this cell's own test, at most delta
    window_from: date  # first and last day of the fresh labels
    window_to: date
    model_version: str
    data_digest: str  # SHA-256 of the files that the labels came from
    expires: date  # the first day on which it no longer holds
    planned_from: date | None = None  # first and last day of the earlier labels that planned the thresholds
    planned_to: date | None = None
    unit: Unit = "items"  # "dollars": the error rate in dollars is held to alpha as well as that in items
    status: Status = "live"

    def status_on(self, day: date) -> Status:
        """The status on a day: a live certificate expires by itself."""
        return "expired" if self.status == "live" and day >= self.expires else self.status

    def allows(self, confidence: float | None, *, model_version: str | None, day: date) -> bool:
        """Whether an item of the cell with this confidence may go without a person on that day."""
        return (
            self.threshold is not None
            and confidence is not None
            and confidence >= self.threshold
            and self.model_version == model_version
            and self.status_on(day) == "live"
        )


def issue(
    certified: Certified | Uncertified,
    *,
    cell: Cell,
    alpha: float,
    delta: float,
    window: tuple[date, date],
    model_version: str,
    data_digest: str,
    expires: date,
    level: float | None = None,
    planned: tuple[date, date] | None = None,
    unit: Unit = "items",
) -> Certificate:
    """The certificate of a walk; raises BadInputError where the counts do not bear it out.

    Without ``level`` the cell stands alone and has all of ``delta``.
    """
    unsigned = Certificate(
        id="",
        cell=cell,
        threshold=certified.threshold if isinstance(certified, Certified) else None,
        n=certified.n,
        errors=certified.errors,
        alpha=alpha,
        delta=delta,
        level=delta if level is None else level,
        window_from=window[0],
        window_to=window[1],
        model_version=model_version,
        data_digest=data_digest,
        expires=expires,
        planned_from=planned[0] if planned else None,
        planned_to=planned[1] if planned else None,
        unit=unit,
    )
    fault = fault_of(unsigned)
    if fault:
        raise BadInputError(f"no certificate can be issued: {fault}")
    return msgspec.structs.replace(unsigned, id=content_id(unsigned))


def revoke(certificate: Certificate) -> Certificate:
    """The same certificate, revoked; only a new one on later labels reinstates the cell."""
    return msgspec.structs.replace(certificate, status="revoked")


def save_certificates(folder: Path, certificates: Iterable[Certificate]) -> None:
    """Write ``certificates.json`` into a model's folder, in one step."""
    stored = _File(format=FORMAT, certificates=tuple(certificates))
    write_atomically(folder / FILE, msgspec.json.format(msgspec.json.encode(stored), indent=1) + b"\n")


def load_certificates(folder: Path) -> tuple[Certificate, ...]:
    """The certificates beside a model; none where the file is absent. Raises ModelFileError where it is damaged.

    Every record is checked against its id, and its counts against its claim: a certificate that its own evidence
    does not bear out is never used.
    """
    path = folder / FILE
    if not path.exists():
        return ()
    try:
        data = path.read_bytes() if path.stat().st_size <= LARGEST else b""
        found = msgspec.json.decode(data, type=_Format).format
        if found != FORMAT:
            raise ModelFileError(f"the certificates have format {found}", FILE, RECERTIFY)
        stored = msgspec.json.decode(data, type=_File)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ModelFileError("the certificates cannot be read", FILE, RECERTIFY) from error
    for certificate in stored.certificates:
        fault = fault_of(certificate) or (
            certificate.id != content_id(certificate) and "its content was changed"
        )
        if fault:
            raise ModelFileError(f"a certificate does not hold: {fault}", FILE, RECERTIFY)
    return stored.certificates


def content_id(certificate: Certificate) -> str:
    """The id that the content gives; the status has no part in it."""
    plain = msgspec.structs.replace(certificate, id="", status="live")
    digest = hashlib.sha256(msgspec.json.encode(plain, order="deterministic")).hexdigest()
    return f"certificate-{digest[:12]}"


def fault_of(certificate: Certificate) -> str | None:
    """Why a certificate cannot be right, or None."""
    if not (0 < certificate.alpha < 1 and 0 < certificate.delta < 1):
        return "alpha or delta is not between 0 and 1"
    if not 0 < certificate.level <= certificate.delta * (1 + ROUNDING):
        return "its level is not above 0 and at most delta"
    if not 0 <= certificate.errors <= certificate.n:
        return "its counts are impossible"
    if certificate.window_to < certificate.window_from:
        return "its window ends before it begins"
    if (certificate.planned_from is None) != (certificate.planned_to is None):
        return "its planning window has only one end"
    if certificate.planned_to is not None and certificate.planned_to > certificate.window_to:
        return "it was planned on later labels than it was tested on"
    if certificate.threshold is None:
        return None
    if not 0 <= certificate.threshold <= 1:
        return "its threshold is not between 0 and 1"
    if p_value(certificate.n, certificate.errors, certificate.alpha) > certificate.level * (1 + ROUNDING):
        return "its counts do not bear out its error rate"
    return None


ROUNDING = 1e-9  # a level is a share of delta, and shares are rounded
RECERTIFY = "certify the model again; until then everything goes to a person"


class _Format(Struct, frozen=True):
    """Read first: what an older release wrote has other fields."""

    format: int


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    format: int
    certificates: tuple[Certificate, ...]
