"""Blocking keys: short strings that a claim payment and its claim are likely to share.

Records with one key in common are compared; others only where an index in memory finds their texts alike. The same
keys serve that index (features.match_index) and an indexed table. Payers pad control numbers with zeros, cut them to
20 characters, change their case and put prefixes before them (RFI 525 of X12 lets a receiver keep only 20 characters
of CLM01); they lose member-id suffixes and shift dates, so no key relies on all of these at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache

from features.x12.records import Claim, ClaimLine, ClaimPayment, PaymentLine

COMMON = 100
"""A key that more claims than this share says too little: look-ups leave it out."""

KEPT_CHARACTERS = 20  # of CLM01, by RFI 525
SHORT_CUT = 15  # the cut that Open Dental expects
PAID_WITHIN = 13  # weeks; nearly all claims are paid before, once
PAYER_CHARACTERS = 12  # of a payer's name; what follows is written in many ways
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
    plain = (identifier or "").upper()
    if not (plain.isalnum() and plain.isascii()):
        plain = _PUNCTUATION.sub("", plain)
    return plain.lstrip("0")


def cents(amount: Decimal | None) -> int | None:
    """An amount without its sign, in hundredths: a reversal takes back what the claim charged.

    >>> cents(Decimal("-12.5"))
    1250
    """
    return None if amount is None else abs(int(amount * 100))


def payer_key(record: Claim | ClaimPayment) -> str:
    """By what a payer is known: its id where the record states one, else its name."""
    return normalised(record.payer_id) or normalised(record.payer_name)


def line_control_numbers(lines: Iterable[ClaimLine | PaymentLine]) -> Iterator[str]:
    """Line control numbers (REF*6R), where they are more than a line's ordinal."""
    for line in lines:
        number = normalised(line.control_number)
        if len(number) >= LINE_CHARACTERS:
            yield number


_often = lru_cache(maxsize=1 << 12)(normalised)  # for names and parties, which come again and again


def claim_keys(claim: Claim) -> tuple[str, ...]:
    """The keys of a claim, each once; empty when nothing about it is known."""
    npis = (claim.billing_npi, claim.rendering_npi)
    dates = _dates(claim.service_from, claim.service_to)
    keys = [
        *_control_number_keys(claim.claim_id),
        *(f"l{number}" for number in line_control_numbers(claim.lines)),
        *_member_keys(claim.subscriber_id, dates, claim.charge),
        *_whole_member_keys(claim.subscriber_id),
        *_name_keys(claim.patient_last, claim.patient_first, dates),
        *_patient_keys(claim.patient_last, claim.patient_first, claim.payer_name),
        *_charge_keys(claim.charge, dates, (claim.payer_id, claim.payer_name, *npis)),
    ]
    return _distinct(keys)


def payment_keys(payment: ClaimPayment) -> tuple[str, ...]:
    """The keys of a claim payment, each once; empty when nothing about it is known."""
    npis = (payment.payee_npi, payment.rendering_npi)
    dates = _dates(payment.service_from, payment.service_to)
    keys = [
        *_control_number_keys(payment.claim_id),
        *(f"l{number}" for number in line_control_numbers(payment.lines)),
        *_member_keys(payment.subscriber_id, dates, payment.charge),
        *_name_keys(payment.patient_last, payment.patient_first, dates),
        *_charge_keys(payment.charge, dates, (payment.payer_id, payment.payer_name, *npis)),
    ]
    if payment.channel != "835":  # where a person typed it, first and last name may have changed places
        keys += _name_keys(payment.patient_first, payment.patient_last, dates)
    return _distinct(keys)


def faint_payment_keys(payment: ClaimPayment) -> tuple[str, ...]:
    """Keys that many claims share: for a payment for which ``payment_keys`` find nothing sure.

    The member or the patient, whatever the day; on what was typed, a number may be the member's, and an amount just
    what was expected of a claim.
    """
    last, first, payer = payment.patient_last, payment.patient_first, payment.payer_name
    keys = [*_whole_member_keys(payment.subscriber_id), *_patient_keys(last, first, payer)]
    if payment.channel != "835":
        keys += [*_whole_member_keys(payment.claim_id), *_patient_keys(first, last, payer)]
        keys += expected_keys(payer, () if payment.paid is None else (payment.paid,))
    return _distinct(keys)


def patient_keys(claim: Claim) -> tuple[str, ...]:
    """The keys that claims of the same patient and payer share, whatever the member id; empty without a name."""
    return _distinct([*_patient_keys(claim.patient_last, claim.patient_first, claim.payer_name)])


def expected_keys(payer: str | None, amounts: Iterable[Decimal]) -> list[str]:
    """A key for each amount that a payer is expected to pay for a claim."""
    name = _often(payer)[:PAYER_CHARACTERS]
    return [f"x{cents(amount)}/{name}" for amount in amounts if amount and name]


def weeks_of_claim(claim: Claim) -> list[str]:
    """The payer and the week in which a claim was sent: the last resort of a stub that says nothing else."""
    return [_week(claim.payer_name, claim.submitted.toordinal() // 7)] if claim.submitted else []


def weeks_of_payment(payment: ClaimPayment) -> list[str]:
    """The weeks in which a claim was most likely sent that the payer pays on this day."""
    if payment.payment_date is None or not payment.payer_name:
        return []
    last = payment.payment_date.toordinal() // 7
    return [_week(payment.payer_name, week) for week in range(last - PAID_WITHIN, last + 1)]


def _week(payer: str | None, week: int) -> str:
    return f"v{week}/{_often(payer)[:PAYER_CHARACTERS]}"


def _distinct(keys: list[str]) -> tuple[str, ...]:
    if max(map(len, keys), default=0) > LONGEST_KEY:
        keys = [key[:LONGEST_KEY] for key in keys]
    return tuple(dict.fromkeys(keys))


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
    digits = number if number.isdecimal() else _LETTERS.sub("", number).lstrip("0")
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


def _whole_member_keys(member: str | None) -> Iterator[str]:
    identifier = normalised(member)[:MEMBER_CHARACTERS]
    if identifier:
        yield f"s{identifier}"


def _name_keys(last: str | None, first: str | None, dates: tuple[str, ...]) -> Iterator[str]:
    """The start of the surname, or the first name where the surname was misread, with a service date."""
    surname, given = _often(last), _often(first)
    for day in dates:
        if surname:
            yield f"n{surname[:5]}{given[:1]}/{day}"
        if given:
            yield f"g{given[:6]}{surname[:1]}/{day}"


def _patient_keys(last: str | None, first: str | None, payer: str | None) -> Iterator[str]:
    """The start of the surname and an initial, with the payer's name."""
    surname, given, name = _often(last), _often(first), _often(payer)
    if surname and name:
        yield f"w{surname[:7]}{given[:1]}/{name[:PAYER_CHARACTERS]}"


def _charge_keys(
    charge: Decimal | None, dates: tuple[str, ...], parties: tuple[str | None, ...]
) -> Iterator[str]:
    """The charge and a service date, with the payer or a provider."""
    amount = cents(charge)
    if not amount:
        return
    for party in filter(None, parties):
        for day in dates:
            yield f"p{amount}/{day}/{_often(party)[:PAYER_CHARACTERS]}"


def _dates(first: date | None, last: date | None) -> tuple[str, ...]:
    """The service dates as short strings, the same day once."""
    if first == last or last is None:
        return (_short(first),) if first else ()
    return (_short(first), _short(last)) if first else (_short(last),)


@lru_cache(maxsize=1 << 14)
def _short(day: date) -> str:
    return f"{day:%y%m%d}"
