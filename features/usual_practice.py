"""What a payer usually gets with a service: how often its claims carry an authorization, or a referral.

Which services need one stands in contracts that no file holds, but years of claims show it. A claim that lacks what
nearly all of its like carry is suspect. No outcome takes part, so none can leak.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from features.x12.records import Claim

FEWEST_CLAIMS: Final = 5  # a share of fewer is not kept: it says little, and could tell of one patient
DOUBT: Final = 5.0  # claims without any that a share starts from


@dataclass(frozen=True)
class UsualPractice:
    """Shares in 0..1 by "payer|procedure": of such claims, how many carry an authorization, and how many a referral."""

    authorization: Mapping[str, float]
    referral: Mapping[str, float]

    @staticmethod
    def of_claims(claims: Sequence[Claim]) -> UsualPractice:
        """The practice that these claims show."""
        seen, authorized, referred = Counter[str](), Counter[str](), Counter[str]()
        for claim in claims:
            services = services_of(claim)
            seen.update(services)
            if claim.prior_authorization is not None:
                authorized.update(services)
            if claim.referral is not None:
                referred.update(services)
        return UsualPractice(_shares(authorized, seen), _shares(referred, seen))

    def authorization_lacking(self, claim: Claim) -> float:
        """0 with an authorization; without one, how usual it is for the claim's most demanding line."""
        return 0.0 if claim.prior_authorization is not None else _most(self.authorization, claim)

    def referral_lacking(self, claim: Claim) -> float:
        """The same of a referral."""
        return 0.0 if claim.referral is not None else _most(self.referral, claim)

    def to_plain(self) -> dict[str, Any]:
        """For a manifest."""
        return {"authorization": dict(self.authorization), "referral": dict(self.referral)}

    @staticmethod
    def from_plain(plain: Mapping[str, Any]) -> UsualPractice:
        """The inverse of ``to_plain``."""
        return UsualPractice(dict(plain["authorization"]), dict(plain["referral"]))


def services_of(claim: Claim) -> set[str]:
    """The claim's services as a payer's rules name them; a line without a procedure goes by its revenue code.

    >>> from types import SimpleNamespace as Some
    >>> services_of(Some(payer_id="P1", payer_name=None, lines=[Some(procedure="99213", revenue_code=None)]))
    {'P1|99213'}
    """
    payer = claim.payer_id or claim.payer_name or ""
    return {f"{payer}|{line.procedure or line.revenue_code or ''}" for line in claim.lines}


def _shares(carrying: Counter[str], seen: Counter[str]) -> dict[str, float]:
    return {
        service: carrying[service] / (claims + DOUBT)
        for service, claims in sorted(seen.items())
        if claims >= FEWEST_CLAIMS and carrying[service]
    }


def _most(shares: Mapping[str, float], claim: Claim) -> float:
    return max((shares.get(service, 0.0) for service in services_of(claim)), default=0.0)
