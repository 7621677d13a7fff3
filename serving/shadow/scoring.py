"""What a challenger says of stored items, asked with what the champion was asked with.

What was known of the patient, the claims a payment was matched against and what had been posted to them were kept with
the item when it was scored, and cannot be looked up later. The rates of many claims are a model's own: they come from
the challenger's history, gone on with as it would be had it served. They are those of now, so an item that has waited
for longer than ``LATEST`` is left out rather than scored by what was learnt after it.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final, Literal

import msgspec
import numpy as np
from msgspec import Struct

from features.denial_history.history import DenialHistory
from features.x12.records import Claim, ClaimPayment
from serving.audit.inputs import ClaimInputs, PaymentInputs, decoded, known_of
from serving.audit.rescoring import claims_again, payments_again
from serving.claim_history import Known
from serving.scoring import Scored
from serving.shadow.challengers import Challenger
from serving.store.connections import StoreError
from serving.store.shadow import Due, ShadowScore, Waiting

LATEST: Final = timedelta(days=1)
logger = logging.getLogger("clearlane.serving.shadow")

Why = Literal["no-champion", "too-late", "no-inputs", "claims-gone", "failed"]


class Shadowed(Struct, frozen=True):
    """What came of a batch: scores, and how many items were left out, by why."""

    scores: tuple[ShadowScore, ...]
    left_out: dict[Why, int]


class _Item(Struct, frozen=True):
    """An item with its inputs read."""

    waiting: Waiting
    record: Claim | ClaimPayment
    inputs: ClaimInputs | PaymentInputs


def shadowed(challenger: Challenger, due: Due, at: datetime) -> Shadowed:
    """Score what is due, at a time; what cannot be scored is left out, and disturbs nothing else."""
    left_out: Counter[Why] = Counter()
    by_day: defaultdict[date, list[_Item]] = defaultdict(list)
    for waiting in due.items:
        found = _read(waiting, due.claims, at)
        if isinstance(found, _Item):
            by_day[waiting.received_at.date()].append(found)
        else:
            left_out[found] += 1
    scores: list[ShadowScore] = []
    for day, found_items in by_day.items():
        answers = list(_scored(challenger, found_items, due.claims, day))
        scores += [_score(*pair) for pair in answers]
        left_out["failed"] += len(found_items) - len(answers)
    return Shadowed(tuple(scores), {why: count for why, count in left_out.items() if count})


def _read(waiting: Waiting, claims: Mapping[str, Claim], at: datetime) -> _Item | Why:
    """The item with what it was scored from, or why that cannot be done again."""
    if waiting.champion is None:
        return "no-champion"
    if at - waiting.received_at > LATEST:
        return "too-late"
    if waiting.given is None or not waiting.record:
        return "no-inputs"
    try:
        inputs = decoded(waiting.given).inputs
        if isinstance(inputs, ClaimInputs):
            return _Item(waiting, CLAIM.decode(waiting.record), inputs)
        if isinstance(inputs, PaymentInputs):
            there = all(reference in claims for reference in inputs.candidates)
            return _Item(waiting, PAYMENT.decode(waiting.record), inputs) if there else "claims-gone"
    except msgspec.DecodeError:
        pass
    return "no-inputs"


def _scored(
    challenger: Challenger, items: Sequence[_Item], claims: Mapping[str, Claim], day: date
) -> Iterator[tuple[_Item, Scored]]:
    """All at once; where that fails each alone, so that one that cannot be scored keeps no other back."""
    try:
        answers = _asked(challenger, items, claims, day)
    except StoreError:
        raise
    except Exception as error:  # a model may fail in any way: whatever it is, it must end no thread
        if len(items) == 1:
            logger.error("%s could not score an item: %s", challenger.version, type(error).__name__)
            return
        for one in items:
            yield from _scored(challenger, [one], claims, day)
        return
    yield from zip(items, answers, strict=True)


def _asked(
    challenger: Challenger, items: Sequence[_Item], claims: Mapping[str, Claim], day: date
) -> list[Scored]:
    if challenger.rates is None:
        payments = [one.record for one in items if isinstance(one.record, ClaimPayment)]
        inputs = [one.inputs for one in items if isinstance(one.inputs, PaymentInputs)]
        return payments_again(payments, inputs, claims, challenger.models, at=day)
    records = [one.record for one in items if isinstance(one.record, Claim)]
    given = [one.inputs for one in items if isinstance(one.inputs, ClaimInputs)]
    history = challenger.rates()
    known = np.array([_known(history, *pair) for pair in zip(records, given, strict=True)])
    return claims_again(records, challenger.models, at=day, known=known)


def _known(history: DenialHistory, claim: Claim, inputs: ClaimInputs) -> Sequence[float] | Known:
    """What the challenger would have known of a claim: of the patient what was known then, the rates its own."""
    then = known_of(inputs)
    if then is None:  # the champion asks no history, so nothing of the patient was looked up
        return history.for_patients().columns(claim)
    return history.in_place_of(then[0].tolist(), claim)


def _score(one: _Item, scored: Scored) -> ShadowScore:
    given = dict(scored.candidates)
    waiting = one.waiting
    shares = None
    if isinstance(one.record, ClaimPayment):
        shares = (*(given.get(name, 0.0) for name in waiting.candidates), scored.none_probability or 0.0)
    return ShadowScore(
        item_id=waiting.id,
        champion=waiting.champion or "",
        champion_lane=waiting.lane,
        confidence=scored.confidence,
        lane=scored.lane,
        policy_version=scored.versions.policy,
        best=scored.candidates[0][0] if scored.candidates else None,
        shares=shares,
    )


CLAIM = msgspec.json.Decoder(Claim)
PAYMENT = msgspec.json.Decoder(ClaimPayment)
