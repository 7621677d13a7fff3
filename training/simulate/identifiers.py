"""Identifiers with their check digits, and the ways in which facilities number their claims."""

from __future__ import annotations

from datetime import date


def npi(number: int) -> str:
    """The National Provider Identifier of a nine-digit number: Luhn over it, with 80840 in front (45 CFR 162.406).

    >>> npi(123456789)
    '1234567893'
    """
    digits = f"80840{number:09d}"
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return f"{number:09d}{-total % 10}"


def claim_number(style: str, prefix: str, year: int, account: str, sequence: int) -> str:
    """The patient control number (CLM01) that a facility gives its claim.

    The ``long`` style has 24 characters and differs at its end only: payers that keep 20 lose what tells
    neighbours apart.

    >>> claim_number("long", "NB", 2024, "0012345", 77)
    'NB-20240012345-000000077'
    """
    if style == "plain":
        return f"{sequence:07d}"
    if style == "prefixed":
        return f"{prefix}{sequence:06d}"
    if style == "dated":
        return f"{year % 100:02d}{prefix}{sequence:05d}"
    if style == "account":
        return f"{account}-{sequence:05d}"
    if style == "trailing":
        return f"{sequence:06d}-{year % 100:02d}{prefix}"
    if style == "mixed":
        return f"{prefix.lower()}{sequence:06d}x"
    return f"{prefix}-{year}{account}-{sequence:09d}"


def payer_claim_number(style: str, day: date, number: int) -> str:
    """The payer's own number of a claim (CLP07), dated by its receipt as many payers do.

    >>> payer_claim_number("dated", date(2024, 2, 1), 17)
    '240320000017'
    """
    if style == "dated":
        return f"{day:%y%j}{number:07d}"
    serial = (day - date(2010, 1, 1)).days * 100_000 + number
    return f"E{serial:010d}" if style == "lettered" else f"{serial:011d}00"
