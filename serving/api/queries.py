"""The query of an address as typed input: nothing unknown, nothing twice, everything bounded."""

from __future__ import annotations

import re
import typing
from functools import cache
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct
from starlette.requests import Request

from serving.audit.chain import Action
from serving.decoding import what_is_wrong
from serving.inputs import LONGEST_TEXT, Name
from serving.items import Kind, LaneName, QueueName, Status
from serving.problem_details import Fault, RequestError

DEFAULT_LIMIT, LARGEST_LIMIT = 50, 200
LARGEST_OFFSET = 10_000_000
LONGEST_CURSOR = 400
LONGEST_SUBJECT = 100
MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z$"

Limit = Annotated[int, Meta(ge=1, le=LARGEST_LIMIT, description="Rows of a page.")]
Offset = Annotated[
    int, Meta(ge=0, le=LARGEST_OFFSET, description="Rows to leave out. Deprecated: use `after`.")
]
Cursor = Annotated[
    str,
    Meta(max_length=LONGEST_CURSOR, description="The `next` of the page before, as it was given."),
]
Subject = Annotated[
    str, Meta(max_length=LONGEST_SUBJECT, description="The id of an item, a file or a certificate.")
]
Caller = Annotated[str, Meta(max_length=LONGEST_TEXT, description="Who did it.")]
Moment = Annotated[
    str,
    Meta(
        max_length=40,
        pattern=MOMENT,
        description="A time in UTC as RFC 3339 writes it. Entries from `since` on, and before `until`.",
    ),
]

FileId = Annotated[
    str, Meta(max_length=64, description="Items of this file alone: the `file` of the answer to it.")
]

T = TypeVar("T", bound=Struct)


class NoQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """An address that takes no parameter."""


class PageQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """Part of a list."""

    limit: Limit = DEFAULT_LIMIT
    after: Cursor | None = None
    offset: Offset = 0


class CursorQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """Part of a list that never had an ``offset``."""

    limit: Limit = DEFAULT_LIMIT
    after: Cursor | None = None


class ItemsQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """Part of the list of items."""

    lane: Literal[LaneName, "all"] = "all"
    kind: Literal[Kind, "all"] = "all"
    queue: QueueName = "all"
    status: Literal[Status, "all"] = "open"
    file: FileId = "all"
    limit: Limit = DEFAULT_LIMIT
    after: Cursor | None = None
    offset: Offset = 0


class AuditQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """Part of the audit log."""

    subject: Subject | None = None
    actor: Caller | None = None
    action: Literal[Action, "all"] = "all"
    since: Moment | None = None
    until: Moment | None = None
    limit: Limit = DEFAULT_LIMIT
    after: Cursor | None = None


class OutboxQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """Part of the list of deliveries."""

    status: Literal["waiting", "delivered", "dead", "all"] = "all"
    limit: Limit = DEFAULT_LIMIT
    after: Cursor | None = None


class WorklistQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """Whose worklist."""

    reviewer: Name


class FileQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """What a file that is the body itself is called, and who is told when it is done."""

    name: Annotated[str, Meta(max_length=LONGEST_TEXT)] = "upload.x12"
    callback: (
        Annotated[
            str,
            Meta(
                max_length=2000,
                description="Where to tell of the end; the file is a job then.",
            ),
        ]
        | None
    ) = None


def read_query(request: Request, type_: type[T]) -> T:
    """The query as a struct; raises RequestError with every fault."""
    fields = _fields(type_)
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for name, text in request.query_params.multi_items():
        if name not in fields:
            faults.append(
                Fault(
                    "",
                    f"has a parameter that is not known here; known: {', '.join(sorted(fields)) or 'none'}",
                )
            )
        elif name in values:
            faults.append(Fault(f"/{name}", "is given twice"))
        else:
            values[name] = text
            faults += _faults(fields[name], text)
    needed = [field for field in fields.values() if field.required and field.name not in values]
    faults += [Fault(f"/{field.name}", "is needed") for field in needed]
    if faults:
        raise RequestError(
            422, "bad-query", "the address has a parameter that cannot be taken: see errors", faults=faults
        )
    return msgspec.convert(values, type_, strict=False)


@cache
def _fields(type_: type[Struct]) -> dict[str, msgspec.structs.FieldInfo]:
    """By name; looked up once, for every request asks."""
    return {field.name: field for field in msgspec.structs.fields(type_)}


def _faults(field: msgspec.structs.FieldInfo, text: str) -> list[Fault]:
    pointer = f"/{field.name}"
    if isinstance(field.default, int) and not re.fullmatch(r"[0-9]{1,9}", text):
        return [Fault(pointer, "should be a whole number")]
    try:
        msgspec.convert(text, field.type, strict=False)
    except msgspec.ValidationError as error:
        choices = typing.get_args(field.type)
        if typing.get_origin(field.type) is Literal:
            return [Fault(pointer, f"should be one of {', '.join(choices)}")]
        return [Fault(pointer, what_is_wrong(str(error)))]
    return []
