"""The four lanes, from a machine acting alone to a supervisor."""

from __future__ import annotations

from enum import Enum
from functools import total_ordering


@total_ordering
class Lane(Enum):
    """A closed, ordered enum; of several lanes, the strictest is ``max``.

    >>> max(Lane.AUTO, Lane.SPECIALIST, Lane.REVIEW).value
    'specialist'
    """

    AUTO = "auto"
    REVIEW = "review"
    SPECIALIST = "specialist"
    ESCALATE = "escalate"

    @property
    def strictness(self) -> int:
        """0 for ``auto`` to 3 for ``escalate``."""
        return _ORDER[self]

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Lane):
            return NotImplemented
        return _ORDER[self] < _ORDER[other]


_ORDER = {lane: place for place, lane in enumerate(Lane)}
