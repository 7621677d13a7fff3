"""What a policy says: the table, its conditions and the figures that go with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final

from msgspec import Struct

from models.certificates import Cell
from models.lanes import Lane

FORMAT = 2
ANY = "*"
KINDS = ("remittance-match", "denial-risk", "rejected-claim", "unreadable", "denied-claim", "invoice-anomaly")
NEVER_AUTO = ("denied-claim",)
"""Kinds that a person always decides, whatever a policy says: nothing is written off or given up by itself."""
OF_VENDORS = ("invoice-anomaly",)
"""Kinds that come from a vendor and know no payer, so that groups of payers do not divide them."""


LISTS: Final = ("flags", "missing", "unseen")
"""Inputs that are lists; a row asks whether they hold any of some names."""

TEXTS: Final = ("payer", "payer_class", "service_type")
"""Inputs that are one name each."""

BOUNDS: Final[Mapping[str, tuple[str, str]]] = {
    "value_at_least": ("amount", ">="),
    "value_below": ("amount", "<"),
    "confidence_below": ("confidence", "<"),
    "margin_below": ("margin", "<"),
    "interval_wider_than": ("interval", ">"),
    "age_days_at_least": ("age_days", ">="),
    "days_to_deadline_below": ("days_to_deadline", "<"),
}
"""Conditions on numbers, each with its input and how this compares with the bound."""

NUMBERS: Final = tuple(dict.fromkeys(name for name, _ in BOUNDS.values()))
"""Inputs that are numbers."""


class Conditions(Struct, frozen=True, forbid_unknown_fields=True):
    """When a row applies: all conditions that are given hold. Lists mean any of them; ``*`` means any at all."""

    kind: tuple[str, ...] | None = None
    payer: tuple[str, ...] | None = None
    payer_class: tuple[str, ...] | None = None  # of ``features.payer_classes.PAYER_CLASSES``
    service_type: tuple[str, ...] | None = None  # of ``features.service_types.SERVICE_TYPES``
    value_at_least: Decimal | None = None
    value_below: Decimal | None = None
    confidence_below: float | None = None
    margin_below: float | None = None
    interval_wider_than: float | None = None
    age_days_at_least: float | None = None
    days_to_deadline_below: float | None = None
    flags: tuple[str, ...] | None = None
    missing: tuple[str, ...] | None = None
    unseen: tuple[str, ...] | None = None


class Row(Struct, frozen=True, forbid_unknown_fields=True):
    """A row of the table; what it does not say of the people who decide, the desk of the kind does."""

    row: str  # its name, for messages
    when: Conditions
    lane: Lane
    code: str  # the reason's stable code
    reason: str  # a sentence for a reviewer, without patient data
    queue: str | None = None
    role: str | None = None
    sla_hours: float | None = None
    escalate_to: str | None = None

    def concerns(self, kind: str) -> bool:
        """Whether it can apply to items of a kind."""
        return self.when.kind is None or kind in self.when.kind


class Desk(Struct, frozen=True, forbid_unknown_fields=True):
    """Who works on a kind of item and within how many hours, where no row says otherwise."""

    role: str
    sla_hours: float
    escalated_hours: float = 8  # in the lane ``escalate``: one working day at most, whatever the kind
    escalate_to: str | None = None  # the queue an item goes to when these hours have passed


class Default(Struct, frozen=True, forbid_unknown_fields=True):
    """What holds where no row applies."""

    lane: Lane
    code: str
    reason: str


class ValueBand(Struct, frozen=True, forbid_unknown_fields=True):
    """A range of amounts that is certified on its own."""

    name: str
    at_least: Decimal
    below: Decimal


class Promise(Struct, frozen=True, forbid_unknown_fields=True):
    """What is promised of the automatic lane of a kind: error rate at most alpha, wrong with chance delta at most."""

    alpha: float
    delta: float  # of all cells of the kind together


class Policy(Struct, frozen=True, forbid_unknown_fields=True):
    """A checked policy; ``version`` is a digest of its content."""

    format: int
    currency: str
    hard_ceiling: Decimal  # at or over it a person always decides
    value_bands: tuple[ValueBand, ...]
    kinds: dict[str, Promise]
    audit_probability: float  # chance that an automatic item is checked blindly afterwards
    certificate_days: int  # how long a certificate holds
    default: Default
    rows: tuple[Row, ...]  # strict ones above lax ones; the first that applies decides
    desks: dict[str, Desk]  # by kind
    payer_groups: dict[str, tuple[str, ...]] = {}  # payer classes that are certified together; none: all are
    version: str = ""

    def band(self, amount: Decimal | None) -> str | None:
        """The value band of an amount; None where it has none, is negative, or is at or over the ceiling."""
        if amount is None or not amount.is_finite():
            return None
        return next((band.name for band in self.value_bands if band.at_least <= amount < band.below), None)

    def groups(self, kind: str) -> tuple[str, ...]:
        """The groups of payers that items of a kind are certified in; ``*``: all payers together.

        A group is named with its classes, as a band is with its bounds: certificates know it by this name, and one
        that was tested on other classes is none of the group's.
        """
        if not self.payer_groups or kind in OF_VENDORS:
            return (ANY,)
        return tuple(_group_name(name, classes) for name, classes in self.payer_groups.items())

    def payer_group(self, kind: str, payer_class: str | None) -> str | None:
        """The group of a class of payers; None where groups divide the kind and the class is in none, or not known."""
        if not self.payer_groups or kind in OF_VENDORS:
            return ANY
        found = (
            _group_name(name, classes)
            for name, classes in self.payer_groups.items()
            if payer_class in classes
        )
        return next(found, None)

    def cell(self, kind: str, amount: Decimal | None, payer_class: str | None = None) -> Cell | None:
        """The cell of an item; None where no certificate can cover it."""
        band, group = self.band(amount), self.payer_group(kind, payer_class)
        return (
            Cell(kind, group, band) if band is not None and group is not None and kind in self.kinds else None
        )

    def cells(self, kind: str) -> tuple[Cell, ...]:
        """The cells of a kind that a certificate may be sought for."""
        if kind not in self.kinds:
            return ()
        return tuple(Cell(kind, group, band.name) for group in self.groups(kind) for band in self.value_bands)

    def alpha(self, kind: str) -> float:
        """The highest error rate that the automatic lane of a kind may have."""
        return self.kinds[kind].alpha

    def delta(self, kind: str) -> float:
        """The chance that any cell of a kind, of all that are certified together, breaks its promise."""
        return self.kinds[kind].delta


def _group_name(name: str, classes: Iterable[str]) -> str:
    """A group with its classes, in whatever order they stand.

    >>> _group_name("government", ("medicare", "medicaid"))
    'government (medicaid, medicare)'
    """
    return f"{name} ({', '.join(sorted(classes))})"
