"""Real answers held against the OpenAPI document: status, content type, headers and body."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import httpx
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from serving.application import Application
from serving.contract.document import document
from serving.problem_details import MEDIA_TYPE
from tests.support.asgi_client import AsgiClient

HERE = "urn:clearlane:openapi"
REGISTRY: Registry[Any] = Registry().with_resource(HERE, Resource(document(), DRAFT202012))


@dataclass
class Tour:
    """A client whose answers are all checked; it keeps which operations answered with which statuses."""

    application: Application
    seen: set[tuple[str, int]] = field(default_factory=set)

    @property
    def client(self) -> AsgiClient:
        """A client whose answers nobody checks."""
        return AsgiClient(self.application.asgi)

    def ask(self, method: str, path: str, status: int, **more: Any) -> httpx.Response:
        """An answer that has this status and is what the document says of it."""
        answer = self.client.send(method, path, **more)
        assert answer.status_code == status, (method, path, answer.status_code, answer.text[:500])
        template = template_of(answer.url.path)
        operation = document()["paths"][template][method.lower()]
        check(operation, answer)
        self.seen.add((operation["operationId"], status))
        return answer


def template_of(path: str) -> str:
    """The address of the document; one without a parameter before one with it."""
    fitting = [one for one in document()["paths"] if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", one), path)]
    return min(fitting, key=lambda one: one.count("{"))


def check(operation: dict[str, Any], answer: httpx.Response) -> None:
    """Raises AssertionError or ValidationError where the answer is not one that the operation declares."""
    declared = operation["responses"][str(answer.status_code)]
    for name, header in declared.get("headers", {}).items():
        _check_header(name, header, answer.headers.get(name))
    content = declared.get("content")
    if content is None:
        assert answer.content == b"", "no body is declared"
        return
    media_type = answer.headers["content-type"].partition(";")[0]
    assert media_type in content, (media_type, list(content))
    if media_type.endswith("json"):
        _check(content[media_type]["schema"], answer.json())
    assert answer.is_success or media_type == MEDIA_TYPE


def _check_header(name: str, header: dict[str, Any], value: str | None) -> None:
    if "$ref" in header:
        header = document()["components"]["headers"][header["$ref"].rpartition("/")[2]]
    assert value is not None or not header["required"], f"{name} is missing"
    if value is not None:
        _check(header["schema"], value)


def _check(schema: dict[str, Any], value: Any) -> None:
    placed = _absolute(schema)
    Draft202012Validator(placed, registry=REGISTRY, format_checker=FormatChecker()).validate(value)


def _absolute(value: Any) -> Any:
    """The schema with its references into the document, in which alone they lead anywhere."""
    if isinstance(value, dict):
        return {
            key: HERE + each if key == "$ref" and each.startswith("#") else _absolute(each)
            for key, each in value.items()
        }
    return [_absolute(each) for each in value] if isinstance(value, list) else value
