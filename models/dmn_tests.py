"""The conditions of a policy's rows as FEEL, the language of DMN, so that what is not known is told from what fails.

Each test is a unary test on ``?``, the value of its input, that asks for null before it compares. So it reads the same
to engines that take FEEL and to those that take Python (SpiffWorkflow).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final, Literal

from msgspec import Struct

from models.policy_table import ANY, BOUNDS, LISTS, NUMBERS, TEXTS, Conditions, Policy
from models.rules import LONGEST_AGE

Type = Literal["string", "number", "boolean"]
RANGES: Final[Mapping[str, tuple[int | None, int | None]]] = {  # in which numbers can be
    "amount": (0, None),
    "confidence": (0, 1),
    "margin": (-1, 1),
    "interval": (0, 1),
    "age_days": (0, LONGEST_AGE),
    "days_to_deadline": (-LONGEST_AGE, LONGEST_AGE),
}
ALSO: Final[Mapping[str, Type]] = {"proposes_action": "boolean", "certificate": "string"}
"""Inputs that no row asks for, but every automatic one needs."""


class Test(Struct, frozen=True):
    """What a row asks of one input."""

    subject: str  # in the policy's words: "flags", "amount"
    column: str  # the input of the decision table
    holds: str  # FEEL, true where the input is known and as it should be
    unknown: str  # FEEL, true where it is missing or out of its range


class ListColumn(Struct, frozen=True):
    """A truth value that stands for a question about a list: does it hold any of these names?"""

    column: str
    subject: str
    names: tuple[str, ...]  # ("*",): any name at all

    @property
    def label(self) -> str:
        """The question in words."""
        return (
            f"{self.subject}: any"
            if self.names == (ANY,)
            else f"{self.subject}: any of {', '.join(self.names)}"
        )


def columns(policy: Policy) -> dict[str, tuple[Type, str]]:
    """The inputs of the table with type and label, in the order of its columns."""
    asked = [*(("kind", "string"), *((one.column, "boolean") for one in list_columns(policy)))]
    asked += [*((name, "string") for name in TEXTS), *((name, "number") for name in NUMBERS), *ALSO.items()]
    labels = {one.column: one.label for one in list_columns(policy)}
    return {name: (of_type, labels.get(name, name)) for name, of_type in asked}  # type: ignore[misc]


def list_columns(policy: Policy) -> tuple[ListColumn, ...]:
    """One for each question that rows ask about flags, missing and unseen; named after the first row that asks it."""
    found: dict[tuple[str, tuple[str, ...]], ListColumn] = {}
    taken: set[str] = set()
    for row in policy.rows:
        for subject in LISTS:
            names = getattr(row.when, subject)
            if names is not None and (subject, names) not in found:
                column = _free(f"{subject}_{_plain('any' if names == (ANY,) else row.row)}", taken)
                found[subject, names] = ListColumn(column, subject, names)
    return tuple(found.values())


def tests_of(when: Conditions, lists: Sequence[ListColumn]) -> list[Test]:
    """What a row asks, in the order in which ``models.rules`` asks it; its kinds are not among it."""
    return [*_of_lists(when, lists), *_of_texts(when), *_of_numbers(when)]


def unknown_number(name: str) -> str:
    """FEEL that is true of a number that is missing or out of its range."""
    return f"not({_sound(name)})"


def literal(value: str) -> str:
    r"""A text in FEEL and Python alike; quotes and question marks within it are written by their numbers.

    >>> literal("O'Hara"), literal("blue")
    ('"O\\u0027Hara"', '"blue"')
    """
    return json.dumps(value).replace("'", "\\u0027").replace("?", "\\u003f").replace('\\"', "\\u0022")


def number(value: float | Decimal) -> str:
    """A number without an exponent.

    >>> number(1e-05), number(Decimal("1E+4"))
    ('0.00001', '10000')
    """
    return format(Decimal(str(value)), "f")


def _of_lists(when: Conditions, lists: Sequence[ListColumn]) -> Iterator[Test]:
    for subject in LISTS:
        names = getattr(when, subject)
        for one in lists:
            if names is not None and (one.subject, one.names) == (subject, names):
                yield Test(subject, one.column, "? in [true]", "not(? in [true, false])")


def _of_texts(when: Conditions) -> Iterator[Test]:
    for subject in TEXTS:
        names = getattr(when, subject)
        if names is not None:
            listed = ", ".join(map(literal, names))
            yield Test(subject, subject, f"? in [{listed}]", '(? in [null, ""])')


def _of_numbers(when: Conditions) -> Iterator[Test]:
    for name in NUMBERS:
        asked = [
            f"? {sign} {number(bound)}"
            for condition, (subject, sign) in BOUNDS.items()
            if subject == name and (bound := getattr(when, condition)) is not None
        ]
        if asked:
            yield Test(name, name, " and ".join((_sound(name), *asked)), unknown_number(name))


def _sound(name: str) -> str:
    least, most = RANGES[name]
    bounds = (f"? >= {least}" if least is not None else "", f"? <= {most}" if most is not None else "")
    return " and ".join(("? != null", *filter(None, bounds)))


def _plain(name: str) -> str:
    return re.sub(r"\W+", "_", name, flags=re.ASCII)


def _free(name: str, taken: set[str]) -> str:
    free = next(one for one in (name, *(f"{name}_{n}" for n in range(2, 10_000))) if one not in taken)
    taken.add(free)
    return free
