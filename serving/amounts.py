"""Amounts as callers send them: a plain decimal of a credible size, as text or as a JSON number."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

PATTERN = r"^-?[0-9]{1,12}(\.[0-9]{1,10})?$"
BELOW = 10**12  # an amount is smaller than this, whichever its sign
_TEXT = re.compile(PATTERN.rstrip("$") + r"\Z")


class _OfDecimals(type):
    """Any ``Decimal`` is an instance, so that what the hook returns is taken for what the field asks for."""

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, Decimal)


class Amount(metaclass=_OfDecimals):
    """The type of a field that takes an amount and holds a ``Decimal``.

    msgspec alone would take whatever Python's ``Decimal`` does: ``NaN``, ``1_000``, digits of other scripts.
    """


def read_amount(type_: type, value: Any) -> Any:
    """The hook by which msgspec decodes an ``Amount``; raises ValueError, which never quotes the value.

    >>> read_amount(Amount, "12.50"), read_amount(Amount, 12.5)
    (Decimal('12.50'), Decimal('12.5'))
    """
    if type_ is not Amount:
        raise NotImplementedError(type_)
    if isinstance(value, str) and _TEXT.match(value):
        return Decimal(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and -BELOW < value < BELOW:
        return Decimal(repr(value))
    raise ValueError(WRONG)


def amount_schema(type_: type) -> dict[str, Any]:
    """The hook by which msgspec describes an ``Amount`` in JSON Schema."""
    if type_ is not Amount:
        raise NotImplementedError(type_)
    text = {"type": "string", "pattern": PATTERN, "maxLength": 24}
    number = {"type": "number", "exclusiveMinimum": -BELOW, "exclusiveMaximum": BELOW}
    return {"anyOf": [text, number]}


WRONG = "Invalid amount"
