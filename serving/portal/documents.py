"""JSON files: records as objects, FHIR resources, an array or a Bundle of them, or one a line (NDJSON)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from features.errors import BadInputError
from features.x12.records import Claim, ClaimPayment, Problem, Remittance
from serving.portal.fhir_in import claim_of, payment_of
from serving.portal.fhir_nodes import Node, Resources
from serving.portal.numbers import parse
from serving.portal.records import checked, record_of
from serving.portal.refusals import PartError, refused
from serving.portal.remittances import remittance_parts

LISTS = {"claims": "claim", "claim_payments": "claim_payment"}
REMITTANCES = "remittances"
READERS: dict[str, Callable[[Node, Resources], Claim | ClaimPayment]] = {
    "Claim": claim_of,
    "ExplanationOfBenefit": payment_of,
}
Part = tuple[int, Callable[[], Claim | ClaimPayment | Remittance]]  # where it stands, and how it is read


_SAYS = re.compile(
    rb'"(?:claims|remittances|claim_payments)"\s*:\s*\[|"kind"\s*:\s*"claim|"resourceType"\s*:'
)


def looks_like_json(start: bytes) -> bool:
    """Whether a file begins as a JSON object or array."""
    return start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def says_what_it_is(data: bytes) -> bool:
    """Whether JSON names a list, a record or a resource of ours anywhere; a folder's manifest and notebooks do not.

    >>> says_what_it_is(b'{"claims": [{}]}'), says_what_it_is(b'{"claims": 20000}')
    (True, False)
    """
    return _SAYS.search(data) is not None


def read_document(data: bytes, *, file: str) -> Iterator[Claim | ClaimPayment | Remittance | Problem]:
    """The records in their order, with what is refused among them.

    Raises BadInputError where the file is no JSON, or holds nothing that is taken here.
    """
    text = data.removeprefix(b"\xef\xbb\xbf").decode(
        "utf-8", "surrogateescape"
    )  # a bad byte costs its own part
    parts = list(_parts(text, file))
    if not parts:
        remedy = "see docs/intake.md for what a file may hold"
        raise BadInputError("the file holds no claim and no claim payment", file, remedy)
    for place, read in parts:
        try:
            record = read()
        except PartError as refusal:
            yield refused(refusal, file, place)
        else:
            yield from checked(record, file, place)


def _parts(text: str, file: str) -> Iterator[Part]:
    try:
        value = parse(text)
    except (ValueError, RecursionError):
        yield from _lines(text, file)
        return
    if isinstance(value, list):
        yield from _array(value, "")
    elif "resourceType" not in value and "kind" not in value:
        yield from _lists(value, file)
    elif value.get("resourceType") == "Bundle":
        yield from _bundle(value, file)
    else:
        yield 1, lambda: _one(value, "", Resources())


def _array(values: list[Any], pointer: str) -> Iterator[Part]:
    for place, value in enumerate(values):
        yield place + 1, _later(value, f"{pointer}/{place}", Resources())


def _lines(text: str, file: str) -> Iterator[Part]:
    """One value a line; raises BadInputError where the first line is none, for the file is then no NDJSON."""
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    for place, (number, line) in enumerate(lines):
        try:
            value = parse(line)
        except (ValueError, RecursionError):
            if place == 0 or len(lines) == 1:
                remedy = "a file is one JSON value, or one a line; no object may name a field twice"
                raise BadInputError("the file is not JSON", file, remedy) from None
            yield number, _raising(PartError(f"line {number}", "is not JSON"))
        else:
            yield number, _later(value, f"line {number} ", Resources())


def _lists(value: dict[str, Any], file: str) -> Iterator[Part]:
    unknown = [name for name in value if name not in (*LISTS, REMITTANCES)]
    if unknown or not all(isinstance(one, list) for one in value.values()):
        what = "the object is no claim, no payment, no FHIR resource and none of the lists that are taken"
        remedy = (
            "name `kind`, `resourceType`, or the lists `claims`, `remittances` and `claim_payments` alone"
        )
        raise BadInputError(what, file, remedy)
    ordinal = 0
    for name, kind in LISTS.items():
        for place, one in enumerate(value.get(name, ())):
            ordinal += 1
            yield ordinal, _later(one, f"/{name}/{place}", Resources(), kind)
    for place, one in enumerate(value.get(REMITTANCES, ())):
        for part in remittance_parts(one, f"/{REMITTANCES}/{place}", ordinal + 1):
            ordinal = max(ordinal, part[0])
            yield part


def _bundle(bundle: dict[str, Any], file: str) -> Iterator[Part]:
    """The claims and benefits of a Bundle; its other resources are looked up where these refer to them."""
    entries = bundle.get("entry")
    if not isinstance(entries, list) or {"modifierExtension", "implicitRules"} & bundle.keys():
        what = "the Bundle has no list `entry`, or has a modifier that is not known here"
        raise BadInputError(what, file, "send a Bundle of resources without modifiers")
    resources = Resources.of(entries)
    for place, entry in enumerate(entries):
        path = f"Bundle.entry[{place}]"
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if not isinstance(resource, dict):
            yield place + 1, _raising(PartError(path, "holds no resource"))
        elif "modifierExtension" in entry:
            yield place + 1, _raising(PartError(f"{path}.modifierExtension", "is not known here"))
        elif resource.get("resourceType") in READERS:
            yield place + 1, _later(resource, f"{path}.resource", resources)


def _later(
    value: Any, where: str, resources: Resources, kind: str | None = None
) -> Callable[[], Claim | ClaimPayment]:
    return lambda: _one(value, where, resources, kind)


def _raising(refusal: PartError) -> Callable[[], Claim | ClaimPayment]:
    def read() -> Claim | ClaimPayment:
        raise refusal

    return read


def _one(value: Any, where: str, resources: Resources, kind: str | None = None) -> Claim | ClaimPayment:
    if not isinstance(value, dict):
        raise PartError(where or "/", "is no object")
    if kind is None and "resourceType" in value:
        named = value["resourceType"]
        if not isinstance(named, str) or named not in READERS:
            raise PartError(f"{where}/resourceType", "is neither Claim nor ExplanationOfBenefit")
        return READERS[named](
            Node.of(value, where if re.match("Bundle", where) else where + named), resources
        )
    named = kind or value.get("kind")
    if not isinstance(named, str) or named not in LISTS.values():
        raise PartError(f"{where}/kind", "is neither claim nor claim_payment")
    try:
        return record_of(value, Claim) if named == "claim" else record_of(value, ClaimPayment)
    except PartError as refusal:
        raise PartError(where + refusal.where or "/", refusal.what) from None
