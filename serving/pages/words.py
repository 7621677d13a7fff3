"""What the codes of a claim, a remittance and an acknowledgment say, in a reviewer's words.

Only the codes that change what a reviewer does are put into words; any other is shown as the file has it.
Sources: ASC X12 835 005010X221A1 (CLP02), 837 005010X222A1 (CLM05-3), 277CA 005010X214 (STC01-1),
999 005010X231A1 (IK501).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from features.x12.records import Adjustment
from serving.pages.formatting import money

_PAYMENT_STATUSES: Mapping[str, str] = {
    "1": "processed as primary",
    "2": "processed as secondary",
    "3": "processed as tertiary",
    "4": "denied",
    "19": "processed as primary, forwarded to another payer",
    "20": "processed as secondary, forwarded to another payer",
    "21": "processed as tertiary, forwarded to another payer",
    "22": "reversal of an earlier payment",
    "23": "not the payer’s claim, forwarded",
    "25": "predetermination, no payment",
}
_FREQUENCIES: Mapping[str, str] = {
    "1": "original",
    "7": "replacement of an earlier claim",
    "8": "void of an earlier claim",
}
_ACKNOWLEDGMENT_CATEGORIES: Mapping[str, str] = {
    "A0": "forwarded to another entity",
    "A1": "received",
    "A2": "accepted for adjudication",
    "A3": "returned: the claim could not be processed",
    "A4": "not found",
    "A5": "split by the payer",
    "A6": "rejected: information is missing",
    "A7": "rejected: information is invalid",
    "A8": "rejected: fields contradict each other",
}
_TRANSACTION_OUTCOMES: Mapping[str, str] = {
    "A": "accepted",
    "E": "accepted, with errors noted",
    "M": "rejected: the authentication failed",
    "P": "partly accepted",
    "R": "rejected",
    "W": "rejected: the assurance failed",
    "X": "rejected: it could not be decrypted",
}
TRANSACTIONS: Mapping[str, str] = {
    "837P": "Professional (837P)",
    "837I": "Institutional (837I)",
    "837D": "Dental (837D)",
}


def _worded(code: str | None, words: Mapping[str, str]) -> str | None:
    if code is None:
        return None
    return f"{code} – {words[code]}" if code in words else code


def payment_status(code: str | None) -> str | None:
    """A claim payment's status (CLP02) with its word.

    >>> payment_status("22"), payment_status("99")
    ('22 – reversal of an earlier payment', '99')
    """
    return _worded(code, _PAYMENT_STATUSES)


def frequency(code: str | None) -> str | None:
    """A claim's frequency (CLM05-3) with its word."""
    return _worded(code, _FREQUENCIES)


def acknowledgment_category(code: str | None) -> str | None:
    """The category of a 277CA (STC01-1) or the outcome of a 999 (IK501) with its word.

    >>> acknowledgment_category("A7"), acknowledgment_category("R")
    ('A7 – rejected: information is invalid', 'R – rejected')
    """
    return _worded(code, {**_ACKNOWLEDGMENT_CATEGORIES, **_TRANSACTION_OUTCOMES})


def adjustments(given: Iterable[Adjustment]) -> str:
    """Adjustments in one line, each with group, CARC and amount; a clerk may type no group.

    >>> from decimal import Decimal
    >>> adjustments([Adjustment("CO", "45", Decimal(40))])
    'CO-45 $40.00'
    """
    return ", ".join(f"{one.group}-{one.reason}".lstrip("-") + f" {money(one.amount)}" for one in given)
