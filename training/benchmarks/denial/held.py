"""The task without some payers: the history knows nothing of them, and it is asked about their claims alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from features.x12.records import Claim
from training.benchmarks.denial.task import Split
from training.benchmarks.protocols import Answer, DenialDay, DenialHistory


def without_payers(given: Split, payers: Collection[str]) -> Split:
    """Nothing that these payers have been sent or have answered before the window, and none of their answers in it."""
    sent = given.history.all_sent
    kept = [place for place, claim in enumerate(sent) if not _of(claim, payers)]
    places = {old: new for new, old in enumerate(kept)}
    gone = len(sent) - len(kept)
    later: dict[int, int] = {}  # places of the window's own claims, of other payers
    for day in given.days:
        for place, claim in enumerate(day.claims, day.place):
            if not _of(claim, payers):
                later[place] = place - gone
    places |= later
    return Split(
        history=_history(given.history, payers, [sent[place] for place in kept], places),
        claims=tuple(claim for claim in given.claims if _of(claim, payers)),
        described=f"{given.described}; without {len(payers)} payers",
        days=tuple(_day(day, payers, places, gone) for day in given.days),
    )


def _history(
    history: DenialHistory, payers: Collection[str], sent: Sequence[Claim], places: Mapping[int, int]
) -> DenialHistory:
    rows = [row for row, claim in enumerate(history.claims) if not _of(claim, payers)]
    return replace(
        history,
        claims=tuple(history.claims[row] for row in rows),
        denied=tuple(history.denied[row] for row in rows),
        sent=tuple(history.sent[row] for row in rows),
        answered=tuple(history.answered[row] for row in rows),
        batch=tuple(history.batch[row] for row in rows),
        all_sent=tuple(sent),
        all_answers=_answers(history.all_answers, places),
        all_rejected=_rejected(history.all_rejected, places),
    )


def _day(day: DenialDay, payers: Collection[str], places: Mapping[int, int], gone: int) -> DenialDay:
    return replace(
        day,
        answers=_answers(day.answers, places),
        rejected=_rejected(day.rejected, places),
        place=day.place - gone,
        asked=tuple(index for index in day.asked if _of(day.claims[index], payers)),
    )


def _answers(answers: Sequence[Answer], places: Mapping[int, int]) -> tuple[Answer, ...]:
    return tuple(replace(one, claim=places[one.claim]) for one in answers if one.claim in places)


def _rejected(rejected: Sequence[int], places: Mapping[int, int]) -> tuple[int, ...]:
    return tuple(places[place] for place in rejected if place in places)


def _of(claim: Claim, payers: Collection[str]) -> bool:
    return (claim.payer_id or claim.payer_name or "") in payers
