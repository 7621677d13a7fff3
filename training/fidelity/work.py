"""Which denials were appealed, by the provider's own work list: X12 tells of an appeal's end, not of the appeal."""

from __future__ import annotations

import csv
from pathlib import Path

from features.errors import BadInputError

WORK_LIST = "denial_work.csv"
APPEAL = "appeal"


def appealed(folder: Path) -> frozenset[str]:
    """The numbers (CLM01) of the claims whose denial was appealed; none where there is no such list.

    Raises BadInputError where it is no CSV file in UTF-8.
    """
    path = folder / WORK_LIST
    if not path.is_file():
        return frozenset()
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.DictReader(stream)
            return frozenset(row.get("claim_id") or "" for row in rows if row.get("action") == APPEAL) - {""}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadInputError("the work list is no CSV file in UTF-8", path.name) from error
