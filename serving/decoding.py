"""JSON bodies to typed input, with errors that point to the place and never quote what stands there."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import TypeVar

import msgspec
from msgspec import Struct

from serving.problem_details import Fault, RequestError

MOST_ITEMS = 1000
LARGEST_AMOUNT = Decimal(10) ** 12
MOST_FAULTS = 20

T = TypeVar("T", bound=Struct)


def decode(body: bytes, type_: type[T]) -> T:
    """The body as a struct; raises RequestError: 400 for what is no JSON, 422 for what does not fit."""
    try:
        decoded: T = _decoder(type_).decode(body)
    except msgspec.ValidationError as error:
        raise unfit([_fault(str(error))]) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise RequestError(400, "malformed-json", "the body is not JSON in UTF-8") from None
    faults = [Fault(_pointer(path), what) for path, what in _unsound(decoded, "$")]
    if faults:
        raise unfit(faults[:MOST_FAULTS])
    return decoded


def check_count(number: int, *, most: int = MOST_ITEMS) -> None:
    """Raises RequestError unless a request holds at least one item, and no more than are taken."""
    if not 1 <= number <= most:
        raise unfit([Fault("/items", f"holds {number} items; 1 to {most} are taken")])


def unfit(faults: list[Fault]) -> RequestError:
    """The error for a body that is JSON but does not hold what it should."""
    places = ", ".join(fault.pointer or "/" for fault in faults[:3])
    return RequestError(
        422, "bad-input", f"the body does not hold what it should: see {places}", faults=faults
    )


@cache
def _decoder(type_: type[T]) -> msgspec.json.Decoder[T]:
    return msgspec.json.Decoder(type_)


def _fault(message: str) -> Fault:
    """msgspec's message without values: it names enum values and unknown fields as they were sent.

    >>> _fault("Invalid enum value 'DOE' - at `$.items[3].claim.transaction`")
    Fault(pointer='/items/3/claim/transaction', detail='is not one of the values that are allowed here')
    """
    text, _, where = message.partition(" - at `")
    path = where.rstrip("`") or "$"
    for pattern, detail in MESSAGES:
        found = re.match(pattern, text)
        if found:
            return Fault(_pointer(path), detail.format(*found.groups()))
    return Fault(_pointer(path), "does not fit")


def _pointer(path: str) -> str:
    """``$.items[3].claim`` as a JSON pointer; a key that a caller made up is not repeated."""
    steps = re.findall(r"\.(\w+)|\[(\d+)\]|(\[\.\.\.\])", path)
    return "".join(f"/{name or number or '-'}" for name, number, _ in steps)


def _unsound(value: Struct, path: str) -> Iterator[tuple[str, str]]:
    """Amounts that are no amounts, anywhere inside."""
    amounts, inner = _money_in(type(value))
    for name in amounts:
        amount = getattr(value, name)
        if amount is not None and not (amount.is_finite() and abs(amount) < LARGEST_AMOUNT):
            yield f"{path}.{name}", "is not a finite number of a credible size"
    for name in inner:
        held = getattr(value, name)
        if isinstance(held, Struct):
            yield from _unsound(held, f"{path}.{name}")
        else:
            for place, each in enumerate(held or ()):
                yield from _unsound(each, f"{path}.{name}[{place}]")


@cache
def _money_in(type_: type[Struct]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of the fields that are amounts, and of those that may hold some inside."""
    amounts, inner = [], []
    for name, hint in typing.get_type_hints(type_).items():
        parts = {hint, *typing.get_args(hint)}
        parts |= {deeper for part in tuple(parts) for deeper in typing.get_args(part)}
        if Decimal in parts:
            amounts.append(name)
        elif any(isinstance(part, type) and issubclass(part, Struct) and _has_money(part) for part in parts):
            inner.append(name)
    return tuple(amounts), tuple(inner)


def _has_money(type_: type[Struct]) -> bool:
    return any(_money_in(type_))


MESSAGES = (
    (r"Expected `([\w| ]+)`, got `([\w| ]+)`", "is {1}, and should be {0}"),
    (r"Object missing required field `(\w+)`", "lacks the field {0}"),
    (r"Object contains unknown field", "has a field that is not known here"),
    (r"Invalid enum value", "is not one of the values that are allowed here"),
    (r"Invalid value", "is not the value that is allowed here"),
    (r"Invalid decimal", "is no decimal number"),
    (r"Invalid RFC3339|Invalid.*date", "is no date in the form 2024-03-05"),
    (r"Expected `(str|array|object)` of length (.*)", "should have length {1}"),
)
