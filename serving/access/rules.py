"""Who may ask for what: one row an address, one column a role. An address without a row is refused.

``facilities`` says what a limit to facilities does: under ``items`` an actor meets only items of its own facilities
(``serving.store.scope``), what shows ``all`` facilities together is refused to an actor that has a limit, and ``none``
has no items in it. What is ``open`` is answered without credentials: the page to sign in at, and how it looks.
"""

from __future__ import annotations

from typing import Literal, cast, get_args

from msgspec import Struct

from serving.access.actor import RoleName

TABLE = """
method address                    engine reviewer lead data-scientist auditor admin facilities
POST   /v1/denial-risk            yes    -        -    -              -       -     none
POST   /v1/remittance-match       yes    -        -    -              -       -     items
POST   /v1/files                  yes    -        yes  -              -       -     items
GET    /v1/jobs/{id}              yes    -        yes  -              -       -     items
GET    /v1/items                  yes    yes      yes  -              yes     -     items
GET    /v1/items/{id}             yes    yes      yes  -              yes     -     items
GET    /v1/fhir/Claim/{id}        yes    yes      yes  -              yes     -     items
GET    /v1/fhir/ExplanationOfBenefit/{id} yes yes  yes  -              yes     -     items
POST   /v1/items/{id}/decision    -      yes      yes  -              -       -     items
POST   /v1/items/{id}/undo        -      yes      yes  -              -       -     items
POST   /v1/items/{id}/verdict     yes    yes      yes  -              -       -     items
GET    /v1/worklist               -      yes      yes  -              -       -     items
GET    /v1/backlog                -      -        yes  -              yes     -     items
GET    /v1/blind-checks           -      yes      yes  -              -       -     items
GET    /v1/blind-checks/{id}      -      yes      yes  -              -       -     items
POST   /v1/blind-checks/{id}      -      yes      yes  -              -       -     items
GET    /v1/certificates           -      yes      yes  yes            yes     yes   none
GET    /v1/patterns               -      yes      yes  yes            yes     -     all
GET    /v1/monitor                -      -        yes  yes            yes     yes   all
GET    /v1/incidents              -      -        yes  yes            yes     yes   all
GET    /v1/shadow                 -      -        yes  yes            -       yes   all
GET    /v1/audit                  -      -        -    -              yes     yes   all
POST   /v1/postings/batches       yes    -        yes  -              -       -     all
GET    /v1/postings/batches       yes    -        yes  -              yes     -     all
GET    /v1/postings/batches/{id}  yes    -        yes  -              yes     -     all
GET    /v1/postings/batches/{id}/csv yes -        yes  -              yes     -     all
GET    /v1/outbox                 -      -        yes  -              yes     yes   all
POST   /v1/outbox/{id}/retry      -      -        yes  -              -       yes   all
GET    /v1/openapi.json           yes    yes      yes  yes            yes     yes   none
GET    /metrics                   yes    yes      yes  yes            yes     yes   none
GET    /                          -      yes      yes  -              yes     -     items
GET    /next                      -      yes      yes  -              yes     -     items
GET    /items/{id}                -      yes      yes  -              yes     -     items
POST   /items/{id}/decision       -      yes      yes  -              -       -     items
GET    /worklist                  -      yes      yes  -              -       -     items
GET    /backlog                   -      -        yes  -              yes     -     items
GET    /blind-checks              -      yes      yes  -              -       -     items
GET    /blind-checks/{id}         -      yes      yes  -              -       -     items
POST   /blind-checks/{id}/check   -      yes      yes  -              -       -     items
POST   /items/{id}/undo           -      yes      yes  -              -       -     items
GET    /outbox                    -      -        yes  -              yes     yes   all
POST   /outbox/{id}/retry         -      -        yes  -              -       yes   all
GET    /certificates              -      yes      yes  yes            yes     yes   none
GET    /patterns                  -      yes      yes  yes            yes     -     all
GET    /monitor                   -      -        yes  yes            yes     yes   all
GET    /login                     open   open     open open           open    open  none
POST   /login                     open   open     open open           open    open  none
POST   /logout                    yes    yes      yes  yes            yes     yes   none
GET    /static                    open   open     open open           open    open  none
"""

Reach = Literal["items", "all", "none"]


class Rule(Struct, frozen=True):
    """What a row says."""

    roles: frozenset[str]
    is_open: bool  # to everyone, without credentials
    reach: Reach


def read(table: str) -> dict[tuple[str, str], Rule]:
    """The rows by method and address; raises ValueError for a table that is not in order."""
    head, *rows = (line.split() for line in table.strip().splitlines())
    roles = tuple(head[2:-1])
    if set(roles) != set(get_args(RoleName)) or head[-1] != "facilities":
        raise ValueError("the table has a column for each role, and facilities last")
    found: dict[tuple[str, str], Rule] = {}
    for method, address, *cells, reach in rows:
        if len(cells) != len(roles) or not set(cells) <= {"yes", "-", "open"} or (method, address) in found:
            raise ValueError(f"the row of {method} {address} is not in order, or stands twice")
        if reach not in get_args(Reach):
            raise ValueError(f"{method} {address} reaches {reach}, which is unknown")
        allowed = frozenset(role for role, cell in zip(roles, cells, strict=True) if cell != "-")
        found[method, address] = Rule(allowed, "open" in cells, cast("Reach", reach))
    return found


RULES = read(TABLE)
