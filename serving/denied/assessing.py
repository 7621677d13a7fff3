"""What may be done about denied claims and what each is expected to bring, where a model assesses denials."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from serving.champions import Champions
from serving.denied.records import DeniedClaim


def assessed(denied: Sequence[DeniedClaim], champions: Champions, *, at: date) -> list[DeniedClaim]:
    """The same denied claims with their next actions on a day, best first; as they are without a model."""
    return list(denied)
