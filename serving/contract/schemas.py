"""JSON Schemas (2020-12) of what goes in and out, made from the types that decode and encode it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from serving.amounts import amount_schema
from serving.api.scores import MOST_EXPLAINED
from serving.problem_details import ProblemDetails

REFERENCE = "#/components/schemas/{name}"
RENAMED = {
    "features.invoices.records.Receipt": "GoodsReceipt",
    "serving.intake.Receipt": "Receipt",
    "Problem": "FileProblem",
}
"""Types of the same name in two rooms."""


class Schemas:
    """The schemas of some types, and the components that they refer to."""

    def __init__(self, types: Iterable[Any]) -> None:
        self._types = [*dict.fromkeys([*types, ProblemDetails])]
        found, components = msgspec.json.schema_components(
            self._types, schema_hook=amount_schema, ref_template=REFERENCE
        )
        self._found: dict[Any, dict[str, Any]] = {
            type_: _renamed(schema) for type_, schema in zip(self._types, found, strict=True)
        }
        named = {_name(name): _renamed(schema) for name, schema in components.items()}
        if len(named) != len(components):
            raise ValueError("two types have the same name: see RENAMED")
        self.components = {name: _tidied(name, named[name]) for name in sorted(named)}

    def of(self, type_: Any) -> dict[str, Any]:
        """The schema of one of the types."""
        return self._found[type_]


def parameters_of(query: type[Struct]) -> list[dict[str, Any]]:
    """The parameters of a query, in their order."""
    (_,), components = msgspec.json.schema_components([query], schema_hook=amount_schema)
    shape = components[query.__name__]
    return [
        _parameter(name, dict(schema), required=name in shape["required"])
        for name, schema in shape["properties"].items()
    ]


def _parameter(name: str, schema: dict[str, Any], *, required: bool) -> dict[str, Any]:
    parts = schema.pop("anyOf", None)  # absent is told by leaving a parameter out, never by null
    if parts is not None:
        schema = next(part for part in parts if part.get("type") != "null")
    said = schema.pop("description", None)
    found: dict[str, Any] = {"name": name, "in": "query", "required": required, "schema": schema}
    if said:
        found["description"] = said
    if name == "offset":
        found["deprecated"] = True
    return found


def _tidied(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """What msgspec cannot know: a record's kind may be left out, and evidence is given for fewer items."""
    said = re.sub(r"\s*\n\s*", " ", schema.get("description", "")).replace("``", "`").strip()
    found = (
        {**schema, "description": said} if said else {k: v for k, v in schema.items() if k != "description"}
    )
    if name.endswith("Input") and "kind" in found["properties"]:
        found["required"] = [field for field in found["required"] if field != "kind"]
    if name == "PaymentItems":
        found["if"] = {"properties": {"evidence": {"const": True}}, "required": ["evidence"]}
        found["then"] = {"properties": {"items": {"maxItems": MOST_EXPLAINED}}}
    return found


def _renamed(value: Any) -> Any:
    """A schema, or a part of one, with the components' short names."""
    if isinstance(value, Mapping):
        return {
            key: REFERENCE.format(name=_name(each.rpartition("/")[2])) if key == "$ref" else _renamed(each)
            for key, each in value.items()
        }
    return [_renamed(each) for each in value] if isinstance(value, list) else value


def _name(name: str) -> str:
    return RENAMED.get(name, name.rpartition(".")[2])
