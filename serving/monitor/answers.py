"""What the payer's first answer says of a claim that was released without a look: denied, paid, or none by then.

Every released claim is asked, at the same age, whatever a model said of it and whatever was answered: claims with quick
answers are not like the others, so none counts as soon as its answer is in. That makes answers an unbiased check of the
lane, with a probability of 1. The detector takes the claims of a day together (``models.monitoring.answers``). A claim
that has no answer by then counts as not denied for it, which can make it slower but never alarm falsely; in the
estimate it stands for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time
from typing import Final, Literal

from features.denial_history.replay import first_answer
from features.x12.records import Claim, ClaimPayment
from models.monitoring import ANSWERS_DUE

KIND: Final = "denial-risk"
UNANSWERED: Final = "unanswered"
Answer = Literal["denied", "paid", "unanswered"]

_VOID = "8"  # a claim taken back by its sender: what is said of it is no judgement


def asked_before(at: datetime) -> datetime:
    """The claims that came before this are asked: whole days of UTC, so that those of a day are judged together.

    >>> asked_before(datetime(2025, 3, 1, 9, 30, tzinfo=UTC)).isoformat()
    '2025-01-15T00:00:00+00:00'
    """
    return datetime.combine((at - ANSWERS_DUE).astimezone(UTC).date(), time.min, tzinfo=UTC)


def answer_of(claim: Claim, payments: Iterable[ClaimPayment]) -> Answer:
    """The first answer, of all payments that were posted to a claim; a claim that is denied in part is denied."""
    found = None if claim.frequency == _VOID else first_answer(0, claim, payments)
    if found is None:
        return UNANSWERED
    return "denied" if found.outcome.denied else "paid"
