"""Where records stand: in the folder, in their file, and how far down."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from features.x12.records import Claim, ClaimPayment
from training.benchmarks.difficulty.texts import number_of

Record = Claim | ClaimPayment
Place = tuple[float, ...]
NAMES = ("folder", "file", "share", "size", "segment", "interchange", "group", "transaction")


class Places:
    """The place of each record of a data set, found by the record itself."""

    def __init__(self, records: Sequence[Record]) -> None:
        sizes = Counter(record.source.file for record in records)
        seen: Counter[str] = Counter()
        self._places: dict[int, Place] = {}
        for ordinal, record in enumerate(records):
            source = record.source
            place, size = seen[source.file], sizes[source.file]
            seen[source.file] += 1
            self._places[id(record)] = (
                float(ordinal),
                float(place),
                place / size,
                float(size),
                float(source.segment) if source.segment is not None else math.nan,
                number_of(source.interchange),
                number_of(source.group),
                number_of(source.transaction),
            )

    def of(self, record: Record) -> Place:
        """The columns of ``NAMES``."""
        return self._places[id(record)]
