"""Every field of a request is bounded, and no address takes what it does not know."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from serving.amounts import amount_schema
from serving.api.queries import FileQuery, ItemsQuery, NoQuery, OutboxQuery, PageQuery, WorklistQuery
from serving.inputs import CheckInput, ClaimItems, DecisionInput, PaymentItems, UndoInput, VerdictInput
from tests.support.asgi_client import AsgiClient

INPUTS = [ClaimItems, PaymentItems, DecisionInput, CheckInput, UndoInput, VerdictInput]
QUERIES = [OutboxQuery, ItemsQuery, PageQuery, WorklistQuery, FileQuery, NoQuery]
BOUND = {"string": "maxLength", "array": "maxItems", "integer": "maximum", "number": "exclusiveMaximum"}


def unbounded(schema: Any, path: str = "") -> list[str]:
    """The places of a JSON Schema that take texts, lists or numbers of any size, or fields of any name."""
    if isinstance(schema, list):
        return [fault for n, each in enumerate(schema) for fault in unbounded(each, f"{path}/{n}")]
    if not isinstance(schema, dict):
        return []
    found = [fault for name, each in schema.items() for fault in unbounded(each, f"{path}/{name}")]
    kind = schema.get("type")
    if kind == "object" and schema.get("additionalProperties") is not False:
        found.append(path)
    closed = "enum" in schema or "const" in schema or schema.get("format") == "date"
    if isinstance(kind, str) and kind in BOUND and BOUND[kind] not in schema and not closed:
        found.append(path)
    return found


@pytest.mark.parametrize("type_", [*INPUTS, *QUERIES])
def test_every_field_is_bounded_and_no_other_is_taken(type_: type[msgspec.Struct]) -> None:
    _, components = msgspec.json.schema_components([type_], schema_hook=amount_schema)
    assert unbounded(components) == []


def test_the_search_for_what_is_unbounded_finds_it() -> None:
    class Loose(msgspec.Struct):
        name: str

    _, components = msgspec.json.schema_components([Loose])
    assert unbounded(components) == ["/Loose/properties/name", "/Loose"]


@pytest.mark.parametrize(
    "amount", ["NaN", "Infinity", "1_000", " 1", "\u0661", "1e5", "1" * 13, 1e12, -1e12, True]
)
def test_only_plain_decimals_of_a_credible_size_are_amounts(client: AsgiClient, amount: Any) -> None:
    body = {"items": [{"claim": {"transaction": "837P", "charge": amount}}]}
    answer = client.post_json("/v1/denial-risk", body)
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/items/0/claim/charge"]


@pytest.mark.parametrize("amount", ["12.50", 12.5, 12, "-0.01", "999999999999.99"])
def test_amounts_are_taken_as_text_and_as_numbers(client: AsgiClient, amount: Any) -> None:
    body = {"items": [{"claim": {"transaction": "837P", "charge": amount}}]}
    assert client.post_json("/v1/denial-risk", body).status_code == 200


QUERIES_REFUSED = {
    "limit=1&limit=2": "/limit",
    "limit=٣": "/limit",
    "limit=1e1": "/limit",
    "limit=201": "/limit",
    "status=": "/status",
    "queue=nobody": "/queue",
    "sort=amount": "",
}


@pytest.mark.parametrize("query", QUERIES_REFUSED)
def test_an_address_that_asks_for_what_there_is_not_is_told_where(client: AsgiClient, query: str) -> None:
    answer = client.get(f"/v1/items?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-query")
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [QUERIES_REFUSED[query]]


def test_every_fault_of_an_address_is_told_at_once(client: AsgiClient) -> None:
    answer = client.get("/v1/items?lane=fast&limit=0")
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/lane", "/limit"]
    answer = client.get("/v1/worklist")
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/reviewer"]
