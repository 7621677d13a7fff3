"""The n-grams by which a mistyped number or name is found: of a claim, and of what a payment says in their place."""

from __future__ import annotations

from collections.abc import Iterator

from features.match_keys import KEPT_CHARACTERS, MEMBER_CHARACTERS, normalised
from features.ngram_index import ngrams
from features.x12.records import Claim, ClaimPayment

NUMBER, NAME = 4, 3  # characters; digits need one more to say as much
LONGEST_NAME = 25  # characters of a name, on both sides


def claim_ngrams(claim: Claim) -> list[str]:
    """Of the control number, the member's number and the patient's names."""
    return [*_of(claim.claim_id, claim.subscriber_id, claim.patient_last, claim.patient_first)]


def payment_ngrams(payment: ClaimPayment) -> list[str]:
    """The same of a payment; on what was typed the control number may be the member's."""
    grams = [*_of(payment.claim_id, payment.subscriber_id, payment.patient_last, payment.patient_first)]
    if payment.channel != "835" and not payment.subscriber_id:
        grams += _member(payment.claim_id)
    return grams


def _of(number: str | None, member: str | None, last: str | None, first: str | None) -> Iterator[str]:
    plain = normalised(number)[:KEPT_CHARACTERS]
    if plain:
        yield from (f"c{gram}" for gram in ngrams(plain, NUMBER))
    yield from _member(member)
    for name in (last, first):
        words = normalised(name)[:LONGEST_NAME]
        if words:
            yield from (f"n{gram}" for gram in ngrams(words, NAME))


def _member(member: str | None) -> Iterator[str]:
    plain = normalised(member)[:MEMBER_CHARACTERS]
    if plain:
        yield from (f"s{gram}" for gram in ngrams(plain, NUMBER))
