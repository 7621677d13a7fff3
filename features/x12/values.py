"""Elements into values: amounts, dates and composites. Each kind of value remembers what it has parsed.

A remittance of 50 MB holds a million amounts and a few thousand different ones: looking a text up in a
dictionary takes a tenth of the time of parsing it again.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

REMEMBERED = 20_000  # texts kept a kind; at most about 4 MB
REMEMBERED_AMOUNTS = 50_000  # they are the most various; at most about 10 MB

# X12 data type R: an optional sign, digits, one point; the standard allows 18 digits. No exponent, NaN or infinity.
_AMOUNT = re.compile(r"[+-]?(?:\d{1,18}(?:\.\d{0,18})?|\.\d{1,18})", re.ASCII).fullmatch

_HYPHENATED = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII).fullmatch


class Amounts(dict[str, Decimal | None]):
    """Texts to exact decimals: ``amounts["-3.10"]``; what is no number is reported and is None.

    >>> amounts = Amounts(lambda: print("not a number"))
    >>> amounts["100"], amounts[".5"], amounts["-3.10"], amounts["+5"], amounts[""]
    (Decimal('100'), Decimal('0.5'), Decimal('-3.10'), Decimal('5'), None)
    >>> amounts["1e3"], amounts["NaN"]
    not a number
    not a number
    (None, None)
    """

    def __init__(self, report: Callable[[], None]) -> None:
        super().__init__()
        self.report = report

    def __missing__(self, text: str) -> Decimal | None:
        if len(self) >= REMEMBERED_AMOUNTS:
            self.clear()
        if _AMOUNT(text):
            amount = self[text] = Decimal(text)
            return amount
        stripped = text.strip()
        if not stripped:
            self[text] = None
        elif _AMOUNT(stripped):
            self[text] = Decimal(stripped)
        else:
            self.report()
            return None
        return self[text]


class Dates(dict[str, date | None]):
    """Texts to dates: CCYYMMDD, CCYYMMDDHHMM or YYMMDD; what is no date is reported and is None.

    CCYY-MM-DD is the day that it plainly is, and is reported as ``hyphenated``.

    >>> dates = Dates(lambda: print("not a date"), lambda: print("hyphens"))
    >>> dates["20260131"], dates["260131"], dates["202601310930"]
    (datetime.date(2026, 1, 31), datetime.date(2026, 1, 31), datetime.date(2026, 1, 31))
    >>> dates["20260231"]
    not a date
    >>> dates["2026-01-31"]
    hyphens
    datetime.date(2026, 1, 31)
    """

    def __init__(self, report: Callable[[], None], hyphenated: Callable[[], None]) -> None:
        super().__init__()
        self.report = report
        self.hyphenated = hyphenated

    def __missing__(self, text: str) -> date | None:
        if len(self) >= REMEMBERED:
            self.clear()
        stripped = text.strip()
        if not stripped:
            self[text] = None
            return None
        value = parse_date(stripped)
        if value is not None:
            self[text] = value
            return value
        value = parse_date(stripped.replace("-", "")) if _HYPHENATED(stripped) else None
        if value is None:
            self.report()
        else:
            self.hyphenated()
        return value

    def span(self, text: str) -> tuple[date | None, date | None]:
        """First and last day of one date (D8) or of two with a hyphen between them (RD8).

        >>> dates = Dates(lambda: print("not a date"), lambda: print("hyphens"))
        >>> dates.span("20260131-20260202")
        (datetime.date(2026, 1, 31), datetime.date(2026, 2, 2))
        >>> dates.span("2026-01-31")
        hyphens
        (datetime.date(2026, 1, 31), datetime.date(2026, 1, 31))
        """
        parts = text.split("-")
        if len(parts) in (2, 6):
            middle = len(parts) // 2
            return self["-".join(parts[:middle])], self["-".join(parts[middle:])]
        day = self[text]
        return day, day


def parse_date(text: str) -> date | None:
    """The date of CCYYMMDD, with or without a time behind it, or of YYMMDD; None for anything else."""
    if not (text.isascii() and text.isdigit()):
        return None
    if len(text) == 6:
        text = ("20" if text < "70" else "19") + text
    if len(text) not in (8, 12, 14):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None


def text_of(text: str) -> str | None:
    """The text without padding, or None where nothing is left."""
    return text.strip() or None


def whole_number(text: str) -> int | None:
    """A count as written in a trailer, or None where it is no whole number of at most nine digits.

    >>> whole_number("0012"), whole_number("twelve")
    (12, None)
    """
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


def same_number(trailer: str | None, header: str | None) -> bool:
    """Whether a trailer repeats its header's control number, which is a number and may have lost its zeros.

    >>> same_number("2", "02"), same_number("2", "3"), same_number("A", "A"), same_number(None, "1")
    (True, False, True, False)
    """
    if trailer == header:
        return True
    number = whole_number(trailer or "")
    return number is not None and number == whole_number(header or "")


def national_provider(qualifier: str, identifier: str) -> str | None:
    """The NPI of an identifier: qualifier XX, or ten digits that start as every NPI does where there is none.

    >>> national_provider("XX", "1234567893"), national_provider("24", "587654321")
    ('1234567893', None)
    """
    identifier = identifier.strip()
    if not identifier or qualifier.strip() == "XX":
        return identifier or None
    shaped = len(identifier) == 10 and identifier.isascii() and identifier.isdigit() and identifier[0] in "12"
    return identifier if shaped and not qualifier.strip() else None
