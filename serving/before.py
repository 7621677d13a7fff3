"""What came before a file's payments, in the store or in the file itself, and what that says of each.

A payment of a facility that the sender may not see keeps a repetition of it out of the automatic lane, and nothing else
comes of it: no amount, no day, no trace number.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from features.duplicates import FLAG
from features.evidence import Reason
from features.groups.flags import HELD, TAKES_BACK, WORDS, Flags, flags, taken_back
from features.groups.originals import Originals, reversal_keys
from features.x12.records import ClaimPayment
from serving.reading import Reading
from serving.store.scope import facility_of, is_of_another
from serving.store.store import View


class Told(Struct, frozen=True):
    """What earlier payments say of one: flags for its lane, notes for the reviewer."""

    flags: Flags
    notes: tuple[Reason, ...]


class Before:
    """Answers from what the store knew of a file when it was looked at."""

    def __init__(self, reading: Reading, view: View) -> None:
        self._repeated, self._own = view.repeated, view.own
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
        seen = set(self._repeated if self._own is None else self._own)
        told = []
        for name, key, payment in payments:
            whole, known = name in self._whole, key in seen
            repeated = known or key in self._repeated
            hidden = not known and self._is_hidden(payment)
            told.append(self._told(payment, repeated=repeated, whole=whole, hidden=hidden))
            seen.update({key} if key else ())
        return told

    def _is_hidden(self, payment: ClaimPayment) -> bool:
        """Whether people who meet the item may not know what it repeats; one of no facility is met by those who may."""
        return self._own is not None and facility_of(payment) is not None

    def _told(self, payment: ClaimPayment, *, repeated: bool, whole: bool, hidden: bool) -> Told:
        original = self._originals.of(payment)
        again, whole = repeated or whole, whole and not hidden
        found = flags(payment, repeated=again, whole=whole, original=original)
        words = (HELD if hidden and flag == FLAG else WORDS[flag] for flag in found)
        note = (_note(payment, original),) if original else ()
        return Told(found, (*words, *note))


def _note(payment: ClaimPayment, original: ClaimPayment) -> Reason:
    """The item is met by people of its own facility, whoever sent it."""
    return TAKES_BACK if is_of_another(original, payment) else taken_back(original)


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
