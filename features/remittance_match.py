"""Which claims a claim payment may belong to: candidates by blocking keys, ranked cheaply, at most twenty.

A claim that is paid already stays a candidate: reversals, corrections, second payers and duplicates point at it
again, so nothing here forces one payment on one claim.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from features.match_evidence import field_evidence
from features.match_keys import COMMON, claim_keys, payment_keys
from features.x12.records import Claim, ClaimPayment

__all__ = ["LIMIT", "CandidateIndex", "field_evidence", "shortlist"]

LIMIT = 20

# What a shared key of each sort says, by its first letter (features.match_keys); only for ranking.
WEIGHTS = {"c": 6, "d": 3, "t": 2, "e": 2, "f": 1, "l": 2, "m": 5, "a": 4, "n": 3, "g": 2, "p": 2}


class CandidateIndex:
    """Claims in memory by their keys; a claim may be looked up as soon as it is added."""

    def __init__(self) -> None:
        self._places: dict[str, list[int]] = {}
        self._claims: list[tuple[str, Claim]] = []
        self._keys: list[frozenset[str]] = []

    def add(self, reference: str, claim: Claim) -> None:
        """Take in a claim under a name that the caller knows it by."""
        place = len(self._claims)
        keys = claim_keys(claim)
        self._claims.append((reference, claim))
        self._keys.append(frozenset(keys))
        for key in keys:
            self._places.setdefault(key, []).append(place)

    def candidates(self, payment: ClaimPayment, limit: int = LIMIT) -> list[tuple[str, Claim]]:
        """At most ``limit`` claims that share a key with the payment, likeliest first; none is a full answer."""
        wanted = payment_keys(payment)
        places = {place for key in wanted for place in self._rare(key)}
        ranked = _ranked(wanted, [(place, self._keys[place]) for place in sorted(places)])
        return without_superseded([self._claims[place] for place in ranked])[:limit]

    def _rare(self, key: str) -> Sequence[int]:
        places = self._places.get(key, ())
        return places if len(places) <= COMMON else ()


def shortlist(
    payment: ClaimPayment, found: Iterable[tuple[str, Claim]], limit: int = LIMIT
) -> list[tuple[str, Claim]]:
    """The likeliest of the claims found elsewhere by their keys; ties keep the order in which they came."""
    listed = list(found)
    keyed = [(place, frozenset(claim_keys(claim))) for place, (_, claim) in enumerate(listed)]
    return without_superseded([listed[place] for place in _ranked(payment_keys(payment), keyed)])[:limit]


def without_superseded(found: list[tuple[str, Claim]]) -> list[tuple[str, Claim]]:
    """Without claims that were sent again under their own number, as after a rejection: only the last one counts.

    A replacement (frequency 7) is a claim of its own.
    """
    last: dict[tuple[str | None, ...], Claim] = {}
    for _, claim in found:
        identity = _identity(claim)
        before = last.setdefault(identity, claim)
        if (claim.submitted or date.min) > (before.submitted or date.min):
            last[identity] = claim
    if len(last) == len(found):
        return found
    return [pair for pair in found if not pair[1].claim_id or last[_identity(pair[1])] is pair[1]]


def _identity(claim: Claim) -> tuple[str | None, ...]:
    return claim.claim_id, claim.billing_npi, claim.frequency, claim.patient_last, claim.patient_first


def _ranked(wanted: Sequence[str], found: Sequence[tuple[int, frozenset[str]]]) -> list[int]:
    """Places in falling order of what their shared keys say."""
    weighted = {key: WEIGHTS[key[0]] for key in wanted}
    ours = weighted.keys()
    said = {place: sum(weighted[key] for key in ours & keys) for place, keys in found}
    return sorted(said, key=lambda place: -said[place])
