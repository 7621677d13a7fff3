"""JSON bodies to typed input, with errors that point to the place and never quote what stands there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TypeVar

import msgspec
import msgspec.inspect
from msgspec import Struct

from serving.amounts import read_amount
from serving.problem_details import Fault, RequestError

MOST_ITEMS = 1000
UNKNOWN_FIELD = "has a field that is not known here"

T = TypeVar("T", bound=Struct)
Info = msgspec.inspect.Type


def decode(body: bytes, type_: type[T]) -> T:
    """The body as a struct; raises RequestError: 400 for what is no JSON, 422 for what does not fit."""
    try:
        decoded: T = _decoder(type_).decode(body)
    except msgspec.ValidationError as error:
        raise unfit([_with_known_fields(fault_of(str(error)), type_)]) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise RequestError(400, "malformed-json", "the body is not JSON in UTF-8") from None
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
    return msgspec.json.Decoder(type_, dec_hook=read_amount)


def fault_of(message: str) -> Fault:
    """msgspec's message without values: it names enum values and unknown fields as they were sent.

    >>> fault_of("Invalid enum value 'DOE' - at `$.items[3].claim.transaction`")
    Fault(pointer='/items/3/claim/transaction', detail='is not one of the values that are allowed here')
    """
    text, _, where = message.partition(" - at `")
    path = where.rstrip("`") or "$"
    return Fault(_pointer(path), what_is_wrong(text))


def _with_known_fields(fault: Fault, type_: type[Struct]) -> Fault:
    """What might have been meant: the name that was sent is not repeated, for a caller may have made it of anything."""
    if fault.detail != UNKNOWN_FIELD:
        return fault
    known = ", ".join(_fields_at(fault.pointer, msgspec.inspect.type_info(type_)))
    return Fault(fault.pointer, f"{fault.detail}; known: {known}") if known else fault


def _fields_at(pointer: str, info: Info) -> list[str]:
    """The names of the fields of the struct at a place."""
    for step in pointer.split("/")[1:]:
        found = _struct(info)
        if found is not None:
            info = next((field.type for field in found.fields if field.encode_name == step), info)
        else:
            info = next((inner for inner in _alternatives(info)), info)
    found = _struct(info)
    return sorted(field.encode_name for field in found.fields) if found else []


def _struct(info: Info) -> msgspec.inspect.StructType | None:
    """The one struct that a type stands for, where it is one, or one or nothing."""
    found = [one for one in _alternatives(info) if isinstance(one, msgspec.inspect.StructType)]
    return found[0] if len(found) == 1 else None


def _alternatives(info: Info) -> Iterator[Info]:
    """What stands in a list, in a union, behind bounds."""
    match info:
        case msgspec.inspect.Metadata():
            yield from _alternatives(info.type)
        case msgspec.inspect.UnionType():
            for one in info.types:
                yield from _alternatives(one)
        case msgspec.inspect.VarTupleType() | msgspec.inspect.ListType():
            yield from _alternatives(info.item_type)
        case _:
            yield info


def what_is_wrong(text: str) -> str:
    """msgspec's words in ours, without a value.

    >>> what_is_wrong("Expected `str` of length <= 200")
    'should have length <= 200'
    """
    for pattern, detail in MESSAGES:
        found = re.match(pattern, text)
        if found:
            return detail.format(*found.groups())
    return "does not fit"


def _pointer(path: str) -> str:
    """``$.items[3].claim`` as a JSON pointer; a key that a caller made up is not repeated."""
    steps = re.findall(r"\.(\w+)|\[(\d+)\]|(\[\.\.\.\])", path)
    return "".join(f"/{name or number or '-'}" for name, number, _ in steps)


MESSAGES = (
    (r"Expected `([\w| ]+)`, got `([\w| ]+)`", "is {1}, and should be {0}"),
    (r"Object missing required field `(\w+)`", "lacks the field {0}"),
    (r"Object contains unknown field", UNKNOWN_FIELD),
    (r"Invalid enum value", "is not one of the values that are allowed here"),
    (r"Invalid value", "is not the value that is allowed here"),
    (
        r"Invalid amount",
        "is no amount: a finite decimal number of at most 12 digits before the point and 10 behind it",
    ),
    (r"Invalid RFC3339|Invalid.*date", "is no date in the form 2024-03-05"),
    (r"Expected `(?:str|array|object)` of length (.*)", "should have length {0}"),
    (r"Expected `(?:int|float)` ([<>]=? -?\d+)", "should be {0}"),
    (r"Expected `str` matching regex", "has not the form that is asked for"),
)
