"""What is usual with a service: an authorization, a referral, a diagnosis.

Which services need an authorization stands in contracts that no file holds, but years of claims show it: a claim that
lacks what nearly all of its like carry is suspect, and so is one with a diagnosis that its procedure never has. No
outcome takes part, so none can leak.
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
    """Shares in 0..1: of the claims with a service, how many carry an authorization, a referral, a diagnosis."""

    authorization: Mapping[str, float]  # by "payer|procedure"
    referral: Mapping[str, float]
    diagnosis: Mapping[str, float]  # by "procedure|diagnosis"

    @staticmethod
    def of_claims(claims: Sequence[Claim]) -> UsualPractice:
        """The practice that these claims show."""
        seen, authorized, referred = Counter[str](), Counter[str](), Counter[str]()
        procedures, pairs = Counter[str](), Counter[str]()
        for claim in claims:
            services = services_of(claim)
            seen.update(services)
            if claim.prior_authorization is not None:
                authorized.update(services)
            if claim.referral is not None:
                referred.update(services)
            procedures.update(_procedures(claim))
            pairs.update(_pairs(claim))
        return UsualPractice(
            authorization=_shares(authorized, seen),
            referral=_shares(referred, seen),
            diagnosis={
                pair: count / procedures[pair.partition("|")[0]]
                for pair, count in sorted(pairs.items())
                if count >= FEWEST_CLAIMS
            },
        )

    def authorization_lacking(self, claim: Claim) -> float:
        """0 with an authorization; without one, how usual it is for the claim's most demanding line."""
        return 0.0 if claim.prior_authorization is not None else _most(self.authorization, claim)

    def referral_lacking(self, claim: Claim) -> float:
        """The same of a referral."""
        return 0.0 if claim.referral is not None else _most(self.referral, claim)

    def diagnosis_share(self, claim: Claim) -> float:
        """How usual the principal diagnosis is for the line that it fits best; 0 where it is never seen with any."""
        return max((self.diagnosis.get(pair, 0.0) for pair in _pairs(claim)), default=0.0)

    def to_plain(self) -> dict[str, Any]:
        """For a manifest."""
        return {
            "authorization": dict(self.authorization),
            "referral": dict(self.referral),
            "diagnosis": dict(self.diagnosis),
        }

    @staticmethod
    def from_plain(plain: Mapping[str, Any]) -> UsualPractice:
        """The inverse of ``to_plain``."""
        return UsualPractice(dict(plain["authorization"]), dict(plain["referral"]), dict(plain["diagnosis"]))


def services_of(claim: Claim) -> set[str]:
    """The claim's services as a payer's rules name them; a line without a procedure goes by its revenue code.

    >>> from types import SimpleNamespace as Some
    >>> services_of(Some(payer_id="P1", payer_name=None, lines=[Some(procedure="99213", revenue_code=None)]))
    {'P1|99213'}
    """
    payer = claim.payer_id or claim.payer_name or ""
    return {f"{payer}|{line.procedure or line.revenue_code or ''}" for line in claim.lines}


def _procedures(claim: Claim) -> set[str]:
    return {line.procedure or line.revenue_code or "" for line in claim.lines}


def _pairs(claim: Claim) -> set[str]:
    principal = claim.diagnoses[0] if claim.diagnoses else ""
    return {f"{procedure}|{principal}" for procedure in _procedures(claim)}


def _shares(carrying: Counter[str], seen: Counter[str]) -> dict[str, float]:
    return {
        service: carrying[service] / (claims + DOUBT)
        for service, claims in sorted(seen.items())
        if claims >= FEWEST_CLAIMS and carrying[service]
    }


def _most(shares: Mapping[str, float], claim: Claim) -> float:
    return max((shares.get(service, 0.0) for service in services_of(claim)), default=0.0)
