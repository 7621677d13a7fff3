"""Money that a payer takes out of a remittance for earlier payments (PLB), tied to the payment that it takes back.

A provider-level adjustment names no claim. Its reference does, in a form of the payer's own: its claim number alone, or
with the patient's account behind it, or the number of a letter. The same reason, WO, also recovers a balance that was
carried forward (FB) from an earlier remittance; that one takes no payment back.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from msgspec import Struct

from features.groups.facts import CLAIM, NUMBER, PAID, Brief, Pattern, weight
from features.groups.ties import money
from features.match_keys import cents, normalised
from features.x12.records import ClaimPayment, ProviderAdjustment, Remittance

RECOVERIES = (
    "WO",
    "72",
    "CS",
    "B2",
    "J1",
)  # PLB03-1 that may take a payment back; WO is by far the commonest
FORWARDED, INTEREST = "FB", "L6"
SHORTEST = 6  # characters of a part of a reference that can name a payment
IN_PART = "part of the reference"


class Takeback(Struct, frozen=True):
    """What one provider-level adjustment is for.

    ``kind`` is "takeback" with the payments that it may take back (places, the likeliest first), "forwarded" for a
    balance that a later remittance recovers, "recovery" of one, "interest" with the payment that bears it, "unknown".
    """

    kind: str
    reason: str
    amount: int  # cents; positive reduces the remittance
    to: tuple[int, ...]
    facts: Pattern
    evidence: tuple[str, ...]
    rivals: int = 0
    confidence: float | None = None


class Takebacks:
    """Knows the payments and balances so far; give it each claim payment and each remittance as it comes."""

    def __init__(self) -> None:
        self._briefs: list[Brief] = []
        self._by_number: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        self._forwarded: defaultdict[tuple[str, str], list[int]] = defaultdict(list)

    def add(self, payment: ClaimPayment) -> int:
        """Take in a claim payment; the answer is its place."""
        brief, place = Brief.of(payment), len(self._briefs)
        self._briefs.append(brief)
        for number in {brief.number, brief.claim} - {""}:
            self._by_number[brief.payer, number].append(place)
        return place

    def explain(self, remittance: Remittance) -> list[Takeback]:
        """What each adjustment of a remittance is for, in their order; its claim payments are added before."""
        account = (
            normalised(remittance.payer_id) or normalised(remittance.payer_name),
            remittance.payee_npi or "",
        )
        return [
            self._explain(adjustment, account, remittance) for adjustment in remittance.provider_adjustments
        ]

    def _explain(
        self, adjustment: ProviderAdjustment, account: tuple[str, str], remittance: Remittance
    ) -> Takeback:
        amount = int(adjustment.amount * 100)
        if adjustment.reason == FORWARDED:
            self._forwarded[account].append(-amount)
            return _plain("forwarded", adjustment, f"{money(-amount)} carried forward to a later remittance")
        named = list(self._named(account[0], adjustment.reference))
        if adjustment.reason == INTEREST:
            return self._tied("interest", adjustment, named)
        if adjustment.reason not in RECOVERIES:
            return _plain("unknown", adjustment, f"reason {adjustment.reason} takes no payment back")
        named = [(place, facts) for place, facts in named if self._taken_from(place, remittance)]
        exact = [
            (place, (*facts, PAID)) for place, facts in named if cents(adjustment.amount) == self._paid(place)
        ]
        if not exact and self._recovers(account, amount):
            return _plain("recovery", adjustment, f"recovers {money(amount)} carried forward before")
        return self._tied("takeback", adjustment, exact or named)

    def _named(self, payer: str, reference: str | None) -> Iterator[tuple[int, Pattern]]:
        """Payments that the reference, or a part of it, names by the payer's number or the claim's."""
        whole = normalised(reference)
        for text in dict.fromkeys((whole, *_parts(reference))):
            for place in self._by_number.get((payer, text), ()):
                fact = NUMBER if self._briefs[place].number == text else CLAIM
                yield place, (fact,) if text == whole else (fact, IN_PART)

    def _taken_from(self, place: int, remittance: Remittance) -> bool:
        """Whether the payment came in an earlier remittance and gave money."""
        brief = self._briefs[place]
        return brief.trace != (remittance.trace_number or "") and not brief.negative and bool(brief.paid)

    def _paid(self, place: int) -> int | None:
        return self._briefs[place].paid

    def _recovers(self, account: tuple[str, str], amount: int) -> bool:
        """Whether so much stands open from what was carried forward; then it is taken off."""
        balances = self._forwarded[account]
        if amount <= 0 or sum(balances) < amount:
            return False
        left = amount
        while left:
            taken = min(left, balances[0])
            balances[0] -= taken
            left -= taken
            if not balances[0]:
                balances.pop(0)
        return True

    def _tied(self, kind: str, adjustment: ProviderAdjustment, rows: list[tuple[int, Pattern]]) -> Takeback:
        if not rows:
            return _plain("unknown", adjustment, "the reference names no payment that is known here")
        most = max(weight(facts) for _, facts in rows)
        first = [(place, facts) for place, facts in rows if weight(facts) == most]
        place, facts = first[-1]
        brief = self._briefs[place]
        evidence = (
            f"the reference names the {facts[0]} of a payment of {brief.paid_on} in {brief.trace}",
            f"{money(abs(int(adjustment.amount * 100)))} here, {money(brief.paid)} paid there",
        )
        amount = int(adjustment.amount * 100)
        return Takeback(
            kind,
            adjustment.reason,
            amount,
            tuple(p for p, _ in reversed(first)),
            facts,
            evidence,
            len(first) - 1,
        )


def _parts(reference: str | None) -> list[str]:
    """The parts of a reference between signs and blanks that are long enough to name something."""
    parts = [normalised(part) for part in re.split(r"[^A-Za-z0-9]+", reference or "")]
    return [part for part in parts if len(part) >= SHORTEST]


def _plain(kind: str, adjustment: ProviderAdjustment, why: str) -> Takeback:
    return Takeback(kind, adjustment.reason, int(adjustment.amount * 100), (), (), (why,))
