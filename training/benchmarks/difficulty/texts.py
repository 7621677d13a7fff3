"""What a text gives away besides its meaning: its number, its check digits, its length, its format."""

from __future__ import annotations

import math
from decimal import Decimal

CHECKS = (9, 10, 11, 97)  # moduli that identifiers are checked by
LONGEST = 15  # digits that a float holds exactly


def number_of(text: str | None) -> float:
    """The last digits of a text as one number; NaN without any.

    >>> number_of("GB-2022-17513"), number_of("none")
    (202217513.0, nan)
    """
    digits = _digits(text)
    return float(digits[-LONGEST:]) if digits else math.nan


def identifier(text: str | None) -> tuple[float, ...]:
    """The number, its last four digits and its last, the sum of its digits, and its remainders."""
    digits = _digits(text)
    if not digits:
        return (math.nan,) * (4 + len(CHECKS))
    whole = int(digits)
    rests = (float(whole % modulus) for modulus in CHECKS)
    return (
        number_of(text),
        float(digits[-4:]),
        float(digits[-1]),
        float(sum(map(int, digits))),
        *rests,
    )


def length(text: object) -> float:
    """Characters; NaN where there is nothing."""
    return math.nan if text is None else float(len(str(text)))


def form(text: str | None) -> tuple[float, ...]:
    """Leading zeros, letters, capitals, punctuation and spaces, at either end too.

    >>> form("00A-1 ")
    (2.0, 1.0, 1.0, 1.0, 1.0)
    """
    if text is None:
        return (math.nan,) * 5
    return (
        float(len(text) - len(text.lstrip("0"))),
        float(sum(character.isalpha() for character in text)),
        float(sum(character.isupper() for character in text)),
        float(sum(not character.isalnum() and not character.isspace() for character in text)),
        float(sum(character.isspace() for character in text)),
    )


def money_form(amount: Decimal | None) -> tuple[float, ...]:
    """Decimals as written, and the cents.

    >>> money_form(Decimal("12.5"))
    (1.0, 50.0)
    """
    if amount is None:
        return (math.nan, math.nan)
    exponent = amount.as_tuple().exponent
    return (float(-exponent) if isinstance(exponent, int) else math.nan, float(abs(amount) * 100 % 100))


def _digits(text: str | None) -> str:
    return "".join(character for character in text or "" if character in "0123456789")
