"""FHIR JSON element by element: each knows its path, so that whatever does not fit is told with its place.

Unknown elements and extensions are passed over, as FHIR says; an unknown ``modifierExtension`` may change the meaning
of all beside it, so its resource is refused, and so is one that follows ``implicitRules``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from serving.inputs import LONGEST_TEXT, MOST, MOST_LINES
from serving.portal.fhir_names import ABSENT, OWN
from serving.portal.refusals import PartError

_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?:T[0-9:.]+(?:Z|[+-]\d\d:\d\d)?)?", re.ASCII)
_INSURANCE = re.compile(r"\.insurance\[\d+\]\Z", re.ASCII)
_ELEMENT = re.compile(r"_?[a-z][A-Za-z]{1,40}", re.ASCII)
BELOW = 10**12
MOST_NAMED = 100  # of what a reference leads to: looked through again for each resource that refers to it
MOST_OF = {
    "item": MOST["lines"],
    "adjudication": MOST["adjustments"] + MOST["remarks"] + MOST_NAMED,  # and the amounts
    "diagnosis": MOST["diagnoses"],
    "diagnosisSequence": MOST["diagnosis_pointers"],
    "insurance": MOST["prior_payers"] + 1,
    "modifier": MOST["modifiers"],
    **dict.fromkeys(
        ("identifier", "name", "given", "class", "payor", "coding", "type", "extension"), MOST_NAMED
    ),
}
"""Entries of each list of a resource, else ``MOST_LINES``; ``contained`` has as many as the file has room for."""
MOST_OF_A_PAYER = MOST["adjustments"] + MOST["line_adjustments"] + MOST_NAMED  # extensions of an insurance


@dataclass(frozen=True)
class Node:
    """An object of FHIR's JSON, and the resource that it stands in."""

    value: Mapping[str, Any]
    path: str
    root: Node | None = None

    @classmethod
    def of(cls, resource: Mapping[str, Any], path: str) -> Node:
        """A whole resource; raises PartError for modifiers, which are not known here."""
        waiting: list[tuple[Any, str]] = [(resource, path)]
        while waiting:
            value, place = waiting.pop()
            if isinstance(value, dict):
                for name in ("modifierExtension", "implicitRules"):
                    if name in value:
                        raise PartError(f"{place}.{name}", "is not known here, and may change what is meant")
                waiting += [
                    (inner, f"{place}.{_shown(name)}") for name, inner in value.items() if _telling(inner)
                ]
            elif isinstance(value, list):
                waiting += [(one, f"{place}[{n}]") for n, one in enumerate(value) if _telling(one)]
        return cls(resource, path)

    def refuse(self, name: str, what: str) -> PartError:
        """The refusal of an element."""
        return PartError(f"{self.path}.{name}" if name else self.path, what)

    def child(self, name: str) -> Node | None:
        """An element of its own elements."""
        value = self.value.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self.refuse(name, "is no object")
        return Node(value, f"{self.path}.{name}", self.root or self)

    def children(self, name: str) -> list[Node]:
        """An element that repeats; raises PartError before any is looked at where there are too many."""
        values = self.value.get(name)
        if values is None:
            return []
        if not isinstance(values, list):
            raise self.refuse(name, "is no list")
        self._check_length(name, values)
        nodes = []
        for place, value in enumerate(values):
            if not isinstance(value, dict):
                raise self.refuse(f"{name}[{place}]", "is no object")
            nodes.append(Node(value, f"{self.path}.{name}[{place}]", self.root or self))
        return nodes

    @cached_property
    def contained(self) -> Mapping[str, Node]:
        """The resources inside this one, by id; the first of several of one id."""
        found: dict[str, Node] = {}
        for one in self.children("contained"):
            name = one.text("id")
            if name:
                found.setdefault(name, one)
        return found

    def _check_length(self, name: str, values: Sequence[Any]) -> None:
        most = MOST_OF.get(name, MOST_LINES)
        if name == "extension" and _INSURANCE.search(self.path):
            most = MOST_OF_A_PAYER
        if name != "contained" and len(values) > most:
            raise self.refuse(name, f"has more than {most} entries")

    def text(self, name: str) -> str | None:
        """A string."""
        value = self.value.get(name)
        if value is None:
            return None
        if not isinstance(value, str) or not 0 < len(value) <= LONGEST_TEXT:
            raise self.refuse(name, f"is no text of 1 to {LONGEST_TEXT} characters")
        return value

    def texts(self, name: str) -> list[str]:
        """A string that repeats."""
        values = self.value.get(name)
        if values is None:
            return []
        if isinstance(values, list):
            self._check_length(name, values)
        if not isinstance(values, list) or not all(isinstance(one, str) and one for one in values):
            raise self.refuse(name, "is no list of texts")
        return values

    def number(self, name: str) -> Decimal | None:
        """A decimal, as a JSON number."""
        value = self.value.get(name)
        if value is None:
            return None
        if isinstance(value, Decimal) or (type(value) is int and -BELOW < value < BELOW):
            return Decimal(value)
        raise self.refuse(name, "is no JSON number of at most 12 digits before the point and 10 behind it")

    def whole(self, name: str) -> int | None:
        """A positive whole number."""
        value = self.value.get(name)
        if value is not None and not (type(value) is int and 0 < value < 10**9):
            raise self.refuse(name, "is no positive whole number")
        return value

    def money(self, name: str) -> Decimal | None:
        """The value of a Money, in dollars."""
        money = self.child(name)
        if money is None:
            return None
        if money.text("currency") not in (None, "USD"):
            raise money.refuse("currency", "is not USD, in which X12 is read")
        return money.number("value")

    def day(self, name: str) -> date | None:
        """The day of a date or dateTime."""
        text = self.text(name)
        if text is None:
            return None
        found = _DAY.fullmatch(text)
        try:
            return date.fromisoformat(found[1] if found else "")
        except ValueError:
            raise self.refuse(name, "is no whole day in the form 2024-03-05") from None

    def span(self, name: str) -> tuple[date | None, date | None]:
        """First and last day of a Period."""
        period = self.child(name)
        return (None, None) if period is None else (period.day("start"), period.day("end"))

    def code(self, name: str, *systems: str) -> str | None:
        """A CodeableConcept's code in one of these systems; without any, its first one."""
        concept = self.child(name)
        return concept.coded(*systems) if concept else None

    def coded(self, *systems: str) -> str | None:
        """The same of the CodeableConcept itself."""
        for coding in self.children("coding"):
            system = coding.text("system")
            if system != ABSENT and (not systems or system in systems):
                code = coding.text("code")
                if code:
                    return code
        return None

    def identifier(self, *systems: str) -> str | None:
        """The value of the first identifier, of one of these systems where any are named."""
        for one in self.children("identifier"):
            if not systems or one.text("system") in systems:
                return one.text("value")
        return None

    def extensions(self, name: str) -> Iterator[Node]:
        """Our own extensions of this name; inside one of them, those of the plain name."""
        for one in self.children("extension"):
            if one.text("url") in (OWN + name, name):
                yield one

    def own_text(self, name: str) -> str | None:
        """The text of our own extension."""
        return next((one.text("valueString") for one in self.extensions(name)), None)


def _shown(name: str) -> str:
    """An element's name in a path; one that FHIR cannot have is the caller's own, and is not repeated."""
    return name if _ELEMENT.fullmatch(name) else "-"


def _name(party: Node) -> str | None:
    """An organization's name, or a person's as X12 has it: the last name, and the first behind a comma."""
    if not isinstance(party.value.get("name"), list):
        return party.text("name")
    person = next(iter(party.children("name")), None)
    if person is None:
        return None
    last, first = person.text("family"), next(iter(person.texts("given")), None)
    return last if first is None else f"{last or ''}, {first}"


def _telling(value: Any) -> bool:
    return isinstance(value, dict | list)


@dataclass(frozen=True)
class Resources:
    """The resources of a Bundle by the references to them."""

    known: Mapping[str, tuple[Mapping[str, Any], str]] = field(default_factory=dict)
    _looked_at: dict[str, Node | PartError] = field(default_factory=dict)  # by path

    @classmethod
    def of(cls, entries: Sequence[Any]) -> Resources:
        """Those of a Bundle's entries, by ``fullUrl`` and by type and id."""
        known: dict[str, tuple[Mapping[str, Any], str]] = {}
        for place, entry in enumerate(entries):
            resource = entry.get("resource") if isinstance(entry, dict) else None
            if isinstance(resource, dict):
                found = (resource, f"Bundle.entry[{place}].resource")
                names = (entry.get("fullUrl"), f"{resource.get('resourceType')}/{resource.get('id')}")
                known.update({name: found for name in names if isinstance(name, str)})
        return cls(known)

    def resolve(self, reference: Node | None) -> Node | None:
        """What a Reference refers to, inside its resource or its Bundle; None where that is elsewhere."""
        named = reference.text("reference") if reference else None
        if reference is None or named is None:
            return None
        if named.startswith("#"):
            return (reference.root or reference).contained.get(named[1:])
        found = self.known.get(named)
        return self._whole(*found) if found else None

    def _whole(self, resource: Mapping[str, Any], path: str) -> Node:
        """The resource, which is looked through for modifiers once and not for each that refers to it."""
        if path not in self._looked_at:
            try:
                self._looked_at[path] = Node.of(resource, path)
            except PartError as refusal:
                self._looked_at[path] = refusal
        found = self._looked_at[path]
        if isinstance(found, PartError):
            raise PartError(found.where, found.what)
        return found

    def party(self, reference: Node | None, *systems: str) -> tuple[str | None, str | None]:
        """The name and the identifier of an organization or a practitioner."""
        if reference is None:
            return None, None
        found = self.resolve(reference)
        own = reference.child("identifier")
        number = None
        if own and (not systems or own.text("system") in systems):
            number = own.text("value")
        name = reference.text("display")
        if found:
            number = number or found.identifier(*systems)
            name = name or _name(found)
        return name, number
