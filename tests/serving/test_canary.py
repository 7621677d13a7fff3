"""A canary in every field of every input: it may be answered to who asks for the item, and is found nowhere else.

Nowhere else is: logs of any level, as text and as JSON, problems, headers, metrics, traces, the audit log, ids,
links of pages, and standard output.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import pytest

from tests.serving.portal.examples import CLAIMS, FHIR, LISTS, PAYMENTS
from tests.serving.portal.test_mutations import BENEFIT
from tests.support.builders import make_claim, make_claim_payment
from tests.support.canary import CANARY, Watch, planted
from tests.support.small_x12 import BilledClaim, PaidClaim, professional, rejection, remittance

JSON = {"Content-Type": "application/json"}
FILES: dict[str, bytes] = {
    "837": professional([BilledClaim(), BilledClaim("B-2")]),
    "835": remittance([PaidClaim(), PaidClaim("B-2", denied="197")]),
    "277CA": rejection(),
}


@pytest.mark.parametrize("kind", FILES)
def test_in_any_element_of_an_x12_file(watch: Watch, kind: str) -> None:
    statuses = {
        watch("POST", f"/v1/files?name=a.{kind}", content=data).status_code for data in planted(FILES[kind])
    }
    assert 201 in statuses
    rows = watch("GET", "/v1/items?status=all&limit=200").json()["rows"]
    assert CANARY in msgspec.json.encode(rows).decode(), "some items show it, to who may see them"
    for row in rows[::7]:
        assert CANARY not in row["id"]
        assert watch("GET", f"/items/{row['id']}").status_code == 200
    for page in ("/", "/?status=all", "/monitor", "/backlog", "/certificates", "/patterns", "/blind-checks"):
        watch("GET", page)


@pytest.mark.parametrize(
    "data",
    [
        f"patient,{CANARY}\n1,2\n".encode(),
        f"invoice_number,vendor_id,{CANARY}\n{CANARY},{CANARY},{CANARY}\n".encode(),
        f"ISA*{CANARY}*{CANARY}".encode(),
        f"{CANARY} " .encode() * 50,
        f"\xff\xfe{CANARY}".encode("latin-1"),
    ],
)  # fmt: skip
def test_in_a_file_that_is_refused(watch: Watch, data: bytes) -> None:
    assert watch("POST", "/v1/files?name=a.csv", content=data).status_code == 422


def test_in_the_name_of_a_file(watch: Watch) -> None:
    watch("POST", f"/v1/files?name={CANARY}.837", content=FILES["837"])
    watch("POST", "/v1/files", files={"file": (f"{CANARY}.837", b"no X12")})
    watch("POST", "/v1/files", files={CANARY: (f"{CANARY}.837", FILES["837"])})


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The places of all single values, and of all lists and objects."""
    yield path
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, key))


def with_canary(value: Any, path: Sequence[str | int], *, named: bool = False) -> Any:
    """A copy with the canary in this place, or as the name of what stands there."""
    if not path:
        return {CANARY: value} if named else CANARY
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = with_canary(value[path[0]], path[1:], named=named)
    return copy


@pytest.mark.parametrize("document", [LISTS, FHIR, BENEFIT], ids=["lists", "FHIR claims", "FHIR benefit"])
def test_in_any_value_and_any_name_of_a_portals_document(watch: Watch, document: bytes) -> None:
    plain = msgspec.json.decode(document)
    statuses = set()
    for place in leaves(plain):
        for changed in (with_canary(plain, place), with_canary(plain, place, named=True)):
            answer = watch("POST", "/v1/files?name=a.json", content=msgspec.json.encode(changed))
            statuses.add(answer.status_code)
    assert statuses <= {200, 201, 422}
    assert 201 in statuses


@pytest.mark.parametrize("table", [CLAIMS, PAYMENTS], ids=["claims", "payments"])
def test_in_any_cell_of_a_portals_table(watch: Watch, table: bytes) -> None:
    mark = max(",;", key=table.decode().count)
    rows = [line.split(mark) for line in table.decode().splitlines()]
    statuses = set()
    for at, row in enumerate(rows):
        for place in range(len(row)):
            changed = [list(one) for one in rows]
            changed[at][place] = CANARY
            data = "\n".join(mark.join(one) for one in changed).encode()
            statuses.add(watch("POST", "/v1/files?name=a.csv", content=data).status_code)
    assert statuses == {201, 422}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/denial-risk", {"items": [{"id": "1", "claim": make_claim()}]}),
        ("/v1/remittance-match", {"items": [{"claim_payment": make_claim_payment(), "claims": [make_claim()]}]}),
        ("/v1/items/nothing/decision", {"action": "accept", "reviewer": "ann", "reason": "y", "claim_reference": "x"}),
        ("/v1/items/nothing/verdict", {"source": "reversal", "wrong": True, "reviewer": "ann", "reason": "why"}),
        ("/v1/blind-checks/nothing", {"action": "choose", "reviewer": "ann", "claim_reference": "x", "reason": "y"}),
    ],
)  # fmt: skip
def test_in_any_value_of_a_body(watch: Watch, path: str, body: Any) -> None:
    plain = msgspec.json.decode(msgspec.json.encode(body))
    places = list(leaves(plain))
    assert len(places) > 4
    for place in places:
        data = msgspec.json.encode(with_canary(plain, place))
        answer = watch("POST", path, content=data, headers={**JSON, "If-Match": '"1"'})
        assert answer.status_code in (200, 404, 409, 422), (place, answer.status_code)


@pytest.mark.parametrize(
    "header", ["If-Match", "Idempotency-Key", "Authorization", "X-API-Key", "traceparent", "Host"]
)
def test_in_a_header(watch: Watch, header: str) -> None:
    watch("GET", "/v1/items", headers={header: CANARY})
    watch("POST", "/v1/files", content=b"no X12", headers={header: CANARY})


@pytest.mark.parametrize(
    "query", ["lane", "kind", "status", "queue", "after", "limit", "offset", "claim", "from", "until", CANARY]
)
@pytest.mark.parametrize(
    "path", ["/v1/items", "/v1/backlog", "/v1/worklist", "/v1/incidents", "/", "/worklist"]
)
def test_in_a_query(watch: Watch, path: str, query: str) -> None:
    answer = watch("GET", path, params={query: CANARY})
    assert answer.status_code in (200, 404, 422)
