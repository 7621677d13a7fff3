"""Blocking keys: short strings that a claim payment and its claim are likely to share.

Two records with one key in common are compared; all others never are. The same keys serve a dictionary in memory
and an indexed table. Payers pad control numbers with zeros, cut them to 20 characters, change their case and put
prefixes before them (RFI 525 of X12 lets a receiver keep only 20 characters of CLM01); they lose member-id
suffixes and shift dates, so no key relies on all of these at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from features.x12.records import Claim, ClaimLine, ClaimPayment, PaymentLine

COMMON = 100
"""A key that more claims than this share says too little: look-ups leave it out."""

KEPT_CHARACTERS = 20  # of CLM01, by RFI 525
SHORT_CUT = 15  # the cut that Open Dental expects
MEMBER_CHARACTERS = 9  # what stays of a member id when its suffix is lost

LONGEST_KEY = 64
"""Characters; an element may hold thousands, and no index of a database takes them. Both sides are cut alike."""

LINE_CHARACTERS = 6  # from which a line's control number can be more than its ordinal

_PUNCTUATION = re.compile(r"[^A-Z0-9]+")
_LETTERS = re.compile(r"[^0-9]+")


def normalised(identifier: str | None) -> str:
    """An identifier without what payers change: case, punctuation and leading zeros.

    >>> normalised("0000ab-1203 ")
    'AB1203'
    """
    return _PUNCTUATION.sub("", (identifier or "").upper()).lstrip("0")


def cents(amount: Decimal | None) -> int | None:
    """An amount without its sign, in hundredths: a reversal takes back what the claim charged.

    >>> cents(Decimal("-12.5"))
    1250
    """
    return None if amount is None else abs(int(amount * 100))


def line_control_numbers(lines: Iterable[ClaimLine | PaymentLine]) -> Iterator[str]:
    """Line control numbers (REF*6R), where they are more than a line's ordinal."""
    for line in lines:
        number = normalised(line.control_number)
        if len(number) >= LINE_CHARACTERS:
            yield number


def claim_keys(claim: Claim) -> tuple[str, ...]:
    """The keys of a claim, each once; empty when nothing about it is known."""
    npis = {claim.billing_npi, claim.rendering_npi}
    dates = _dates(claim.service_from, claim.service_to)
    keys = [
        *_control_number_keys(claim.claim_id),
        *(f"l{number}" for number in line_control_numbers(claim.lines)),
        *_member_keys(claim.subscriber_id, dates, claim.charge),
        *_name_keys(claim.patient_last, claim.patient_first, dates),
        *_charge_keys(claim.charge, dates, (claim.payer_id, *npis)),
    ]
    return _distinct(keys)


def payment_keys(payment: ClaimPayment) -> tuple[str, ...]:
    """The keys of a claim payment, each once; empty when nothing about it is known."""
    npis = {payment.payee_npi, payment.rendering_npi}
    dates = _dates(payment.service_from, payment.service_to)
    keys = [
        *_control_number_keys(payment.claim_id),
        *(f"l{number}" for number in line_control_numbers(payment.lines)),
        *_member_keys(payment.subscriber_id, dates, payment.charge),
        *_name_keys(payment.patient_last, payment.patient_first, dates),
        *_charge_keys(payment.charge, dates, (payment.payer_id, *npis)),
    ]
    return _distinct(keys)


def _distinct(keys: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key[:LONGEST_KEY] for key in keys))


def _control_number_keys(identifier: str | None) -> Iterator[str]:
    """Whole, cut, without letters, its end (behind a prefix), and its characters in order (transposed digits)."""
    number = normalised(identifier)
    if not number:
        return
    yield f"c{number[:KEPT_CHARACTERS]}"
    if len(number) >= 6:
        yield f"e{number[-8:]}"
        yield f"t{''.join(sorted(number[:KEPT_CHARACTERS]))}"
    if len(number) >= SHORT_CUT:
        yield f"f{number[:SHORT_CUT]}"
    digits = _LETTERS.sub("", number).lstrip("0")
    if len(digits) >= 4:
        yield f"d{digits}"


def _member_keys(member: str | None, dates: tuple[str, ...], charge: Decimal | None) -> Iterator[str]:
    identifier = normalised(member)[:MEMBER_CHARACTERS]
    if not identifier:
        return
    for day in dates:
        yield f"m{identifier}/{day}"
    amount = cents(charge)
    if amount:
        yield f"a{identifier}/{amount}"


def _name_keys(last: str | None, first: str | None, dates: tuple[str, ...]) -> Iterator[str]:
    """The start of the surname, or the first name where the surname was misread, with a service date."""
    surname, given = normalised(last), normalised(first)
    for day in dates:
        if surname:
            yield f"n{surname[:5]}{given[:1]}/{day}"
        if given:
            yield f"g{given[:6]}{surname[:1]}/{day}"


def _charge_keys(
    charge: Decimal | None, dates: tuple[str, ...], parties: tuple[str | None, ...]
) -> Iterator[str]:
    """The charge and a service date, with the payer or a provider."""
    amount = cents(charge)
    if not amount:
        return
    for party in filter(None, parties):
        for day in dates:
            yield f"p{amount}/{day}/{normalised(party)}"


def _dates(first: date | None, last: date | None) -> tuple[str, ...]:
    """The service dates as short strings, the same day once."""
    return tuple(dict.fromkeys(f"{day:%y%m%d}" for day in (first, last) if day))
