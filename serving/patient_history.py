"""What the store's claims tell of a patient: the other member ids and group numbers under which a payer knows them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from features.claim_edits.edit import NOTHING_KNOWN, Known
from features.match_keys import normalised
from features.x12.records import Claim


class Claims(Protocol):
    """Where claims are kept: ``serving.store.store.Store``, or a test's own."""

    def claims_of_patient(self, claim: Claim, /) -> list[Claim]:
        """Those of the same patient with the same payer."""


@dataclass(frozen=True)
class PatientHistory:
    """Implements ``features.claim_edits.edit.Knowing`` over a store."""

    claims: Claims

    def of(self, claim: Claim) -> Known:
        """Values of the patient's other claims, the most frequent first; nothing without a name and a birth date."""
        if claim.patient_birth_date is None or not claim.patient_last:
            return NOTHING_KNOWN
        others = [other for other in self.claims.claims_of_patient(claim) if other.claim_id != claim.claim_id]
        return Known(
            subscriber_ids=_by_frequency((other.subscriber_id for other in others), but=claim.subscriber_id),
            group_numbers=_by_frequency((other.group_number for other in others), but=claim.group_number),
        )


def _by_frequency(values: Iterable[str | None], *, but: str | None) -> tuple[str, ...]:
    """The values that are there and are not the claim's own, each as it was first written."""
    written: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for value in values:
        if value and normalised(value) != normalised(but):
            written.setdefault(normalised(value), value)
            counts[normalised(value)] += 1
    return tuple(written[plain] for plain in sorted(counts, key=lambda plain: (-counts[plain], plain)))
