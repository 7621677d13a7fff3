"""What an item proposes and what a decision about it must bring: one rule for the pages and the API.

Only an open item takes a decision. One that went automatically has been acted on: a decision here would say that it
was not, so it is put right where it went, and the queue keeps what happened. The same decision sent again, as callers
do who got no answer, is no second one.

To follow the proposal takes no reason; to override it does. Among claims that the score cannot tell apart any is as
good as proposed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from features.errors import BadInputError, ConflictError
from serving.denied.records import DeniedAction, DeniedClaim
from serving.invoices.records import InvoiceAction
from serving.items import Action, Decision, ItemDetail, Status

_AS_LIKELY = 0.0005  # probabilities closer than what the page shows of them are told apart by nobody
_DOUBTFUL = 0.5  # confidence below which a claim is rather held than released
_MATCHES = frozenset({"accept", "choose", "none"})  # what items of all kinds but a denied claim take
_DENIALS = frozenset(get_args(DeniedAction))
_INVOICES = frozenset(get_args(InvoiceAction))
_TAKEN = {"denied-claim": _DENIALS, "invoice-anomaly": _INVOICES}  # by other kinds than the two of matches
_GIVEN_UP = frozenset({"write-off-proposal", "nothing"})  # somebody has to stand for it in words, always


@dataclass(frozen=True)
class Proposal:
    """What the score says should be done."""

    kind: str
    confidence: float | None
    candidates: tuple[tuple[str, float], ...] = ()  # references with probabilities, best first
    none_probability: float | None = None
    next_action: DeniedAction | None = None  # of a denied claim, where a model assessed it

    @property
    def action(self) -> Action | None:
        """What to do: take the best claim, release the claim, or none of it; None where nothing is proposed."""
        if self.kind == "denied-claim":
            return self.next_action
        if self.kind == "invoice-anomaly":
            return _of_invoice(self.confidence)
        if self.kind == "remittance-match":
            best = self.candidates[0][1] if self.candidates else 0.0
            return "none" if (self.none_probability or 0.0) >= best else "accept"
        doubtful = self.kind == "denial-risk" and self.confidence is not None and self.confidence < _DOUBTFUL
        return "none" if doubtful else "accept"

    @property
    def tied(self) -> frozenset[str]:
        """The claims among which the score cannot choose; empty where the best stands alone or none is proposed."""
        if self.action == "none" or not self.candidates:
            return frozenset()
        least = self.candidates[0][1] - _AS_LIKELY
        found = frozenset(reference for reference, probability in self.candidates if probability >= least)
        return found if len(found) > 1 else frozenset()

    def overridden_by(self, action: Action, reference: str | None = None) -> bool:
        """Whether an action goes against the proposal, so that a reason is needed; to give up always does.

        >>> match = Proposal("remittance-match", 0.9, (("a", 0.9), ("b", 0.05)), 0.05)
        >>> match.overridden_by("accept"), match.overridden_by("choose", "b"), match.overridden_by("none")
        (False, True, True)
        """
        if self.kind == "denied-claim":
            return action in _GIVEN_UP or (self.next_action is not None and action != self.next_action)
        if self.kind == "invoice-anomaly":  # to hold it or to send it back are both answers to a doubt
            return self.action is not None and (action == "approve") != (self.action == "approve")
        if action != "choose":
            return action != self.action
        best = self.candidates[0][0] if self.candidates else None
        return self.action == "none" or (reference != best and reference not in self.tied)


def _of_invoice(confidence: float | None) -> Action | None:
    """An invoice is rather held where something is likelier wrong than not; without a score nothing is proposed."""
    if confidence is None:
        return None
    return "approve" if confidence >= _DOUBTFUL else "hold"


def proposal_of(item: ItemDetail) -> Proposal:
    """What an item proposes."""
    candidates = tuple((one.reference, one.probability) for one in item.candidates)
    subject = item.subject
    best = subject.best if isinstance(subject, DeniedClaim) else None
    return Proposal(
        item.row.kind, item.row.confidence, candidates, item.none_probability, best.action if best else None
    )


def check_open(status: Status) -> None:
    """Raises ConflictError for an item that takes no decision any more."""
    if status == "automatic":
        raise ConflictError(
            "the item went automatically, so there is nothing to decide", remedy="put it right where it went"
        )
    if status != "open":
        raise ConflictError("the item was decided since you saw it", remedy="read it again")


def settle(proposal: Proposal, decision: Decision) -> str | None:
    """The claim that a decision takes, if any; raises BadInputError, ``where`` being the field that is wrong."""
    if not decision.reviewer.strip():
        raise BadInputError("a decision names its reviewer", "reviewer")
    if decision.action not in _TAKEN.get(proposal.kind, _MATCHES):
        raise BadInputError("items of this kind take no such decision", "action", "see the item's kind")
    claim = _claim_of(proposal, decision)
    overrides = proposal.overridden_by(decision.action, claim)
    if overrides and not (decision.reason or "").strip():
        raise BadInputError(
            "a decision against the proposal, or to give up, needs a reason",
            "reason",
            "say in a few words why",
        )
    return claim


def _claim_of(proposal: Proposal, decision: Decision) -> str | None:
    offered, named = [reference for reference, _ in proposal.candidates], decision.claim_reference
    if decision.action == "choose":
        if named not in offered:
            raise BadInputError("the chosen claim is not among the item's candidates", "claim_reference")
        return named
    if decision.action == "none" or proposal.kind != "remittance-match":
        if named is not None:
            raise BadInputError("this decision takes no claim", "claim_reference")
        return None
    if proposal.action == "none":
        raise BadInputError(
            "no claim is proposed that could be accepted", "action", "decide 'none', or 'choose' a claim"
        )
    if named not in (None, offered[0]):
        raise BadInputError(
            "to accept is to take the best candidate", "claim_reference", "use 'choose' for another one"
        )
    return offered[0]
