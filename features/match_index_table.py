"""What an index keeps of each claim beside its keys: a few numbers in one growing array, 33 bytes a claim."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from features.match_keys import cents
from features.x12.records import Claim

Table = NDArray[np.void]
Flags = NDArray[np.bool_]

NO_CENTS = -1
NO_DAY = 0

RECORD = np.dtype(
    [
        (
            "identity",
            np.int64,
        ),  # equal for claims of which the last one sent supersedes the others; 0 for none
        ("charge", np.int64),  # cents
        ("service", np.int32),  # first day of service, as date.toordinal counts
        ("submitted", np.int32),
        ("earlier", np.int64),  # the row before this one that has the same reference, or -1
        ("open", np.bool_),
    ]
)


class ClaimTable:
    """Rows of ``RECORD``, one a claim, in the order in which they were added."""

    def __init__(self) -> None:
        self._data = np.zeros(64, RECORD)
        self._size = 0

    def __len__(self) -> int:
        return self._size

    @property
    def rows(self) -> Table:
        """All rows; a view that is good until the next ``append``."""
        return self._data[: self._size]

    def append(self, claim: Claim, *, earlier: int) -> int:
        """Add a claim; the answer is its row."""
        row = self._size
        if row == len(self._data):
            self._data = np.concatenate([self._data, np.zeros(row, RECORD)])
        amount = cents(claim.charge)
        self._data[row] = (
            identity(claim),
            NO_CENTS if amount is None else amount,
            ordinal(claim.service_from),
            ordinal(claim.submitted),
            earlier,
            True,
        )
        self._size += 1
        return row

    def keep(self, kept: Flags, numbers: NDArray[np.int64]) -> None:
        """Forget the other rows, and move these to their new numbers; a row's name is kept wholly or not at all."""
        self._data, self._size = self.rows[kept], int(kept.sum())
        earlier = self._data["earlier"]
        self._data["earlier"] = np.where(earlier < 0, earlier, numbers[earlier])


def ordinal(day: date | None) -> int:
    """Days since the year 1; 0 where there is none."""
    return NO_DAY if day is None else day.toordinal()


def identity(claim: Claim) -> int:
    """A number that a claim shares with those that it was sent again as, under its own control number; 0 without one.

    A replacement (frequency 7) is a claim of its own.
    """
    if not claim.claim_id:
        return 0
    return hash((claim.claim_id, claim.billing_npi, claim.frequency, claim.patient_last, claim.patient_first))
