"""The n-grams by which a mistyped number or name is found: of a claim, and of what a payment says in their place."""

from __future__ import annotations

from functools import lru_cache

from features.match_keys import KEPT_CHARACTERS, MEMBER_CHARACTERS, normalised
from features.ngram_index import ngrams
from features.x12.records import Claim, ClaimPayment

NUMBER, NAME = 4, 3  # characters; digits need one more to say as much
LONGEST_NAME = 25  # characters of a name, on both sides
KEPT_TEXTS = 1 << 12  # members and names whose n-grams are kept, about 1 kB each


def claim_ngrams(claim: Claim) -> list[str]:
    """Of the control number, the member's number and the patient's names."""
    return _ngrams(claim.claim_id, claim.subscriber_id, claim.patient_last, claim.patient_first)


def payment_ngrams(payment: ClaimPayment) -> list[str]:
    """The same of a payment; on what was typed the control number may be the member's."""
    grams = _ngrams(payment.claim_id, payment.subscriber_id, payment.patient_last, payment.patient_first)
    if payment.channel != "835" and not payment.subscriber_id:
        grams += _of_member(payment.claim_id)
    return grams


def _ngrams(number: str | None, member: str | None, last: str | None, first: str | None) -> list[str]:
    return [*_of_number(number), *_of_member(member), *_of_name(last), *_of_name(first)]


def _of_number(number: str | None) -> list[str]:
    return _tagged("c", normalised(number)[:KEPT_CHARACTERS], NUMBER)


@lru_cache(maxsize=KEPT_TEXTS)
def _of_member(member: str | None) -> list[str]:
    return _tagged("s", normalised(member)[:MEMBER_CHARACTERS], NUMBER)


@lru_cache(maxsize=KEPT_TEXTS)
def _of_name(name: str | None) -> list[str]:
    return _tagged("n", normalised(name)[:LONGEST_NAME], NAME)


def _tagged(sort: str, text: str, length: int) -> list[str]:
    return [sort + gram for gram in ngrams(text, length)] if text else []
