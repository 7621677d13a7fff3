"""The ways to decide an item, and what a form must bring for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from features.errors import BadInputError
from serving.items import Action, Decision, ItemDetail, Kind

LONGEST_REASON = 500
LONGEST_NAME = 80
_AS_LIKELY = 0.0005  # probabilities closer than what the page shows of them are told apart by nobody


@dataclass(frozen=True)
class Choice:
    """One button: what it does in words, and whether it overrides the proposal, which needs a reason."""

    action: Action
    label: str
    needs_reason: bool
    proposed: bool = False
    reference: str | None = None


_TWO_WAYS: Mapping[Kind, tuple[str, str]] = {
    "denial-risk": ("Release the claim", "Hold and correct"),
    "rejected-claim": ("Take up for correction", "No correction needed"),
    "unreadable": ("Dealt with", "Cannot be settled here"),
}


def proposes_none(item: ItemDetail) -> bool:
    """Whether "none of these" is the likeliest answer to a remittance match."""
    best = max((candidate.probability for candidate in item.candidates), default=0.0)
    return item.row.kind == "remittance-match" and (item.none_probability or 0.0) >= best


def as_likely_as_the_best(item: ItemDetail) -> frozenset[str]:
    """The references of the candidates among which the score cannot choose; the best alone is no such choice."""
    if proposes_none(item) or not item.candidates:
        return frozenset()
    least = item.candidates[0].probability - _AS_LIKELY
    found = frozenset(one.reference for one in item.candidates if one.probability >= least)
    return found if len(found) > 1 else frozenset()


def choices(item: ItemDetail, shown: str | None) -> tuple[Choice, ...]:
    """The buttons under an item while the candidate of the reference ``shown`` stands beside the payment."""
    if item.row.kind == "remittance-match":
        return _match_choices(item, shown)
    first, second = _TWO_WAYS[item.row.kind]
    doubtful = (
        item.row.kind == "denial-risk" and item.row.confidence is not None and item.row.confidence < 0.5
    )
    return (
        Choice("accept", first, needs_reason=doubtful, proposed=not doubtful),
        Choice("none", second, needs_reason=not doubtful, proposed=doubtful),
    )


def _match_choices(item: ItemDetail, shown: str | None) -> tuple[Choice, ...]:
    without = proposes_none(item)
    none = Choice("none", "None of these", needs_reason=not without, proposed=without)
    if not item.candidates or shown is None:
        return (none,)
    if shown == item.candidates[0].reference and not without:
        return (Choice("accept", "Accept this claim", needs_reason=False, proposed=True), none)
    tied = shown in as_likely_as_the_best(item)
    choose = Choice("choose", "Choose this claim", needs_reason=not tied, proposed=tied, reference=shown)
    return (choose, none)


def read_decision(item: ItemDetail, form: Mapping[str, str]) -> Decision:
    """The decision that a form asks for; raises BadInputError that says what is missing, in a reviewer's words."""
    chosen = _chosen(item, form)
    reviewer = " ".join(form.get("reviewer", "").split())
    reason = form.get("reason", "").strip()
    if not reviewer:
        raise BadInputError(
            "your name is missing", where="Reviewer", remedy="say who decides, then send again"
        )
    if len(reviewer) > LONGEST_NAME or len(reason) > LONGEST_REASON:
        raise BadInputError(
            "the text is too long", remedy=f"use at most {LONGEST_REASON} characters for the reason"
        )
    if chosen.needs_reason and not reason:
        raise BadInputError(
            "a reason is needed for this decision",
            where="Reason",
            remedy="say in a few words why, then send again",
        )
    return Decision(chosen.action, reviewer, claim_reference=chosen.reference, reason=reason or None)


def _chosen(item: ItemDetail, form: Mapping[str, str]) -> Choice:
    shown = form.get("candidate") or None
    known = {candidate.reference for candidate in item.candidates}
    if shown is not None and shown not in known:
        raise BadInputError(
            "the chosen claim is not among the candidates", remedy="reload the item and choose again"
        )
    for choice in choices(item, shown):
        if choice.action == form.get("action"):
            return choice
    raise BadInputError("the form does not say what to do", remedy="use one of the buttons under the item")
