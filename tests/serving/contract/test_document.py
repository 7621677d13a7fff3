"""The committed OpenAPI document is what the service does: its addresses, its problems, its bounds."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from openapi_spec_validator import validate
from starlette.routing import Route, Router

from serving.application import Application
from serving.contract.document import COMMITTED, document, written
from serving.contract.endpoints import ENDPOINTS
from serving.contract.problems import BY_CODE, CHANGING, EVERYWHERE, PROBLEMS
from tests.serving.test_bounds import unbounded
from tests.support.asgi_client import AsgiClient

ROOT = Path(__file__).parent.parent.parent.parent
SOURCES = [
    *(ROOT / "serving").rglob("*.py"),
    ROOT / "features" / "errors.py",
]
NEVER_SENT = {
    "anchor",
    "error",
    "build-failed",
    "service-did-not-start",
    "service-did-not-end",
    "step-failed",
    "access",
    "foreign-form",
}  # of commands, of the start, of pages


def test_the_committed_document_is_what_the_service_would_make() -> None:
    again = "run: python -m serving openapi > serving/contract/openapi.json"
    assert COMMITTED.read_bytes() == written(), again


def test_the_service_serves_it(client: AsgiClient) -> None:
    answer = client.get("/v1/openapi.json")
    assert (answer.status_code, answer.content) == (200, COMMITTED.read_bytes())


def test_the_command_prints_it() -> None:
    command = [sys.executable, "-m", "serving", "openapi"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    assert done.stdout == COMMITTED.read_bytes()


def test_it_is_valid_openapi() -> None:
    validate(msgspec.json.decode(COMMITTED.read_bytes()))


def router_of(application: Application) -> Router:
    """The router within its layers."""
    layer = application.asgi
    while not isinstance(layer, Router):
        layer = layer.app  # type: ignore[attr-defined]
    return layer


def test_every_route_is_in_it_and_nothing_else(application: Application) -> None:
    served = {
        (route.path, method)
        for route in router_of(application).routes
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    }
    described = {
        (path, method.upper()) for path, operations in document()["paths"].items() for method in operations
    }
    assert served == described


def test_each_operation_has_a_name_of_its_own() -> None:
    assert len({one.name for one in ENDPOINTS}) == len(ENDPOINTS)


def test_every_body_is_bounded() -> None:
    components = document()["components"]["schemas"]
    taken = {name: schema for name, schema in components.items() if name.endswith(("Input", "Item", "Items"))}
    del taken["BlindItem"]  # an answer
    assert {"ClaimItems", "PaymentItems", "DecisionInput", "CheckInput", "VerdictInput"} <= taken.keys()
    assert unbounded(list(taken.values())) == []


def codes_in(source: str) -> set[str]:
    """Problem codes that a module names."""
    made = re.findall(r'(?:RequestError|problem)\(\s*\d{3},\s*"([a-z0-9-]+)"', source)
    return {*made, *re.findall(r'^    code(?:: ClassVar\[str\])? = "([a-z0-9-]+)"', source, re.MULTILINE)}


def test_every_problem_that_the_code_can_answer_with_is_in_the_catalogue_and_no_other() -> None:
    named = {code for path in SOURCES for code in codes_in(path.read_text(encoding="utf-8"))}
    assert "too-large" in named
    assert "not-x12" in named
    by_endpoint = {code for endpoint in ENDPOINTS for code in endpoint.problems}
    assert named - NEVER_SENT <= BY_CODE.keys()
    assert by_endpoint | {*EVERYWHERE, *CHANGING} <= BY_CODE.keys()
    assert len(BY_CODE) == len(PROBLEMS)


def test_every_operation_says_how_a_caller_is_known_and_refused() -> None:
    assert document()["security"] == [{"bearer": []}, {"key": []}, {}]
    assert document()["components"]["securitySchemes"].keys() == {"bearer", "key"}
    for path, operations in document()["paths"].items():
        for method, operation in operations.items():
            assert {"401", "403"} <= operation["responses"].keys(), (method, path)
            assert "WWW-Authenticate" in operation["responses"]["401"]["headers"], (method, path)
            assert "`not-permitted`" in operation["responses"]["403"]["description"], (method, path)


@pytest.mark.parametrize("path", ["/v1/items/x", "/v1/blind-checks/x", "/v1/items/x/verdict", "/v1/backlog"])
def test_a_wrong_method_is_told_every_right_one(client: AsgiClient, path: str) -> None:
    answer = client.send("DELETE", path)
    template = path.replace("/x", "/{id}")
    right = {method.upper() for method in document()["paths"][template]}
    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) - {"HEAD"} == right


def test_an_address_that_takes_no_parameter_refuses_one(client: AsgiClient) -> None:
    for path in ("/v1/backlog", "/v1/monitor", "/v1/items/x", "/metrics"):
        assert client.get(f"{path}?name=x").status_code == 422
