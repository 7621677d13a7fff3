"""Which claims a claim payment may belong to: candidates among claims in memory, and of claims found elsewhere.

A claim that is paid already stays a candidate: reversals, corrections, second payers and duplicates point at it
again, so nothing here forces one payment on one claim.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from features.match_evidence import field_evidence
from features.match_index import LIMIT, MatchIndex
from features.x12.records import Claim, ClaimPayment

__all__ = ["LIMIT", "CandidateIndex", "ReferenceIndex", "field_evidence", "shortlist", "shortlists"]

Candidate = tuple[str, Claim]


class CandidateIndex(MatchIndex[Candidate]):
    """Claims in memory; each may be found as soon as it is added."""

    def add(self, reference: str, claim: Claim, expected: Iterable[Decimal] = ()) -> None:
        """Take in a claim under a name that the caller knows it by, and what its payer is expected to pay for it."""
        self.hold(reference, claim, (reference, claim), expected)

    def candidates(self, payment: ClaimPayment, limit: int = LIMIT) -> list[Candidate]:
        """At most ``limit`` claims that may be the payment's, likeliest first; none is a full answer."""
        return self.search([payment], limit)[0]

    def candidates_of(self, payments: Sequence[ClaimPayment], limit: int = LIMIT) -> list[list[Candidate]]:
        """The same for many payments at once, which is several times as fast."""
        return self.search(payments, limit)


class ReferenceIndex(MatchIndex[str]):
    """The same without the claims, for a million of them: it hands back the names that the caller knows them by."""

    def add(self, reference: str, claim: Claim, expected: Iterable[Decimal] = ()) -> None:
        """As ``CandidateIndex.add``; the claim itself is not kept."""
        self.hold(reference, claim, reference, expected)

    def candidates(self, payment: ClaimPayment, limit: int = LIMIT) -> list[str]:
        """As ``CandidateIndex.candidates``."""
        return self.search([payment], limit)[0]

    def candidates_of(self, payments: Sequence[ClaimPayment], limit: int = LIMIT) -> list[list[str]]:
        """As ``CandidateIndex.candidates_of``."""
        return self.search(payments, limit)


def shortlist(payment: ClaimPayment, found: Iterable[Candidate], limit: int = LIMIT) -> list[Candidate]:
    """The likeliest of claims that were found elsewhere; see ``shortlists``."""
    return shortlists([payment], [[*found]], limit)[0]


def shortlists(
    payments: Sequence[ClaimPayment], found: Sequence[Sequence[Candidate]], limit: int = LIMIT
) -> list[list[Candidate]]:
    """For each payment the likeliest of the claims that were found for it elsewhere, as an index would order them.

    Those that nothing but being found speaks for stand last, in the order in which they came.
    """
    index, places = MatchIndex[Candidate](), dict[int, int]()
    for candidate in (candidate for own in found for candidate in own):
        if id(candidate[1]) not in places:  # many payments find the same claim
            places[id(candidate[1])] = len(index)
            index.hold(*candidate, candidate)
    rows = [[places[id(claim)] for _, claim in own] for own in found]
    return [own[:limit] for own in index.order(payments, rows)]
