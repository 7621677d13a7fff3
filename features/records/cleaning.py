"""Values as they are written, made alike: text, the numbers and codes inside it, amounts, dates."""

from __future__ import annotations

import calendar
import html
import math
import re
import unicodedata
from datetime import date

MISSING = frozenset(("", "nan", "null", "none", "n/a", "#n/a", "nat", "<na>", "\\n", "-", "--", "?"))
LONGEST = 2_000  # characters of a value that are compared; what follows adds nothing but time
MONTHS = {name.lower(): place for place, name in enumerate(calendar.month_abbr) if name}

_APOSTROPHE_YEAR = re.compile(r"(?<!\w)['’](\d\d)(?!\d)")
_APOSTROPHES = re.compile("['’`\u00b4]")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_TOKEN = re.compile(r"\d+(?:\.\d+)+|[^\W_]+")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_CODE = re.compile(r"[a-z0-9]+(?:[-/._][a-z0-9]+)*")
_AMOUNT = re.compile(r"[-+(]?\s*[^\d\s.,+()-]{0,4}\s*[-+]?\s*(\d[\d.,' \u00a0]*|[.,]\d+)")
_TIME = re.compile(r"(?<=\d)t(?=\d)")
_PARTS = re.compile(r"\d+|[a-z]+")


def present(value: str | None) -> str:
    """The value without surrounding blanks, or ``""`` where it says that there is none.

    >>> present(" NaN "), present("0")
    ('', '0')
    """
    stripped = (value or "").strip()[:LONGEST]
    return "" if stripped.lower() in MISSING else stripped


def plain(value: str) -> str:
    """Lower case without accents, entities and apostrophes; ``'07`` becomes 2007 and ``1,200`` becomes 1200.

    >>> plain("L&#252;scher&amp;Co's iWork '06")
    'luscher&cos iwork 2006'
    """
    text = html.unescape(value) if "&" in value else value
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    text = _APOSTROPHE_YEAR.sub(_century, text.casefold())
    return _THOUSANDS.sub("", _APOSTROPHES.sub("", text))


def tokens(text: str) -> list[str]:
    """Words and numbers of plain text, in order.

    >>> tokens("pro tools m-powered 7.3")
    ['pro', 'tools', 'm', 'powered', '7.3']
    """
    return [_short(token) for token in _TOKEN.findall(text)]


def numbers(text: str) -> list[str]:
    """Every run of digits, those inside words too: versions, years, sizes.

    >>> numbers("creative suite cs3 v7.30 in 007")
    ['3', '7.3', '7']
    """
    return [_short(number.lstrip("0") or "0") for number in _NUMBER.findall(text)]


def codes(text: str) -> list[str]:
    """What looks like a model number: at least four characters with a digit, without its hyphens.

    >>> codes("draper kd-40xbr screen 880306 16 gb")
    ['kd40xbr', '880306']
    """
    found = []
    for match in _CODE.findall(text):
        joined = re.sub(r"[-/._]", "", match)
        letters = any(sign.isalpha() for sign in joined)
        if any(sign.isdigit() for sign in joined) and len(joined) >= (4 if letters else 5):
            found.append(joined)
    return found


def number(value: str) -> float:
    """The first number of a value with or without a currency sign; NaN where there is none.

    >>> number("$1,299.00"), number("EUR 1.299,50"), number("5.40 %"), number("(12)"), number("n.a.")
    (1299.0, 1299.5, 5.4, -12.0, nan)
    """
    found = _AMOUNT.search(value)
    if not found:
        return math.nan
    sign = -1.0 if "-" in found[0][: found.start(1) - found.start()] or found[0].startswith("(") else 1.0
    digits = re.sub(r"[' \u00a0]", "", found[1]).rstrip(".,")
    try:
        return sign * float(_point(digits))
    except ValueError:
        return math.nan


def day(value: str) -> float:
    """Days since 1970 of a date in one of many spellings; NaN where none fits.

    Where both could be the month, the first is: 03/04/2001 is the 4th of March.

    >>> [day(text) for text in ("1970-01-02", "19700102", "01/02/1970", "2 Jan 1970", "13.01.1970", "1970")]
    [1.0, 1.0, 1.0, 1.0, 12.0, nan]
    """
    parts = _PARTS.findall(_TIME.sub(" ", value.lower()))
    if len(parts) == 1 and len(parts[0]) == 8 and parts[0].isdigit():
        parts = [parts[0][:4], parts[0][4:6], parts[0][6:]]
    months = [MONTHS[part[:3]] for part in parts if part[:3] in MONTHS]
    figures = [int(part) for part in parts if part.isdigit()][: 2 if months else 3]
    for year, month, number_of_day in _orders(figures, months):
        try:
            return float((date(_full(year), month, number_of_day) - date(1970, 1, 1)).days)
        except ValueError:
            continue
    return math.nan


def _orders(figures: list[int], months: list[int]) -> list[tuple[int, int, int]]:
    if months and len(figures) == 2:
        first, second = figures
        return [(second, months[0], first), (first, months[0], second)]
    if len(figures) != 3:
        return []
    first, second, third = figures
    if first > 31:
        return [(first, second, third), (first, third, second)]
    return [(third, first, second), (third, second, first)]


def _full(year: int) -> int:
    if year >= 100:
        return year
    return year + (1900 if year > 30 else 2000)


def _point(digits: str) -> str:
    """Thousands marks away, and a decimal comma a point."""
    comma, point = digits.rfind(","), digits.rfind(".")
    if comma > point and (len(digits) - comma - 1 != 3 or point >= 0):
        return digits.replace(".", "").replace(",", ".")
    if digits.count(".") > 1:
        return digits.replace(".", "")
    return digits.replace(",", "")


def _century(found: re.Match[str]) -> str:
    return str(_full(int(found[1])))


def _short(token: str) -> str:
    """``7.30`` and ``7.3`` are one token, and so are ``2.0`` and ``2``."""
    if "." in token and token.count(".") == 1 and token.replace(".", "").isdigit():
        return token.rstrip("0").rstrip(".") or "0"
    return token
