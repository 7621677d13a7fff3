"""A file's records, sorted by what becomes of them, with the ids that a store gives them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from features.duplicates import grouped, identity, remittance_identity
from features.groups.facts import is_reversal
from features.groups.originals import reversal_keys
from features.x12.records import Acknowledgment, Claim, ClaimPayment, Problem, Record, Remittance
from serving.identifiers import Identifiers, RecordIdentifiers


@dataclass
class Reading:
    """A file's records with the ids that this store gives them."""

    claims: list[tuple[str, Claim]] = field(default_factory=list)
    payments: list[tuple[str, str | None, ClaimPayment]] = field(default_factory=list)  # id, business key
    refused: list[tuple[str, Acknowledgment | Problem]] = field(default_factory=list)
    remittances: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)  # key, ids of its payments
    counted: Counter[str] = field(default_factory=Counter)  # by record type, all of them

    @property
    def ids(self) -> list[str]:
        """Of everything that may become an item."""
        return [
            *(name for name, _ in self.claims),
            *(name for name, _, _ in self.payments),
            *(name for name, _ in self.refused),
        ]

    @property
    def references(self) -> list[str]:
        """Of the claims."""
        return [reference for reference, _ in self.claims]

    @property
    def remittance_keys(self) -> list[str]:
        """Of remittances that can be known again."""
        return [key for key, _ in self.remittances]

    @property
    def keys(self) -> list[str]:
        """The business keys of the payments."""
        return [key for _, key, _ in self.payments if key]

    @property
    def sought(self) -> list[str]:
        """What the payments that are taken back may be found by."""
        back = (payment for _, _, payment in self.payments if is_reversal(payment))
        return list(dict.fromkeys(key for payment in back for key in reversal_keys(payment)))


def business_key(payment: ClaimPayment, identifiers: Identifiers) -> str | None:
    """The same for a payment that the payer sends again in another remittance; None where too little is known."""
    known = identity(payment)
    return None if known is None else identifiers.of("business", *known)


def sort_records(records: Iterable[Record], identifiers: Identifiers, digest: str) -> Reading:
    """All records of a file; a warning becomes no item, nor does the acknowledgment of a whole transaction."""
    found, ids = Reading(), RecordIdentifiers(identifiers)
    remittances: list[Remittance] = []
    for record in records:
        found.counted[type(record).__name__] += 1
        match record:
            case Claim():
                found.claims.append((ids.of(record), record))
            case ClaimPayment():
                found.payments.append((ids.of(record), business_key(record, identifiers), record))
            case Remittance():
                remittances.append(record)
            case Acknowledgment() if not record.accepted and record.transaction == "277CA":
                found.refused.append((ids.of(record), record))
            case Problem() if record.severity == "error":
                place = identifiers.of("problem", digest, ids.of(record), str(record.source.segment))
                found.refused.append((place, record))
            case _:
                pass
    found.remittances = list(_keyed(remittances, found.payments, identifiers))
    return found


def _keyed(
    remittances: Iterable[Remittance],
    payments: Sequence[tuple[str, str | None, ClaimPayment]],
    identifiers: Identifiers,
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Remittances that can be known again, in their order, with the ids of their payments."""
    names = {id(payment): name for name, _, payment in payments}
    for remittance, inside in grouped(remittances, [payment for *_, payment in payments]):
        known = remittance_identity(remittance, inside)
        if known is not None:
            yield identifiers.of("remittance", known), tuple(names[id(payment)] for payment in inside)
