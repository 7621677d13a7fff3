"""What is true of each invoice, by its voucher."""

from __future__ import annotations

import csv
from pathlib import Path

from features.errors import MissingDataError
from features.invoices.findings import family

FILE = Path("truth") / "invoices.csv"
CLEAN = "clean"
CAUSES = ("duplicate", "near-duplicate", "price", "quantity", "not-received", "cost-centre", "unusual-amount",
          "wrong-total")  # fmt: skip


def causes(folder: Path) -> dict[str, str]:
    """The cause of each voucher: that of its first line that is not clean. Raises MissingDataError without a truth."""
    path = folder / FILE
    if not path.is_file():
        raise MissingDataError("there is no truth about the invoices", str(FILE), "judge a simulated folder")
    found: dict[str, str] = {}
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if found.get(row["voucher_number"], CLEAN) == CLEAN:
                found[row["voucher_number"]] = row["cause"]
    return found


def family_of(cause: str) -> str:
    """The family of findings that names a cause.

    >>> family_of("near-duplicate"), family_of("not-received")
    ('duplicate', 'quantity')
    """
    return family("duplicate" if cause == "near-duplicate" else cause)
