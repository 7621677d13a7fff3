"""Years of claims and answers, replayed in the order in which they became known."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from features.denial_history.facts import Facts
from features.denial_history.history import COLUMNS, DenialHistory
from features.denial_history.outcome import Outcome, outcome_of
from features.first_decision import first_decision
from features.progress import track
from features.x12.records import Claim, ClaimPayment

KNOWN_AFTER = timedelta(1)  # an answer of today is read tomorrow, when today's claims are gone
ServiceRates = dict[str, tuple[float, ...]]
"""By service, the values of ``features.denial_history.rate_history.SERVICE_RATES``."""

REJECTION, ANSWER, CLAIM = range(3)  # of one day, in this order


@dataclass(frozen=True)
class Answered:
    """A payer's first answer to the claim at a place."""

    place: int
    day: date
    outcome: Outcome


def first_answer(place: int, claim: Claim, payments: Iterable[ClaimPayment]) -> Answered | None:
    """A claim's first answer, out of all payments that were posted to it; None where none has come."""
    decided = first_decision(payments, claim)
    day = decided[0].payment_date if decided else None
    return None if day is None else Answered(place, day, outcome_of(claim, decided))


@dataclass(frozen=True)
class Replayed:
    """``rows`` (n, len(COLUMNS)), a row a claim as it was known when it was sent; and all that is known in the end.

    ``services`` are the rates of each service of the claims that were watched, by place.
    """

    rows: NDArray[np.float64]
    history: DenialHistory
    services: dict[int, ServiceRates]


def replay(
    claims: Sequence[Claim],
    answers: Iterable[Answered],
    rejected: Iterable[int] = (),
    *,
    history: DenialHistory | None = None,
    watched: Collection[int] = (),
    progress: bool = False,
) -> Replayed:
    """Live through it all. A claim's row knows the answers of earlier days, and the claims sent before it.

    Of the claims of one day those that come first in ``claims`` were sent first. ``rejected`` are the places of claims
    that were turned away before a payer decided, which is known on the next day. What comes after the last claim is
    taken in, too. It goes on from ``history`` where that is given, and changes it.
    """
    known = history or DenialHistory()
    told = list(answers)
    events = [(sent_on(claim), CLAIM, place) for place, claim in enumerate(claims)]
    events += [(one.day + KNOWN_AFTER, ANSWER, number) for number, one in enumerate(told)]
    events += [(sent_on(claims[place]) + KNOWN_AFTER, REJECTION, place) for place in rejected]
    rows = np.empty((len(claims), len(COLUMNS)))
    events.sort()
    services: dict[int, ServiceRates] = {}
    for _, kind, number in track(events, "Replaying history", total=len(events)) if progress else events:
        if kind == CLAIM:
            if number in watched:
                services[number] = known.rates.of_services(Facts.of(claims[number]))
            rows[number] = known.take(claims[number])
        elif kind == ANSWER:
            known.answered(claims[told[number].place], told[number].outcome, told[number].day)
        else:
            known.rejected(claims[number].claim_id or "")
    return Replayed(rows, known, services)


def sent_on(claim: Claim) -> date:
    """The day on which a claim was sent; where it does not say, that of its service."""
    return claim.submitted or claim.service_to or claim.service_from or date.min
