"""When a payer took a claim in, as its own claim number (CLP07) tells.

Payers number claims as they receive them, and many put the day into the number: Medicare a Julian date, others a
serial day or a calendar date. Which digits these are is learnt for each payer from payments whose claim is known. Of
two claims alike that were sent on different days this tells which one the payer means, even where it echoes the
other's number.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from statistics import median
from typing import Any, Literal

from msgspec import Struct, convert, to_builtins

from features.match_keys import payer_key
from features.x12.records import ClaimPayment

Kind = Literal["julian", "calendar", "serial"]

WIDTHS: Mapping[Kind, int] = {
    "julian": 5,
    "calendar": 6,
    "serial": 5,
}  # digits of YYDDD, YYMMDD and a serial day
LAST_START = 8  # a date stands near the beginning
FEWEST = 20  # payments of a payer from which its numbers can be read
WIDEST = 5.0  # days by which the half of them may lie further from the usual lag
MOST_LEARNT = 500  # payments of a payer: more teach no more
CENTURY = 2000


class Numbering(Struct, frozen=True):
    """Where the day stands in a payer's numbers of a length, and how long after sending it usually is (days)."""

    length: int
    kind: Kind
    start: int
    lag: float

    def day(self, number: str | None) -> float | None:
        """The day (ordinal) in a number, less the usual lag; None where there is none."""
        digits = _digits(number)
        if len(digits) != self.length:
            return None
        read = _read(digits, self.kind, self.start)
        return None if read is None else read - self.lag


class PayerNumbers:
    """The numbering of each payer whose numbers hold a day."""

    def __init__(self, known: Mapping[str, Numbering]) -> None:
        self._known = dict(known)

    @staticmethod
    def of(answered: Iterable[tuple[ClaimPayment, date]]) -> PayerNumbers:
        """Learnt from claim payments, each with the day on which its claim was sent."""
        numbers: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        for payment, sent in answered:
            found = numbers[payer_key(payment)]
            digits = _digits(payment.payer_claim_number)
            if digits and len(found) < MOST_LEARNT:
                found.append((digits, sent.toordinal()))
        learnt = {payer: _numbering(found) for payer, found in numbers.items()}
        return PayerNumbers({payer: one for payer, one in sorted(learnt.items()) if one is not None})

    def sent(self, payment: ClaimPayment) -> float | None:
        """The day (ordinal) on which the payment's claim was probably sent; None where its number does not tell."""
        numbering = self._known.get(payer_key(payment))
        return numbering.day(payment.payer_claim_number) if numbering else None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a manifest; no number is among them."""
        return {payer: to_builtins(numbering) for payer, numbering in self._known.items()}

    @staticmethod
    def from_dict(values: Mapping[str, Any]) -> PayerNumbers:
        """The inverse of ``to_dict``; raises ValueError."""
        return PayerNumbers({payer: convert(given, Numbering) for payer, given in values.items()})


NO_NUMBERS = PayerNumbers({})


def _numbering(found: Sequence[tuple[str, int]]) -> Numbering | None:
    """The reading that lies closest to the days of sending; None where none lies close enough."""
    lengths = Counter(len(digits) for digits, _ in found)
    if not lengths:
        return None
    length = lengths.most_common(1)[0][0]
    usual = [(digits, sent) for digits, sent in found if len(digits) == length]
    tried = [_tried(usual, length, kind, start) for kind, width in WIDTHS.items()
             for start in range(min(LAST_START, length - width + 1))]  # fmt: skip
    close = [one for one in tried if one is not None and one[0] <= WIDEST]
    return min(close, key=lambda one: one[0])[1] if close else None


def _tried(
    found: Sequence[tuple[str, int]], length: int, kind: Kind, start: int
) -> tuple[float, Numbering] | None:
    """How far the half of the days lie from the usual lag by one reading; None where too many have no day by it."""
    read = [(_read(digits, kind, start), sent) for digits, sent in found]
    lags = [day - sent for day, sent in read if day is not None]
    if len(lags) < max(FEWEST, 0.9 * len(found)):
        return None
    lag = median(lags)
    return median(abs(one - lag) for one in lags), Numbering(length, kind, start, lag)


def _read(digits: str, kind: Kind, start: int) -> float | None:
    """The digits as a day; None where they are none. A serial day counts from a day that the lag makes up for."""
    part = digits[start : start + WIDTHS[kind]]
    if kind == "serial":
        return float(part)
    year = CENTURY + int(part[:2])
    try:
        if kind == "calendar":
            return float(date(year, int(part[2:4]), int(part[4:])).toordinal())
        return float((date(year, 1, 1) + timedelta(_day_of_year(part[2:]) - 1)).toordinal())
    except ValueError:
        return None


def _day_of_year(text: str) -> int:
    day = int(text)
    if not 1 <= day <= 366:
        raise ValueError("no day of a year")
    return day


def _digits(number: str | None) -> str:
    return "".join(filter(str.isdecimal, number or ""))
