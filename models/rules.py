"""Which rows of a policy apply to an item, where what is not known is never taken for what is wished."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from numbers import Real
from typing import Any, Protocol

from msgspec import Struct

from features.evidence import Reason
from models.policy_table import ANY, Conditions, Policy, Row

LONGEST_AGE = 36_525  # days, a century: beyond it the clock or the date is wrong


class Item(Protocol):
    """What is routed; see ``models.routing.RoutingInput`` for units and ranges."""

    @property
    def kind(self) -> str: ...
    @property
    def confidence(self) -> float | None: ...
    @property
    def amount(self) -> Decimal | None: ...
    @property
    def payer(self) -> str | None: ...
    @property
    def low(self) -> float | None: ...
    @property
    def high(self) -> float | None: ...
    @property
    def margin(self) -> float | None: ...
    @property
    def proposes_action(self) -> bool: ...
    @property
    def unseen(self) -> tuple[str, ...]: ...
    @property
    def missing(self) -> tuple[str, ...]: ...
    @property
    def flags(self) -> tuple[str, ...]: ...
    @property
    def age_days(self) -> float | None: ...
    @property
    def payer_class(self) -> str | None: ...
    @property
    def service_type(self) -> str | None: ...
    @property
    def days_to_deadline(self) -> float | None: ...


class Facts(Struct, frozen=True):
    """An item with everything unsound taken out: each number is in its range, or None."""

    kind: str
    payer: str | None
    amount: Decimal | None
    confidence: float | None
    margin: float | None
    interval: float | None  # the width, 0..1
    age_days: float | None
    flags: tuple[str, ...] | None
    missing: tuple[str, ...] | None
    unseen: tuple[str, ...] | None
    proposes_action: bool
    payer_class: str | None = None
    service_type: str | None = None
    days_to_deadline: float | None = None  # below 0 once it has passed


def facts_of(item: Item) -> Facts:
    """What is known of an item."""
    low, high = number(item.low, 0, 1), number(item.high, 0, 1)
    return Facts(
        kind=text(item.kind) or "",
        payer=text(item.payer),
        amount=amount(item.amount),
        confidence=number(item.confidence, 0, 1),
        margin=number(item.margin, -1, 1),
        interval=None if low is None or high is None or high < low else high - low,
        age_days=number(item.age_days, 0, LONGEST_AGE),
        flags=names(item.flags),
        missing=names(item.missing),
        unseen=names(item.unseen),
        proposes_action=item.proposes_action is True,
        payer_class=text(item.payer_class),
        service_type=text(item.service_type),
        days_to_deadline=number(item.days_to_deadline, -LONGEST_AGE, LONGEST_AGE),
    )


def number(value: Any, least: float, most: float) -> float | None:
    """A number in a range, or None for anything else, NaN among it."""
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    return float(value) if is_number and least <= value <= most else None


def text(value: Any) -> str | None:
    """A text that says something, or None for anything else."""
    return value if isinstance(value, str) and value else None


def names(value: Any) -> tuple[str, ...] | None:
    """A tuple of texts, which may be empty, or None for anything else."""
    return value if isinstance(value, tuple) and all(isinstance(one, str) for one in value) else None


def amount(value: Any) -> Decimal | None:
    """A finite amount of zero or more, or None for anything else."""
    return value if isinstance(value, Decimal) and value.is_finite() and value >= 0 else None


def applicable(facts: Facts, policy: Policy) -> tuple[list[Row], list[str]]:
    """The rows that apply, the first of which decides, and what is not known that a row above it asks for."""
    rows: list[Row] = []
    wanting: list[str] = []
    for row in policy.rows:
        answer = judge(row.when, facts)
        if answer is True:
            rows.append(row)
        elif answer is not False and not rows and answer not in wanting:
            wanting.append(answer)
    return rows, wanting


def judge(when: Conditions, facts: Facts) -> bool | str:
    """True where all conditions hold, False where one does not, else the name of the input that is not known."""
    if when.kind is not None and facts.kind not in when.kind:
        return False
    unknown: str | None = None
    for name, holds in _answers(when, facts):
        if holds is False:
            return False
        unknown = unknown or (name if holds is None else None)
    return unknown or True


def doubts(facts: Facts, wanting: Sequence[str]) -> list[Reason]:
    """Why an item cannot go by itself whatever its score: inputs that are not known, or nothing to do."""
    unknown = [name for name in ("confidence", "amount") if getattr(facts, name) is None]
    names = list(dict.fromkeys((*unknown, *wanting)))
    if facts.proposes_action:
        return [UNKNOWN[name] for name in names]
    return [*(UNKNOWN[name] for name in names if name not in OF_A_PROPOSAL), NOTHING_PROPOSED]


def _answers(when: Conditions, facts: Facts) -> Iterator[tuple[str, bool | None]]:
    if when.flags is not None:
        yield "flags", _any_of(when.flags, facts.flags)
    if when.missing is not None:
        yield "missing", _any_of(when.missing, facts.missing)
    if when.unseen is not None:
        yield "unseen", _any_of(when.unseen, facts.unseen)
    if when.payer is not None:
        yield "payer", None if facts.payer is None else facts.payer in when.payer
    if when.payer_class is not None:
        yield "payer_class", None if facts.payer_class is None else facts.payer_class in when.payer_class
    if when.service_type is not None:
        yield "service_type", None if facts.service_type is None else facts.service_type in when.service_type
    if when.value_at_least is not None:
        yield "amount", None if facts.amount is None else facts.amount >= when.value_at_least
    if when.value_below is not None:
        yield "amount", None if facts.amount is None else facts.amount < when.value_below
    if when.confidence_below is not None:
        yield "confidence", None if facts.confidence is None else facts.confidence < when.confidence_below
    if when.margin_below is not None:
        yield "margin", None if facts.margin is None else facts.margin < when.margin_below
    if when.interval_wider_than is not None:
        yield "interval", None if facts.interval is None else facts.interval > when.interval_wider_than
    if when.age_days_at_least is not None:
        yield "age_days", None if facts.age_days is None else facts.age_days >= when.age_days_at_least
    if when.days_to_deadline_below is not None:
        left = facts.days_to_deadline
        yield "days_to_deadline", None if left is None else left < when.days_to_deadline_below


def _any_of(wanted: tuple[str, ...], found: tuple[str, ...] | None) -> bool | None:
    if found is None:
        return None
    return bool(found) and (wanted == (ANY,) or not set(wanted).isdisjoint(found))


OF_A_PROPOSAL = (
    "confidence",
    "margin",
    "interval",
)  # not to know them says nothing where nothing is proposed
NOTHING_PROPOSED = Reason(
    "nothing-proposed", "The model proposes no action that could be taken without a person."
)
UNKNOWN = {
    "confidence": Reason("confidence-unknown", "There is no usable confidence for this item."),
    "amount": Reason(
        "amount-unknown", "The amount is missing or below zero, so no value limit can be checked."
    ),
    "payer": Reason("payer-unknown", "The payer is not known, so a rule on payers cannot be checked."),
    "margin": Reason("margin-unknown", "It is not known how close the runner-up is."),
    "interval": Reason("interval-unknown", "It is not known how sure the probability is."),
    "flags": Reason("flags-unknown", "It is not known whether a check flagged this item."),
    "missing": Reason("missing-unknown", "It is not known which data are missing."),
    "unseen": Reason("unseen-unknown", "It is not known whether the model has seen such items."),
    "payer_class": Reason(
        "payer-class-unknown", "The class of the payer is not known, so a rule on classes cannot be checked."
    ),
    "service_type": Reason(
        "service-type-unknown", "The type of service is not known, so a rule on types cannot be checked."
    ),
    "days_to_deadline": Reason("deadline-unknown", "It is not known how long is left until a deadline."),
    "age_days": Reason("age-unknown", "It is not known how long this item has waited."),
}
