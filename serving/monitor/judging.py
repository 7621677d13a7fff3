"""Whether an automatic item was right, by what a person decided who did not see what the lane had done."""

from __future__ import annotations

from collections.abc import Sequence

from features.errors import BadInputError
from serving.monitor.records import ACTIONS, BlindAction, BlindCheck

DID: dict[str, BlindAction] = {"denial-risk": "release", "invoice-anomaly": "approve"}
"""What the lane did with an item; a payment it posted to its first candidate."""


def judged(kind: str, given: BlindCheck, claims: Sequence[str]) -> tuple[bool, BlindAction, str | None]:
    """Whether the lane was wrong, what it had done, and to which claim; ``claims`` are the candidates in its order.

    A claim that was released is judged by what the person states here; its real truth comes with the remittance.
    Raises BadInputError, ``where`` being the field that is wrong.
    """
    if not given.reviewer.strip():
        raise BadInputError("a check names its reviewer", "reviewer")
    if given.action not in ACTIONS.get(kind, ()):
        raise BadInputError("items of this kind take no such check", "action", "see the item's actions")
    if given.action != "choose":
        if given.claim_reference is not None:
            raise BadInputError("this check takes no claim", "claim_reference")
        did: BlindAction = DID.get(kind, "choose")
        return given.action != did, did, claims[0] if did == "choose" and claims else None
    if given.claim_reference not in claims:
        raise BadInputError("the chosen claim is not among the candidates", "claim_reference")
    return given.claim_reference != claims[0], "choose", claims[0]
