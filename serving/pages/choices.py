"""The ways to decide an item, and what a form must bring for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from features.errors import BadInputError
from serving.decisions import Proposal, proposal_of
from serving.denied.records import DeniedAction
from serving.invoices.records import InvoiceAction
from serving.items import Action, Decision, ItemDetail, Kind

LONGEST_REASON = 500
LONGEST_NAME = 80


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


DENIED: Mapping[DeniedAction, str] = {
    "corrected": "Correct and resend",
    "appeal": "Appeal",
    "bill-secondary": "Bill the next payer",
    "bill-patient": "Bill the patient",
    "write-off-proposal": "Propose a write-off",
    "nothing": "Leave as it is",
}
"""What may be done about a denied claim, on its button."""


INVOICES: Mapping[InvoiceAction, str] = {
    "approve": "Hand on to payment approval",
    "hold": "Hold",
    "return-to-vendor": "Return to the vendor",
}
"""What may be done about a vendor invoice, on its button."""


def choices(item: ItemDetail, shown: str | None) -> tuple[Choice, ...]:
    """The buttons under an item while the candidate of the reference ``shown`` stands beside the payment."""
    if item.row.kind == "remittance-match":
        return _match_choices(item, shown)
    proposal = proposal_of(item)
    if item.row.kind == "denied-claim":
        return tuple(_choice(proposal, action, DENIED[action]) for action in _denied_in_order(proposal))
    if item.row.kind == "invoice-anomaly":
        return tuple(_choice(proposal, action, label) for action, label in INVOICES.items())
    first, second = _TWO_WAYS[item.row.kind]
    return (_choice(proposal, "accept", first), _choice(proposal, "none", second))


def _denied_in_order(proposal: Proposal) -> list[DeniedAction]:
    """What is proposed stands first, then what may bring money, then what gives it up."""
    return sorted(DENIED, key=lambda action: action != proposal.next_action)


def _match_choices(item: ItemDetail, shown: str | None) -> tuple[Choice, ...]:
    proposal = proposal_of(item)
    none = _choice(proposal, "none", "None of these")
    if not item.candidates or shown is None:
        return (none,)
    if shown == item.candidates[0].reference and proposal.action == "accept":
        return (_choice(proposal, "accept", "Accept this claim"), none)
    return (_choice(proposal, "choose", "Choose this claim", shown), none)


def _choice(proposal: Proposal, action: Action, label: str, reference: str | None = None) -> Choice:
    overrides = proposal.overridden_by(action, reference)
    proposed = action == proposal.action or (action == "choose" and not overrides)
    return Choice(action, label, needs_reason=overrides, proposed=proposed, reference=reference)


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
