"""How long a person takes over an item of each kind.

Chosen, not measured: they seemed sensible. They order items of different kinds, and they turn counts into hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

MINUTES: Final[Mapping[str, float]] = {
    "remittance-match": 4.0,
    "denial-risk": 6.0,
    "rejected-claim": 10.0,
    "unreadable": 10.0,
    "denied-claim": 30.0,
    "invoice-anomaly": 8.0,
}
OTHER: Final = 10.0


def minutes_of(kind: str) -> float:
    """Minutes of a person's work on an item.

    >>> minutes_of("remittance-match"), minutes_of("a kind of tomorrow")
    (4.0, 10.0)
    """
    return MINUTES.get(kind, OTHER)
