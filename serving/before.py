"""What came before a file's payments, in the store or in the file itself, and what that says of each."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from features.evidence import Reason
from features.groups.flags import WORDS, Flags, flags, taken_back
from features.groups.originals import Originals, reversal_keys
from features.x12.records import ClaimPayment
from serving.reading import Reading
from serving.store.store import View


class Told(Struct, frozen=True):
    """What earlier payments say of one: flags for its lane, notes for the reviewer."""

    flags: Flags
    notes: tuple[Reason, ...]


class Before:
    """Answers from what the store knew of a file when it was looked at."""

    def __init__(self, reading: Reading, view: View) -> None:
        self._repeated = view.repeated
        self._whole, self.new_remittances = _whole(reading, view)
        self._originals = Originals()
        for payment in view.originals.values():
            self._originals.add(payment)
        sought = set(reading.sought)
        for name, _, payment in reading.payments if sought else ():
            if name not in view.originals and not sought.isdisjoint(reversal_keys(payment)):
                self._originals.add(payment)

    def of(self, payments: Sequence[tuple[str, str | None, ClaimPayment]]) -> list[Told]:
        """For each new payment, given with its id and business key in order of arrival."""
        seen = set(self._repeated)
        told = []
        for name, key, payment in payments:
            told.append(self._told(payment, repeated=key in seen, whole=name in self._whole))
            seen.update({key} if key else ())
        return told

    def _told(self, payment: ClaimPayment, *, repeated: bool, whole: bool) -> Told:
        original = self._originals.of(payment)
        found = flags(payment, repeated=repeated, whole=whole, original=original)
        note = (taken_back(original),) if original else ()
        return Told(found, (*(WORDS[flag] for flag in found), *note))


def _whole(reading: Reading, view: View) -> tuple[frozenset[str], tuple[str, ...]]:
    """The ids of payments whose remittance came before as a whole, and the keys of remittances that did not."""
    seen, new = set(view.remittances), []
    inside: set[str] = set()
    for key, payments in reading.remittances:
        if key in seen:
            inside.update(payments)
        else:
            new.append(key)
        seen.add(key)
    return frozenset(inside), tuple(new)
