"""Errors meant for users: what is wrong, where, and what to do. One table maps them to an outside code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass
class ClearlaneError(Exception):
    """The root of the errors that a user can act on; shown without a traceback.

    Neither text may quote a value out of a claim, a remittance or a document: errors reach logs, and
    patient data must not.

    >>> print(ClearlaneError("no claims were found", where="claims/", remedy="pass a folder of 837 files"))
    no claims were found (claims/): pass a folder of 837 files
    """

    what: str
    where: str = ""
    remedy: str = ""

    exit_status: ClassVar[int] = 2
    http_status: ClassVar[int] = 422
    code: ClassVar[str] = "error"

    def __str__(self) -> str:
        place = f" ({self.where})" if self.where else ""
        remedy = f": {self.remedy}" if self.remedy else ""
        return f"{self.what}{place}{remedy}"


class NotX12Error(ClearlaneError):
    """The bytes hold no X12 interchange at all."""

    code = "not-x12"


class MissingDataError(ClearlaneError):
    """A file, a column or a label that the work needs is not there."""

    code = "missing-data"


class BadInputError(ClearlaneError):
    """Something was given, and it cannot be read as what it should be."""

    code = "bad-input"


class ModelFileError(ClearlaneError):
    """A saved model is damaged, of another format, or not the one that its manifest names."""

    code = "model-file"
    http_status = 503


class NotFoundError(ClearlaneError):
    """The named object does not exist, or the caller may not know that it does."""

    code = "not-found"
    http_status = 404


class ConflictError(ClearlaneError):
    """The object has changed, or was decided, since the caller last saw it."""

    code = "conflict"
    http_status = 409
