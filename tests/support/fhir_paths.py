"""Where a field of a record stands in its FHIR resource: found by changing the field and looking at what changes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from features.x12.records import Claim, ClaimPayment
from serving.portal.fhir_out import claim_resource, encode, payment_resource

_OTHER = {"837P": "837I", "837I": "837P", "F": "M", "M": "F"}  # of closed sets


def fhir_paths(column: str, records: Sequence[Claim | ClaimPayment]) -> str:
    """The paths of a column of a table in the resource of the first record that has it, in order, with commas."""
    name, is_line = column.removeprefix("line_"), column.startswith("line_")
    for record in records:
        holder: Any = record.lines[0] if is_line and record.lines else None if is_line else record
        value = getattr(holder, name, None)
        if value is None or value == ():
            continue
        changed = msgspec.structs.replace(holder, **{name: _other(value)})
        after: Any = (
            msgspec.structs.replace(record, lines=(changed, *record.lines[1:])) if is_line else changed
        )
        found = Counter(_leaves(_resource(after))) - Counter(_leaves(_resource(record)))
        return ", ".join(sorted({path.strip(".") for path, _ in found}))
    raise ValueError(f"no record has {column}")


def _resource(record: Claim | ClaimPayment) -> Any:
    made = claim_resource(record, "a") if isinstance(record, Claim) else payment_resource(record, "a")
    return json.loads(encode(made))


def _other(value: Any) -> Any:
    """Another value of the same form."""
    if isinstance(value, str):
        return _OTHER.get(value) or value[:-1] + ("1" if value[-1] != "1" else "2")
    if isinstance(value, date):
        return value + timedelta(days=1)
    if isinstance(value, tuple):
        return (_other(value[0]), *value[1:])
    if isinstance(value, Decimal | int):
        return value + 1
    return msgspec.structs.replace(value, reason=_other(value.reason))  # an adjustment


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Each value with its path; a resource inside by its type, an extension by its name."""
    if isinstance(value, dict):
        if "url" in value:
            path = f"{path.removesuffix('[]')}({value['url'].rpartition(':')[2]})"
        if path == ".contained[]":
            path = f".{value['resourceType']}"
        for name, inside in ((name, inside) for name, inside in value.items() if name != "url"):
            yield from _leaves(
                inside, path if name.startswith("value") and "url" in value else f"{path}.{name}"
            )
    elif isinstance(value, list):
        for inside in value:
            yield from _leaves(inside, f"{path}[]")
    else:
        yield path, str(value)
