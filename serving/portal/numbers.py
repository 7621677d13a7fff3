"""JSON read exactly: numbers never pass through binary floats, and no object names a field twice."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

_NUMBER = re.compile(r"-?[0-9]{1,12}\.[0-9]{1,10}")


class Unfit:
    """A number with an exponent or of too many digits: it is no amount, and nothing else that is taken here."""


UNFIT = Unfit()


def parse(text: str) -> Any:
    """The value of a JSON text; raises ValueError for what is none, RecursionError where it is nested too deeply.

    >>> parse('{"paid": 12.50}')
    {'paid': Decimal('12.50')}
    """
    return json.loads(text, parse_float=_number, parse_constant=_constant, object_pairs_hook=_object)


def _number(text: str) -> Decimal | Unfit:
    return Decimal(text) if _NUMBER.fullmatch(text) else UNFIT


def _constant(_: str) -> None:
    raise ValueError("no JSON")


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a field is named twice")
    return found
