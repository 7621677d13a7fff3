"""The OpenAPI 3.1 document, made from the endpoints; what is committed is what this makes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from serving.api.bodies import LARGEST_BODY
from serving.api.once import HEADER, PATTERN, REPLAYED
from serving.api.preconditions import MOST
from serving.contract.endpoints import ENDPOINTS, FHIR, JSON, Endpoint, Success
from serving.contract.problems import BY_CODE, CHANGING, EVERYWHERE
from serving.contract.schemas import REFERENCE, Schemas, parameters_of
from serving.portal.remittances import RemittanceInput
from serving.problem_details import MEDIA_TYPE

COMMITTED = Path(__file__).with_name("openapi.json")
VERSION = "1.0.0"
"""Of the contract: the second number rises with what is added, the first with what a caller must change for."""

ITEM_ID = {"type": "string", "pattern": "^[0-9a-f]{24}$", "minLength": 24, "maxLength": 24}
ETAG = {"type": "string", "pattern": '^"[0-9]{1,9}-[0-9a-f]{16}"$'}
TAG = '"[0-9]{1,9}(-[0-9a-f]{16})?"'
FILE_TYPES = ("application/octet-stream", "application/edi-x12", "text/csv", "application/x-ndjson", FHIR)
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The `ETag` of the item as it was read, or its `version` in quotes: the version that is decided on. "
    f"Of several, at most {MOST}, one has to be it; `*` takes the item as it is. A weak tag (`W/`) names no version.",
    "schema": {"type": "string", "pattern": rf"^(\*|{TAG}(, ?{TAG}){{0,{MOST - 1}}})$"},
}
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "`ETag`s of what the caller has already, or `*`: where one names what would be sent, 304 says so.",
    "schema": {"type": "string"},
}
TRACEPARENT = {
    "name": "traceparent",
    "in": "header",
    "required": False,
    "description": "W3C Trace Context. One that is not valid is replaced by a new one.",
    "schema": {"type": "string"},
}
PREFER = {
    "name": "Prefer",
    "in": "header",
    "required": False,
    "description": "`respond-async` (RFC 7240): answer before the work is done. Other preferences are passed over.",
    "schema": {"type": "string"},
}
IDEMPOTENCY_KEY = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "A random text of the caller's: the same request sent again with it is answered again, and its "
    "change is made once. Kept for 24 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": PATTERN},
}


@cache
def document() -> dict[str, Any]:
    """The whole document as JSON's types."""
    schemas = Schemas(_types())
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    for endpoint in ENDPOINTS:
        paths[endpoint.path][endpoint.method.lower()] = _operation(endpoint, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Clearlane",
            "version": VERSION,
            "summary": "Exception triage for healthcare claims and payments.",
            "description": "What each part means stands in docs/api.md. Requests with unknown fields or parameters "
            "are refused; answers may gain fields.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [*({name: []} for name in SECURITY_SCHEMES), {}],
        "paths": dict(paths),
        "components": {
            "schemas": schemas.components,
            "headers": HEADERS,
            "securitySchemes": SECURITY_SCHEMES,
        },
    }


def written() -> bytes:
    """The document as its file holds it."""
    return msgspec.json.format(msgspec.json.encode(document()), indent=1) + b"\n"


def _types() -> list[Any]:
    bodies = [endpoint.body for endpoint in ENDPOINTS if endpoint.body]
    answers = [one.holds for endpoint in ENDPOINTS for one in endpoint.answers if one.holds]
    return [*bodies, *answers, RemittanceInput]


def _operation(endpoint: Endpoint, schemas: Schemas) -> dict[str, Any]:
    found: dict[str, Any] = {"operationId": endpoint.name, "summary": endpoint.says}
    parameters = [*_path_parameters(endpoint), *_headers_of(endpoint), *parameters_of(endpoint.query)]
    if parameters:
        found["parameters"] = parameters
    if endpoint.body:
        content = {JSON: {"schema": schemas.of(endpoint.body)}}
        found["requestBody"] = {"required": True, "description": BODY, "content": content}
    if endpoint.takes_file:
        found["requestBody"] = FILE_BODY
    everywhere = EVERYWHERE if endpoint.method == "GET" else (*EVERYWHERE, *CHANGING)
    found["responses"] = {
        **{str(one.status): _success(one, endpoint, schemas) for one in endpoint.answers},
        **_problems([*everywhere, *endpoint.problems]),
    }
    return found


def _path_parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    if "{id}" not in endpoint.path:
        return []
    said = "Its id, as a list or another answer gives it."
    return [{"name": "id", "in": "path", "required": True, "description": said, "schema": ITEM_ID}]


def _headers_of(endpoint: Endpoint) -> list[dict[str, Any]]:
    own = [*([IF_MATCH] if endpoint.if_match else []), *([IDEMPOTENCY_KEY] if endpoint.changes else [])]
    own += [PREFER] if endpoint.takes_file else []
    own += [IF_NONE_MATCH] if any(one.status == 304 for one in endpoint.answers) else []
    return [*own, TRACEPARENT]


def _success(one: Success, endpoint: Endpoint, schemas: Schemas) -> dict[str, Any]:
    found: dict[str, Any] = {"description": one.says}
    headers = ["traceparent", *(["ETag"] if one.etag else []), *([REPLAYED] if endpoint.changes else [])]
    headers += ["Deprecation", "Sunset", "Link"] if "offset" in endpoint.query.__struct_fields__ else []
    found["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in headers}
    found["headers"] |= {CALLED.get(name, name): OWN_HEADERS[name] for name in one.headers}
    if one.holds is not None:
        found["content"] = {one.media_type: {"schema": schemas.of(one.holds)}}
    elif one.status not in (204, 304):
        found["content"] = {one.media_type: {"schema": {"type": "string"}}}
    links = LINKS.get(endpoint.name)
    if links:
        found["links"] = {name: _link(name, place) for name, place in links}
    return found


def _link(name: str, place: str) -> dict[str, Any]:
    """Where the id of a next step stands in an answer."""
    return {"operationId": name, "parameters": {"id": f"$response.body#{place}"}}


def _problems(codes: Iterable[str]) -> dict[str, Any]:
    """A response a status, with the codes that it may have."""
    found: dict[int, list[str]] = defaultdict(list)
    for code in dict.fromkeys(codes):
        found[BY_CODE[code].status].append(code)
    return {str(status): _problem(status, found[status]) for status in sorted(found)}


def _problem(status: int, codes: Sequence[str]) -> dict[str, Any]:
    said = "; ".join(f"`{code}`: {BY_CODE[code].means}" for code in codes)
    schema = {
        "allOf": [
            {"$ref": REFERENCE.format(name="ProblemDetails")},
            {"properties": {"code": {"enum": list(codes)}, "status": {"const": status}}},
        ]
    }
    found: dict[str, Any] = {"description": said, "content": {MEDIA_TYPE: {"schema": schema}}}
    header = HEADER_OF.get(status)
    if header:
        found["headers"] = {header: {"$ref": f"#/components/headers/{header}"}}
    return found


BODY = f"At most {LARGEST_BODY:,} bytes of JSON in UTF-8."
SECURITY_SCHEMES = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API key, or a token of the identity provider (docs/access.md). Without any, where nobody is "
        "asked who they are.",
    },
    "key": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "An API key."},
}
HEADER_OF = {
    401: "WWW-Authenticate",
    405: "Allow",
    **dict.fromkeys((429, 503, 504), "Retry-After"),
}
"""The header that comes with every problem of a status."""
HEADERS = {
    "ETag": {
        "description": "The item's version, for `If-Match`, and a digest of the answer, for `If-None-Match`.",
        "required": True,
        "schema": ETAG,
    },
    REPLAYED: {
        "description": "The answer was given before; nothing was changed now.",
        "required": False,
        "schema": {"type": "string", "enum": ["true"]},
    },
    "Deprecation": {
        "description": "With `offset`: since when it is deprecated (RFC 9745).",
        "required": False,
        "schema": {"type": "string", "pattern": "^@[0-9]+$"},
    },
    "Sunset": {
        "description": "With `offset`: when it goes (RFC 8594).",
        "required": False,
        "schema": {"type": "string"},
    },
    "Link": {
        "description": "With `offset`: where the contract says what to use.",
        "required": False,
        "schema": {"type": "string"},
    },
    "traceparent": {
        "description": "The caller's trace, or a new one, with this service's step in it.",
        "required": True,
        "schema": {"type": "string", "pattern": "^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$"},
    },
    "WWW-Authenticate": {
        "description": "`Bearer` (RFC 6750), with `error` where credentials came and were not taken.",
        "required": True,
        "schema": {"type": "string", "pattern": "^Bearer "},
    },
    "Allow": {
        "description": "The methods that the address takes.",
        "required": True,
        "schema": {"type": "string"},
    },
    "Retry-After": {
        "description": "Seconds to wait.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9]{1,6}$"},
    },
}
OWN_HEADERS = {
    "Location": {
        "description": "The job's address.",
        "required": True,
        "schema": {"type": "string", "pattern": "^/v1/jobs/[0-9a-f]{24}$"},
    },
    "Preference-Applied": {
        "description": "Where the caller asked for it.",
        "required": False,
        "schema": {"type": "string", "enum": ["respond-async"]},
    },
    "Look-Again": {
        "description": "Seconds after which to look again; absent where there is nothing more to come.",
        "required": False,
        "schema": {"type": "string", "pattern": "^[0-9]{1,6}$"},
    },
}
CALLED = {"Look-Again": "Retry-After"}
"""``Retry-After`` comes with every problem of some statuses, and with an answer only while there is more to come."""
FILE_BODY = {
    "required": True,
    "description": f"The file: a form's part `file`, or the body itself with its name as `?name=`. At most "
    f"{LARGEST_BODY:,} bytes.",
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {"file": {"type": "string", "format": "binary", "maxLength": LARGEST_BODY}},
                "required": ["file"],
                "additionalProperties": False,
            }
        },
        **{
            name: {
                "schema": {"type": "string", "format": "binary", "minLength": 1, "maxLength": LARGEST_BODY}
            }
            for name in FILE_TYPES
        },
        JSON: {
            "schema": {
                "type": "object",
                "properties": {
                    "claims": {
                        "type": "array",
                        "items": {"$ref": REFERENCE.format(name="ClaimInput")},
                        "minItems": 1,
                    },
                    "remittances": {
                        "type": "array",
                        "items": {"$ref": REFERENCE.format(name="RemittanceInput")},
                        "minItems": 1,
                    },
                    "claim_payments": {
                        "type": "array",
                        "items": {"$ref": REFERENCE.format(name="ClaimPaymentInput")},
                        "minItems": 1,
                    },
                },
                "minProperties": 1,
                "additionalProperties": False,
            }
        },
    },
}
LINKS = {
    "listItems": (
        ("readItem", "/rows/0/id"),
        ("decideItem", "/rows/0/id"),
        ("undoDecision", "/rows/0/id"),
        ("giveVerdict", "/rows/0/id"),
    ),
    "listBatches": (("readBatch", "/rows/0/id"), ("readBatchAsCsv", "/rows/0/id")),
    "listDeliveries": (("sendAgain", "/rows/0/id"),),
    "listBlindChecks": (("readBlindCheck", "/rows/0/id"), ("checkBlindly", "/rows/0/id")),
}
