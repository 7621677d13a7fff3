"""What challengers said beside what champions did, and beside what came out since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, Select, and_, func, null, select
from sqlalchemy.sql import ColumnElement

from features.x12.records import Claim
from serving.champion_folder import KINDS
from serving.monitor.answers import UNANSWERED, answer_of, asked_before
from serving.monitor.records import BLIND
from serving.store.monitor_tables import checks, watched
from serving.store.part import Part
from serving.store.postings import LAST_WORD, payments_posted_to
from serving.store.schema import candidates, decisions, items
from serving.store.shadow_tables import challengers, shadow_scores

JudgedBy = Literal["answer", "decision", "blind-check"]


class Pairing(Struct, frozen=True):
    """A challenger and a champion whose items it scored."""

    kind: str
    challenger: str
    champion: str
    began_at: datetime
    ended_at: datetime | None
    items: int


class Both(Struct, frozen=True):
    """What the two said of an item."""

    champion_lane: str
    lane: str
    champion_confidence: float | None
    confidence: float | None


class Truth(Struct, frozen=True):
    """The same of an item of which it came out what was right."""

    said: Both
    by: JudgedBy
    champion_right: bool  # that what its confidence speaks of was so
    right: bool
    champion_share: float  # the probability that it gave to what came out
    share: float
    probability: float = 1.0  # of having been looked at, where items were drawn


class ShadowReading(Part):
    """Challengers beside champions."""

    def pairings(self) -> tuple[Pairing, ...]:
        """Of the latest challenger of each kind, a champion after the other."""
        with self._database.reading() as connection:
            return tuple(one for kind in KINDS for one in _pairings(connection, kind))

    def both(self, of: Pairing, *, limit: int) -> list[Both]:
        """The latest items."""
        query = _latest(of, items.c.confidence.label("champion_confidence")).limit(limit)
        with self._database.reading() as connection:
            return [_both(row) for row in connection.execute(query)]

    def truths(self, of: Pairing, at: datetime, *, limit: int) -> list[Truth]:
        """The latest items of which it has come out by a time what was right."""
        with self._database.reading() as connection:
            if of.kind == KINDS[0]:
                return list(_answered(connection, of, at, limit))
            return list(_matched(connection, of, limit))


def _pairings(connection: Connection, kind: str) -> Iterator[Pairing]:
    query = select(challengers).where(challengers.c.kind == kind).order_by(challengers.c.number.desc())
    row = connection.execute(query.limit(1)).one_or_none()
    if row is None:
        return
    first = select(func.min(challengers.c.began_at)).where(challengers.c.version == row.version)
    began = connection.execute(first).scalar_one()
    counts = (
        select(shadow_scores.c.champion, func.count().label("items"))
        .where(shadow_scores.c.version == row.version)
        .group_by(shadow_scores.c.champion)
        .order_by(func.max(shadow_scores.c.at).desc(), shadow_scores.c.champion)
    )
    for champion, number in connection.execute(counts):
        yield Pairing(kind, row.version, champion, began, row.ended_at, number)


def _latest(of: Pairing, *columns: ColumnElement[Any]) -> Select[Any]:
    return (
        select(shadow_scores, *columns)
        .join(items, items.c.id == shadow_scores.c.item_id)
        .where(shadow_scores.c.version == of.challenger, shadow_scores.c.champion == of.champion)
        .order_by(shadow_scores.c.at.desc(), shadow_scores.c.item_id)
    )


def _both(row: Row[Any]) -> Both:
    return Both(row.champion_lane, row.lane, row.champion_confidence, row.confidence)


def _answered(connection: Connection, of: Pairing, at: datetime, limit: int) -> Iterator[Truth]:
    """Claims of an age at which all are asked: those with quick answers are not like the others."""
    query = _latest(of, items.c.confidence.label("champion_confidence"), items.c.record)
    old = query.where(items.c.received_at < asked_before(at)).limit(limit)
    rows = connection.execute(old).all()
    paid = payments_posted_to(connection, [row.item_id for row in rows])
    for row in rows:
        if not row.record or row.champion_confidence is None or row.confidence is None:
            continue
        answer = answer_of(CLAIM.decode(row.record), paid.get(row.item_id, ()))
        if answer != UNANSWERED:
            right = answer == "paid"
            theirs, ours = row.champion_confidence, row.confidence
            shares = (theirs, ours) if right else (1.0 - theirs, 1.0 - ours)
            yield Truth(_both(row), "answer", right, right, *shares)


def _matched(connection: Connection, of: Pairing, limit: int) -> Iterator[Truth]:
    """Payments that were decided, and automatic ones that were drawn and checked, of one stretch of time.

    The checked ones stand for all that were not drawn, so neither may reach further back than the other.
    """
    found = [connection.execute(query.limit(limit)).all() for query in (_decided(of), _checked(of))]
    since = [rows[-1].at for rows in found if len(rows) == limit]
    for row in (one for rows in found for one in rows):
        if not since or row.at >= max(since):
            yield from _truth(row)


def _decided(of: Pairing) -> Select[Any]:
    """Payments that a person posted, or to none of the claims; the last word counts."""
    return (
        _of_payments(of, decisions.c.claim_reference, null().label("drawn"))
        .join(decisions, LAST_WORD)
        .outerjoin(candidates, _is_candidate(decisions.c.claim_reference))
    )


def _checked(of: Pairing) -> Select[Any]:
    """Payments that went automatically and were drawn to be looked at, each with its probability."""
    return (
        _of_payments(of, checks.c.claim_reference, watched.c.probability.label("drawn"))
        .join(watched, watched.c.item_id == items.c.id)
        .join(checks, and_(checks.c.item_id == items.c.id, checks.c.source == BLIND))
        .outerjoin(candidates, _is_candidate(checks.c.claim_reference))
    )


def _of_payments(of: Pairing, truth: ColumnElement[Any], *more: ColumnElement[Any]) -> Select[Any]:
    return _latest(
        of,
        items.c.confidence.label("champion_confidence"),
        items.c.none_probability,
        truth.label("truth"),
        candidates.c.position,
        candidates.c.probability.label("champion_share"),
        *more,
    )


def _is_candidate(reference: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(candidates.c.item_id == items.c.id, candidates.c.reference == reference)


def _truth(row: Row[Any]) -> Iterator[Truth]:
    """What came out is a claim among the candidates or none of them; without candidates there was nothing to say."""
    shares: Sequence[float] = msgspec.json.decode(row.shares or b"[]", type=tuple[float, ...])
    if row.champion_confidence is None or row.confidence is None or len(shares) < 2:
        return
    if row.truth is None:
        given = (row.none_probability or 0.0, shares[-1])
    elif row.position is None or row.position >= len(shares) - 1:
        return
    else:
        given = (row.champion_share, shares[row.position])
    yield Truth(
        said=_both(row),
        by="decision" if row.drawn is None else "blind-check",
        champion_right=row.position == 0,
        right=row.truth is not None and row.best == row.truth,
        champion_share=given[0],
        share=given[1],
        probability=1.0 if row.drawn is None else row.drawn,
    )


CLAIM = msgspec.json.Decoder(Claim)
