"""A policy as rules of a DMN decision table: each kind for itself, and what is not known spelled out.

A row that wants a person is one rule a kind. A row that lets items go is several: first those for each input that a row
above it would have asked for and that is not known, then those for what its certificate says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from features.evidence import Reason
from models.dmn_tests import ListColumn, Test, list_columns, literal, tests_of, unknown_number
from models.lanes import Lane
from models.policy_table import KINDS, Policy, Row
from models.routing import BELOW_THRESHOLD, NO_CELL, NO_CERTIFICATE, NOT_CERTIFIED, OTHER, Routed, placed
from models.rules import NOTHING_PROPOSED, OF_A_PROPOSAL, UNKNOWN

COVERS: Final = "covers"
"""The input ``certificate`` where a live certificate of the item's cell and model covers its confidence."""

REFUSALS: Final = (NOT_CERTIFIED, BELOW_THRESHOLD, NO_CELL)  # any other value of it is ``NO_CERTIFICATE``
PROPOSED: Final = "? in [true]"


class Rule(Struct, frozen=True):
    """A rule: FEEL tests by input, all of which must hold, and what it then says."""

    tests: dict[str, tuple[str, ...]]
    routed: Routed
    note: str


def rules_of(policy: Policy) -> list[Rule]:
    """All rules in order; the first whose tests hold decides, and one always does."""
    lists = list_columns(policy)
    by_row = (
        rule
        for place, row in enumerate(policy.rows)
        for kind in (*KINDS, OTHER)
        if row.concerns(kind)
        for rule in (_automatic if row.lane is Lane.AUTO else _strict)(policy, place, kind, lists)
    )
    return [*by_row, *(_default(policy, kind) for kind in (*KINDS, OTHER))]


def _strict(policy: Policy, place: int, kind: str, lists: Sequence[ListColumn]) -> Iterator[Rule]:
    row = policy.rows[place]
    said = placed(policy, kind, row.lane, (Reason(row.code, row.reason),), row=row)
    yield _rule(kind, _holding(tests_of(row.when, lists)), said, row.row)


def _automatic(policy: Policy, place: int, kind: str, lists: Sequence[ListColumn]) -> Iterator[Rule]:
    row = policy.rows[place]
    own = _holding(tests_of(row.when, lists))
    doubtful = [
        *_no_confidence(),
        *(one for above in policy.rows[:place] if above.concerns(kind) for one in _wanting(above, lists)),
        ([("proposes_action", f"not({PROPOSED})")], NOTHING_PROPOSED),
    ]
    for tests, why in doubtful:
        yield _rule(
            kind, [*own, *tests], placed(policy, kind, Lane.REVIEW, (why,), row=row), f"{row.row}: {why.code}"
        )
    for why in REFUSALS:
        tests = [*own, ("certificate", f"? in [{literal(why.code)}]")]
        yield _rule(kind, tests, placed(policy, kind, Lane.REVIEW, (why,), row=row), f"{row.row}: {why.code}")
    covered = placed(policy, kind, Lane.AUTO, (Reason("certified", ""),), row=row)
    yield _rule(kind, [*own, ("certificate", f"? in [{literal(COVERS)}]")], covered, row.row)
    uncovered = placed(policy, kind, Lane.REVIEW, (NO_CERTIFICATE,), row=row)
    yield _rule(kind, own, uncovered, f"{row.row}: {NO_CERTIFICATE.code}")


def _default(policy: Policy, kind: str) -> Rule:
    default = policy.default
    said = placed(policy, kind, default.lane, (Reason(default.code, default.reason),))
    return _rule(kind, [], said, "default")


def _no_confidence() -> Iterator[tuple[list[tuple[str, str]], Reason]]:
    yield [("confidence", unknown_number("confidence")), ("proposes_action", PROPOSED)], UNKNOWN["confidence"]


def _wanting(row: Row, lists: Sequence[ListColumn]) -> Iterator[tuple[list[tuple[str, str]], Reason]]:
    """For each input of a row: that it is the first that is not known, where none of the others fails."""
    tests = tests_of(row.when, lists)
    for place, one in enumerate(tests):
        before = _holding(tests[:place])
        after = [(test.column, f"({test.unknown}) or ({test.holds})") for test in tests[place + 1 :]]
        proposed = [("proposes_action", PROPOSED)] if one.subject in OF_A_PROPOSAL else []
        yield [*before, (one.column, one.unknown), *after, *proposed], UNKNOWN[one.subject]


def _rule(kind: str, tests: Sequence[tuple[str, str]], routed: Routed, note: str) -> Rule:
    of_kind = f"not(? in [{', '.join(map(literal, KINDS))}])" if kind == OTHER else f"? in [{literal(kind)}]"
    gathered: dict[str, list[str]] = {"kind": [of_kind]}
    for column, test in tests:
        listed = gathered.setdefault(column, [])
        if test not in listed:
            listed.append(test)
    return Rule({column: tuple(listed) for column, listed in gathered.items()}, routed, note)


def _holding(tests: Sequence[Test]) -> list[tuple[str, str]]:
    return [(test.column, test.holds) for test in tests]
