"""What may be done about denied claims and what each is expected to bring, where a model assesses denials."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from serving.champions import Champions
from serving.denied.records import DeniedClaim, denial_of


def assessed(denied: Sequence[DeniedClaim], champions: Champions, *, at: date) -> list[DeniedClaim]:
    """The same denied claims with their options on a day, best first; as they are without a model."""
    model = champions.denial_recovery
    if model is None or not denied:
        return list(denied)
    answers = model.assess([denial_of(one) for one in denied], at=at)
    return [
        msgspec.structs.replace(one, options=answer.options)
        for one, answer in zip(denied, answers, strict=True)
    ]
