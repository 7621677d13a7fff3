"""What decides: a policy, a model's certificates and its version, taken together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from models import certificate_words
from models.certificates import Cell, Certificate
from models.policy import Policy
from models.routing import Routed, RoutingInput, in_force, route

NO_CELL = "no cell"  # of an item that no certificate can cover


@dataclass(frozen=True)
class Ruling:
    """A policy and a model of one kind, as serving would have them in force."""

    policy: Policy
    certificates: Sequence[Certificate]
    model: str  # the version

    def lane(self, item: RoutingInput, day: date) -> Routed:
        """Where an item goes on a day."""
        return route(
            item, policy=self.policy, certificates=self.certificates, model_version=self.model, at=day
        )

    def governing(self, cell: Cell, day: date) -> Certificate | None:
        """The certificate in force for a cell on a day."""
        return in_force(self.certificates, cell, policy=self.policy, model_version=self.model, day=day)


def cell_name(cell: Cell | None) -> str:
    """A cell in words.

    >>> cell_name(Cell("denial-risk", "*", "under-1000")), cell_name(None)
    ('all payers, under $1,000', 'no cell')
    """
    if cell is None:
        return NO_CELL
    name = certificate_words.cell_name(cell)
    return f"{name[:1].lower()}{name[1:]}"


def cause(routed: Routed) -> str:
    """What decided, in a word or two: the row of the policy where it is known, and the reason's code."""
    code = routed.reasons[0].code if routed.reasons else "no-reason"
    return code if routed.row in (None, code) else f"{routed.row}: {code}"


def queue(routed: Routed) -> str:
    """Who has the item: the policy's queue, or the lane where it names none."""
    return routed.queue or routed.lane.value
