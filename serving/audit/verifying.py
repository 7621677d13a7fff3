"""Whether a log is whole: what is wrong, where it begins, and which attack it looks like.

Three things are asked of each entry: that its hash follows from what it holds and from the entry before it, that its
MAC was made with the key, and that it is what an anchor says. The first finds whatever was changed, taken out, put in
or moved, and a log with two heads; the others find a log that was written anew with hashes that fit, and the last one
a tail that was cut off. Entries are looked at one by one and not kept.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Literal

from msgspec import Struct

from serving.audit.anchors import Anchor, mac_of_anchor
from serving.audit.chain import BEGINNING, Logged, hash_of, mac_of
from serving.audit.suspecting import Attack, suspected

LISTED: Final = 20  # faults that are told one by one
NEAR: Final = 40  # entries on either side that are looked at to tell what was done

Near = Callable[[int, int], Iterable[Logged]]
"""The stored entries from one number to another."""


class Fault(Struct, frozen=True):
    """Something wrong with the log."""

    number: int  # of the first entry that it shows at
    attack: Attack
    text: str


class Report(Struct, frozen=True):
    """What came of verifying a log."""

    entries: int
    last: int  # number of the last entry; 0 where there is none
    hash: str  # of the last entry
    first_at: str | None  # when the first entry was written, by its own word
    last_at: str | None
    faults: tuple[Fault, ...]  # by number, at most ``LISTED``
    further: int  # faults beyond those
    unchecked_macs: int  # entries with a MAC, where no key was given
    anchors: int  # that were held against the log
    anchored: int  # the highest number that an anchor vouches for; 0 where none does

    @property
    def whole(self) -> bool:
        """Whether nothing was found."""
        return not self.faults

    @property
    def verdict(self) -> Literal["whole", "broken"]:
        """In a word."""
        return "whole" if self.whole else "broken"


def verify(
    entries: Iterable[Logged],
    near: Near,
    *,
    anchors: Sequence[Anchor] = (),
    key: bytes | None = None,
    keyed_from: int = 1,
) -> Report:
    """Go through a log in order of its numbers.

    ``near`` gives entries once more, to tell what was done. With a ``key`` every entry from ``keyed_from`` on needs a
    MAC of it, and so does every anchor: one without may have been written by somebody who has no key.
    """
    check = _Check(near, anchors, key, keyed_from)
    for entry in entries:
        check.take(entry)
    return check.report()


class _Check:
    def __init__(self, near: Near, anchors: Sequence[Anchor], key: bytes | None, keyed_from: int) -> None:
        self._near = near
        self._key, self._keyed_from = key, keyed_from
        self._first_at: str | None = None
        self._last_at: str | None = None
        self._faults: list[Fault] = []
        self._anchors: dict[int, str] = {}
        self._count = len(anchors)
        self._further = self._entries = self._last = self._macs = self._anchored = 0
        self._hash: str = BEGINNING
        for one in anchors:
            self._keep(one)

    def take(self, entry: Logged) -> None:
        before, self._entries = self._last, self._entries + 1
        if entry.number < 1:
            self._fault(
                entry.number, "insert", f"entry {entry.number} has a number that the log never gives."
            )
        elif entry.number <= before:
            self._fault(
                entry.number,
                "fork",
                f"entry {entry.number} is there twice: the log has two heads from there on.",
            )
        elif entry.number > before + 1:
            self._missing(before + 1, entry.number - 1)
        elif _hash(entry, self._hash) != entry.hash:
            attack, text = suspected(
                entry.number, list(self._near(max(1, entry.number - NEAR), entry.number + NEAR))
            )
            self._fault(entry.number, attack, text)
        self._check_mac(entry)
        self._check_anchor(entry)
        self._last, self._hash = max(entry.number, 0), entry.hash
        self._first_at, self._last_at = self._first_at or entry.at, entry.at

    def report(self) -> Report:
        beyond = sorted(number for number in self._anchors if number > self._last)
        if beyond:
            self._fault(
                self._last + 1,
                "truncate",
                f"the log ends at entry {self._last}, but entry {beyond[-1]} was anchored: its tail was cut off.",
            )
        return Report(
            entries=self._entries,
            last=self._last,
            hash=self._hash,
            first_at=self._first_at,
            last_at=self._last_at,
            faults=tuple(self._faults),
            further=self._further,
            unchecked_macs=0 if self._key else self._macs,
            anchors=self._count,
            anchored=self._anchored,
        )

    def _keep(self, one: Anchor) -> None:
        """Anchors that say two things of one entry were made of two logs; one without its MAC vouches for nothing."""
        if self._key is not None and one.number >= self._keyed_from and not _is_signed(one, self._key):
            text = f"an anchor of entry {one.number} was not made with this key, and is not believed."
            self._fault(one.number, "rewrite", text)
        elif self._anchors.setdefault(one.number, one.hash) != one.hash:
            text = f"two heads were anchored as entry {one.number}: it was written twice."
            self._fault(one.number, "fork", text)

    def _missing(self, first: int, last: int) -> None:
        which = f"entry {first} is" if first == last else f"entries {first} to {last} are"
        self._fault(first, "delete", f"{which} missing.")

    def _check_mac(self, entry: Logged) -> None:
        self._macs += entry.mac is not None
        if self._key is None or entry.number < self._keyed_from:
            return
        if entry.mac is None:
            self._fault(
                entry.number, "rewrite", f"entry {entry.number} has no MAC: it was written without the key."
            )
        elif not hmac.compare_digest(_plain(mac_of(_ascii(entry.hash), self._key)), _plain(entry.mac)):
            self._fault(
                entry.number,
                "rewrite",
                f"the MAC of entry {entry.number} was not made with this key from its hash.",
            )

    def _check_anchor(self, entry: Logged) -> None:
        said = self._anchors.get(entry.number)
        if said is None:
            return
        if said == entry.hash:
            self._anchored = entry.number
        else:
            self._fault(
                entry.number,
                "rewrite",
                f"entry {entry.number} is not the one that was anchored; the last that an anchor vouches for is "
                f"{self._anchored}: the log was written anew in between.",
            )

    def _fault(self, number: int, attack: Attack, text: str) -> None:
        """The first ones by number are told, whatever the order in which they are found."""
        self._faults = sorted([*self._faults, Fault(number, attack, text)], key=lambda one: one.number)
        self._further += len(self._faults[LISTED:])
        del self._faults[LISTED:]


def _is_signed(one: Anchor, key: bytes) -> bool:
    return one.mac is not None and hmac.compare_digest(_plain(mac_of_anchor(one, key)), _plain(one.mac))


def _hash(entry: Logged, previous: str) -> str | None:
    """None where an entry holds what is no text."""
    try:
        return hash_of(entry, previous)
    except ValueError:
        return None


def _ascii(text: str) -> str:
    return text.encode("ascii", "replace").decode()


def _plain(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
