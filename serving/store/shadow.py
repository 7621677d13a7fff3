"""What challengers still have to score, and what they said: found by the audit log, in the order of its entries.

Entries of the log come in the order in which their transactions ended, so the number of the last one that was looked at
says which items are new: none is missed, whatever was under way beside it, and none is asked for twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, func, insert, select, update

from features.x12.records import Claim
from serving.audit.chain import Entry, plain
from serving.audit.inputs import PaymentInputs, decoded
from serving.store.audit import append, audit_log, head
from serving.store.chunks import chunks
from serving.store.claims import load
from serving.store.leases import hold, leave
from serving.store.part import Part
from serving.store.replay_tables import score_inputs
from serving.store.schema import candidates, items
from serving.store.shadow_tables import challengers, shadow_scores

LEASE: Final = "shadow"
WORTH_NOTING: Final = 1000  # entries of other things that were passed over: only so many are written down


class Waiting(Struct, frozen=True):
    """An item that a challenger has not scored."""

    id: str
    received_at: datetime  # UTC
    champion: str | None  # the version that scored it
    lane: str  # as it came
    record: bytes  # JSON; empty where it was purged
    given: bytes | None  # ``serving.audit.inputs.Given``
    candidates: tuple[str, ...]  # references in the item's order


class Due(Struct, frozen=True):
    """The next items of a challenger, and how far the log was looked at for them."""

    challenger: int
    seen: int
    until: int
    items: tuple[Waiting, ...] = ()
    claims: dict[str, Claim] = {}  # that the payments were matched against


class ShadowScore(Struct, frozen=True):
    """What a challenger said of an item."""

    item_id: str
    champion: str
    champion_lane: str
    confidence: float | None
    lane: str
    policy_version: str
    best: str | None = None
    shares: tuple[float, ...] | None = None


class ShadowStore(Part):
    """What challengers score and have scored."""

    def stand(self, versions: Mapping[str, str | None], at: datetime) -> None:
        """From now on these challengers shadow, by kind, and None where none does; the log says what has changed."""
        with self._database.reading() as connection:
            if not _changed(connection, versions):
                return
        with self._database.writing() as connection:
            for kind, version, standing in _changed(connection, versions):
                _change(connection, kind, version, standing, at)

    def due(self, kind: str, version: str, *, limit: int) -> Due | None:
        """The next items; None where there is nothing new, or another challenger shadows by now."""
        with self._database.reading() as connection:
            standing = _standing(connection, kind)
            last = connection.execute(select(func.max(audit_log.c.number))).scalar() or 0
            if standing is None or standing.version != version or standing.seen >= last:
                return None
            entries = _scored(connection, standing.seen, last, limit)
            until = last if len(entries) < limit else entries[-1][0].number
            lanes = {entry.subject: said.lane for entry, said in entries if said.kind == kind}
            if not lanes and until - standing.seen < WORTH_NOTING and until == last:
                return None
            waiting = tuple(_waiting(connection, lanes))
            matched = sorted({one for row in waiting for one in _matched(row)})
            return Due(standing.number, standing.seen, until, waiting, load(connection, matched))

    def keep(
        self, due: Due, kind: str, version: str, scores: Sequence[ShadowScore], at: datetime
    ) -> int | None:
        """Write down what was due; how many scores. None where another process did it, or the challenger ended."""
        with self._database.writing() as connection:
            mine = (
                challengers.c.number == due.challenger,
                challengers.c.seen == due.seen,
                challengers.c.ended_at.is_(None),
            )
            moved = connection.execute(update(challengers).where(*mine).values(seen=due.until))
            if moved.rowcount != 1:
                return None
            there = _unpurged(connection, [one.item_id for one in scores])
            rows = [_row(one, kind, version, at) for one in scores if one.item_id in there]
            if rows:
                connection.execute(insert(shadow_scores), rows)
            return len(rows)

    def hold(self, holder: str, at: datetime, seconds: float) -> bool:
        """Whether this process is the one that scores, for so long."""
        with self._database.writing() as connection:
            return hold(connection, LEASE, holder, at, seconds)

    def leave(self, holder: str) -> None:
        """Let another process score."""
        with self._database.writing() as connection:
            leave(connection, LEASE, holder)


def _standing(connection: Connection, kind: str) -> Row[Any] | None:
    query = select(challengers).where(challengers.c.kind == kind, challengers.c.ended_at.is_(None))
    return connection.execute(query.order_by(challengers.c.number.desc()).limit(1)).one_or_none()


def _changed(
    connection: Connection, versions: Mapping[str, str | None]
) -> list[tuple[str, str | None, Row[Any] | None]]:
    """Kinds whose challenger is to be another one, with it and with the one that stands."""
    found = ((kind, version, _standing(connection, kind)) for kind, version in versions.items())
    return [one for one in found if one[1] != (one[2].version if one[2] else None)]


def _change(
    connection: Connection, kind: str, version: str | None, standing: Row[Any] | None, at: datetime
) -> None:
    said = []
    if standing is not None:
        over = update(challengers).where(challengers.c.number == standing.number)
        connection.execute(over.values(ended_at=at))
        said.append(Entry("challenger", standing.version, before=plain(kind=kind, shadows=True)))
    if version is not None:
        last = head(connection)
        row = {"kind": kind, "version": version, "began_at": at, "seen": last.number if last else 0}
        connection.execute(insert(challengers), row)
        said.append(Entry("challenger", version, after=plain(kind=kind, shadows=True)))
    append(connection, said)


def _scored(connection: Connection, seen: int, last: int, limit: int) -> list[tuple[Any, _Said]]:
    """The next scores behind an entry of the log, up to another; items are asked for by their ids afterwards.

    In one query SQLite would rather walk through all items than through these few entries.
    """
    query = (
        select(audit_log.c.number, audit_log.c.subject, audit_log.c.after)
        .where(audit_log.c.number > seen, audit_log.c.number <= last, audit_log.c.action == "score")
        .order_by(audit_log.c.number)
        .limit(limit)
    )
    return [(row, SAID.decode(row.after or "{}")) for row in connection.execute(query)]


def _waiting(connection: Connection, lanes: Mapping[str, str]) -> Iterator[Waiting]:
    """Items with their inputs, in the order of the log."""
    found: dict[str, Row[Any]] = {}
    for part in chunks(list(lanes)):
        query = select(
            items.c.id, items.c.received_at, items.c.model_version, items.c.record, score_inputs.c.body
        ).outerjoin_from(items, score_inputs, score_inputs.c.item_id == items.c.id)
        found |= {row.id: row for row in connection.execute(query.where(items.c.id.in_(part)))}
    offered = _offered(connection, list(found))
    for name, lane in lanes.items():
        row = found.get(name)
        if row is not None:
            yield Waiting(
                id=name,
                received_at=row.received_at,
                champion=row.model_version,
                lane=lane,
                record=bytes(row.record),
                given=None if row.body is None else bytes(row.body),
                candidates=tuple(offered.get(name, ())),
            )


def _offered(connection: Connection, ids: Sequence[str]) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for part in chunks(ids):
        query = select(candidates.c.item_id, candidates.c.reference).where(candidates.c.item_id.in_(part))
        ordered = query.order_by(candidates.c.item_id, candidates.c.position)
        for item, reference in connection.execute(ordered):
            found[item].append(reference)
    return found


def _matched(one: Waiting) -> Iterator[str]:
    """The claims that a payment was matched against; none where that cannot be read."""
    try:
        inputs = decoded(one.given).inputs if one.given else None
    except msgspec.DecodeError:
        return
    if isinstance(inputs, PaymentInputs):
        yield from inputs.candidates


def _unpurged(connection: Connection, ids: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for part in chunks(ids):
        query = select(items.c.id).where(items.c.id.in_(part), items.c.purged_at.is_(None))
        found.update(connection.execute(query).scalars())
    return found


def _row(one: ShadowScore, kind: str, version: str, at: datetime) -> dict[str, Any]:
    shares = None if one.shares is None else msgspec.json.encode(one.shares).decode()
    return {**msgspec.structs.asdict(one), "shares": shares, "kind": kind, "version": version, "at": at}


class _Said(Struct):
    """Of the log's entry of a score."""

    kind: str = ""
    lane: str = ""


SAID = msgspec.json.Decoder(_Said)
