"""Which vendor ids are one vendor: a vendor may stand twice in the vendor master, as after an acquisition."""

from __future__ import annotations

import re

from rapidfuzz import fuzz, process

LEGAL_FORMS = frozenset(
    ("THE", "INC", "LLC", "LTD", "LP", "LLP", "CO", "COMPANY", "CORP", "CORPORATION", "INCORPORATED", "PLC")
)


class VendorNames:
    """Gives each vendor id a key; ids whose names are alike share one."""

    def __init__(self, alike: float) -> None:
        self._alike = alike
        self._keys: dict[str, str] = {}
        self._names: dict[str, str] = {}  # by key

    def key(self, vendor_id: str, name: str) -> str:
        """The vendor's key: the first id under which it was met.

        >>> vendors = VendorNames(90.0)
        >>> vendors.key("1001", "CEDAR POINT SUPPLY INC"), vendors.key("7001", "The Cedar Point Supply, Inc.")
        ('1001', '1001')
        """
        known = self._keys.get(vendor_id)
        if known is None:
            known = self._keys[vendor_id] = self._alike_to(name) or vendor_id
            self._names.setdefault(known, plain(name))
        return known

    def knows(self, vendor_id: str) -> bool:
        """Whether anything under this id came before."""
        return vendor_id in self._keys

    def _alike_to(self, name: str) -> str | None:
        wanted = plain(name)
        if not wanted:
            return None
        found = process.extractOne(
            wanted, self._names, scorer=fuzz.token_sort_ratio, score_cutoff=self._alike
        )
        return None if found is None else str(found[2])


def plain(name: str) -> str:
    """A name without punctuation and legal forms.

    >>> plain("The Cedar Point Supply, Inc.")
    'CEDAR POINT SUPPLY'
    """
    words = re.sub(r"[^A-Z0-9 ]+", " ", name.upper()).split()
    return " ".join(word for word in words if word not in LEGAL_FORMS)
