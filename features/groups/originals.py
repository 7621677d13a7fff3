"""The earlier payment that a reversal takes back, by the payer's claim number, the claim's own, or the patient."""

from __future__ import annotations

from collections import defaultdict

from features.groups.facts import (
    CHARGE,
    CLAIM,
    DATE,
    NAME,
    NAME_LETTERS,
    NOTHING,
    NUMBER,
    PAID,
    Brief,
    Pattern,
    is_reversal,
    pattern,
    weight,
)
from features.match_keys import KEPT_CHARACTERS, LONGEST_KEY, cents, normalised
from features.x12.records import ClaimPayment

COMMON = 60  # payments that share a key, beyond which it says nothing (claim id "0")


class Originals:
    """Payments that may be taken back; grows with ``add``."""

    def __init__(self) -> None:
        self._under: defaultdict[str, list[tuple[ClaimPayment, Brief]]] = defaultdict(list)

    def add(self, payment: ClaimPayment) -> None:
        """Take in a payment, in order of arrival; reversals take nothing that can be taken back."""
        brief = Brief.of(payment)
        if not brief.negative:
            for key in reversal_keys(payment):
                self._under[key].append((payment, brief))

    def of(self, reversal: ClaimPayment) -> ClaimPayment | None:
        """The payment that agrees in most with a reversal, the latest of several; None for what is no reversal."""
        if not is_reversal(reversal):
            return None
        brief = Brief.of(reversal)
        best, most = None, 0
        for key in reversal_keys(reversal):
            shared = self._under.get(key, ())
            for payment, earlier in shared if len(shared) <= COMMON else ():
                facts = pattern(earlier, brief)
                if _same_payer(payment, reversal) and _agree(earlier, brief, facts) and weight(facts) >= most:
                    best, most = payment, weight(facts)
        return best


def reversal_keys(payment: ClaimPayment) -> tuple[str, ...]:
    """What a reversal shares with its original, one of them at the least: texts of letters, digits and signs.

    Who was treated on which day for which charge finds what was typed from paper, where a number is often wrong.
    """
    number = normalised(payment.payer_claim_number)[:LONGEST_KEY]
    claim = normalised(payment.claim_id)[:KEPT_CHARACTERS]
    name, day = normalised(payment.patient_last)[:NAME_LETTERS], payment.service_from
    person = f"{name}/{day}/{cents(payment.charge)}" if name and day and payment.charge is not None else ""
    parts = {"number": number, "claim": claim, "person": person}
    return tuple(f"{kind}:{value}"[:LONGEST_KEY] for kind, value in parts.items() if value)


def _agree(earlier: Brief, reversal: Brief, facts: Pattern) -> bool:
    """An amount beside the payer's number; both beside what a payer may have paid several times: claim or person."""
    if NUMBER in facts:
        return CHARGE in facts or PAID in facts
    unnumbered = not (earlier.number and reversal.number)
    same = CLAIM in facts or (unnumbered and NAME in facts and DATE in facts)
    return same and CHARGE in facts and (PAID in facts or NOTHING in facts)


def _same_payer(one: ClaimPayment, other: ClaimPayment) -> bool:
    """By id, else by name: what was typed from paper may state no id."""
    ids = normalised(one.payer_id), normalised(other.payer_id)
    if all(ids):
        return ids[0] == ids[1]
    return normalised(one.payer_name) == normalised(other.payer_name)
