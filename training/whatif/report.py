"""What a replay shows, in plain figures: the table, the page and ``whatif.json`` are made of this."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from training.whatif.coverage import Covered
from training.whatif.errors import Difference, Errors, Estimate


class Count(Struct, frozen=True):
    """Some items and the dollars on them."""

    items: int = 0
    dollars: float = 0.0


class Pair(Struct, frozen=True, kw_only=True):
    """The same thing before and after."""

    name: str  # of the lane, the queue or the cell
    before: Count
    after: Count


class CellPair(Struct, frozen=True, kw_only=True):
    """A cell, and what of it went without a look."""

    cell: str
    all_before: Count
    automatic_before: Count
    all_after: Count
    automatic_after: Count


class Queue(Struct, frozen=True, kw_only=True):
    """A queue and its reviewers' hours."""

    name: str
    items_before: int
    items_after: int
    hours_before: float
    hours_after: float


class Transition(Struct, frozen=True, kw_only=True):
    """Items that went from one lane to another for the same pair of reasons."""

    lane_before: str
    lane_after: str
    cause_before: str
    cause_after: str
    count: Count
    checked: int  # on honest days with a known outcome
    wrong: int  # of these: acting without a look would have been wrong (by the answer of the side that acts)
    rate: Estimate | None
    examples: tuple[int, ...]  # item numbers


class Month(Struct, frozen=True, kw_only=True):
    """The share of a month's items that went without a look."""

    month: str  # "2024-05"
    items: int
    before: float
    after: float


class Waiting(Struct, frozen=True, kw_only=True):
    """What waiting did on one side."""

    moved: int  # items that rose to a stricter lane as nobody had reached them
    open: int  # not decided by the last day
    longest_days: int  # that an item waited for a person


class KindReport(Struct, frozen=True, kw_only=True):
    """One kind of item."""

    kind: str
    model_before: str
    model_after: str
    first: date
    last: date
    honest_from: date
    items: int
    honest: int
    changed: int
    lanes: tuple[Pair, ...]
    cells: tuple[CellPair, ...]
    queues: tuple[Queue, ...]
    hours_before: float
    hours_after: float
    minutes_each: float
    minutes_a_day: float  # that people have, on both sides
    errors_before: Errors
    errors_after: Errors
    difference: Difference
    alpha_before: float | None
    alpha_after: float | None
    transitions: tuple[Transition, ...]
    months: tuple[Month, ...]
    waiting_before: Waiting
    waiting_after: Waiting
    certificates: tuple[Covered, ...]  # of the ruling that is tried
    recertified: bool  # it was certified anew for this replay


class Report(Struct, frozen=True, kw_only=True):
    """A whole replay."""

    policy_before: str
    policy_after: str
    data_digest: str
    dollars_an_hour: float
    kinds: tuple[KindReport, ...]
    notes: tuple[str, ...]  # sentences that a reader must not miss
