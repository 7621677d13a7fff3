"""What the store keeps for replays: configurations that were in force, and what each item was scored from."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, insert, select

from features.errors import NotFoundError
from features.settings import Settings
from features.x12.records import Claim
from serving.audit.chain import Logged
from serving.audit.in_force import change_entry, identity, with_identity
from serving.audit.inputs import PaymentInputs, decoded, digest
from serving.champions import Champions
from serving.store.audit import append, audit_log
from serving.store.claims import load
from serving.store.part import Part
from serving.store.replay_tables import configurations, score_inputs
from serving.store.schema import about, candidates, decisions, items

LONGEST_NUMBER: Final = 15  # digits of an entry's number; an item's id has 24 characters


class Kept(Struct, frozen=True):
    """An item with all that is kept of how it came about."""

    item: Row[Any]
    candidates: tuple[tuple[str, float], ...]  # references with probabilities, best first
    claims: dict[str, Claim]  # by reference
    given: bytes | None  # ``serving.audit.inputs.Given``; None where it was not kept
    score: Logged | None  # its entry in the audit log
    id_key: bytes
    decision: dict[
        str, tuple[Any, Any]
    ]  # where one is asked about: what the log says of it, and what is stored


class ReplayStore(Part):
    """What a replay needs of an item, and which champions were in force."""

    def put_in_force(self, champions: Champions, settings: Settings) -> Champions:
        """The champions as they are from now on in force; the log says so where that is a change."""
        champions, body = with_identity(champions, settings)
        self.note_in_force(body)
        return champions

    def note_in_force(self, body: bytes) -> None:
        """Keep what is from now on in force (``serving.audit.in_force``); the log says so where that is a change."""
        with self._database.writing() as connection:
            name = identity(body)
            if _body(connection, name) is None:
                row = {"id": name, "first_at": datetime.now(UTC), "body": body}
                connection.execute(insert(configurations), row)
            last = connection.execute(LAST).scalar()
            if last != name:
                append(connection, [change_entry(_body(connection, last) if last else None, body)])

    def configuration(self, name: str) -> bytes | None:
        """The body of a configuration; None where it is not kept."""
        with self._database.reading() as connection:
            return _body(connection, name)

    def kept(self, what: str) -> Kept:
        """The item of an id, or of the number of a log's entry about it, to be replayed; raises NotFoundError."""
        with self._database.reading() as connection:
            entry = _entry(connection, int(what)) if _is_number(what) else None
            if entry and entry.action == "answer":
                raise NotFoundError(
                    "what was answered and not stored cannot be computed again",
                    remedy="send it again, and compare",
                )
            item_id = entry.subject if entry else what
            row = connection.execute(select(items).where(items.c.id == item_id)).one_or_none()
            if row is None:
                raise NotFoundError(
                    "there is no such item", remedy="give its id, or the number of an entry about it"
                )
            key = bytes(connection.execute(select(about.c.id_key)).scalar_one())
            body = connection.execute(
                select(score_inputs.c.body).where(score_inputs.c.item_id == item_id)
            ).scalar()
            offered = _offered(connection, item_id)
            matched = _references(body) or [reference for reference, _ in offered]
            is_decision = entry is not None and entry.action == "decision"
            return Kept(
                item=row,
                candidates=offered,
                claims=load(connection, matched),
                given=None if body is None else bytes(body),
                score=_score(connection, item_id),
                id_key=key,
                decision=_decision(connection, entry, key) if entry and is_decision else {},
            )

    def ids(self, *, limit: int | None = None) -> list[str]:
        """The items that inputs are kept of, the latest first."""
        query = (
            select(items.c.id)
            .join(score_inputs, score_inputs.c.item_id == items.c.id)
            .order_by(items.c.received_at.desc(), items.c.id)
        )
        with self._database.reading() as connection:
            return list(connection.execute(query if limit is None else query.limit(limit)).scalars())


def _is_number(what: str) -> bool:
    return what.isascii() and what.isdigit() and len(what) <= LONGEST_NUMBER


def _entry(connection: Connection, number: int) -> Logged:
    found = connection.execute(select(audit_log).where(audit_log.c.number == number)).mappings().one_or_none()
    if found is None:
        raise NotFoundError("the audit log has no entry of this number")
    return Logged(**found)


def _offered(connection: Connection, item_id: str) -> tuple[tuple[str, float], ...]:
    query = (
        select(candidates.c.reference, candidates.c.probability)
        .where(candidates.c.item_id == item_id)
        .order_by(candidates.c.position)
    )
    return tuple((one.reference, one.probability) for one in connection.execute(query))


def _references(body: bytes | None) -> list[str]:
    """The claims that a payment was matched against, by what was kept; none where that cannot be read."""
    try:
        inputs = decoded(bytes(body)).inputs if body is not None else None
    except msgspec.DecodeError:
        return []
    return list(inputs.candidates) if isinstance(inputs, PaymentInputs) else []


def _decision(connection: Connection, entry: Logged, key: bytes) -> dict[str, tuple[Any, Any]]:
    """What the log says of a decision beside what is stored of it."""
    said: dict[str, Any] = msgspec.json.decode(entry.after or "{}")
    seen = decisions.c.item_version == said.get("seen")
    row = connection.execute(
        select(decisions).where(decisions.c.item_id == entry.subject, seen)
    ).one_or_none()
    if row is None:
        return {"decision": (f"entry {entry.number}", None)}
    stored = {
        "action": row.action, "claim": row.claim_reference, "reviewer": row.reviewer,
        "reason": None if row.reason is None else digest(key, row.reason.encode("utf-8", "surrogatepass")),
    }  # fmt: skip
    return {f"decision: {name}": (said.get(name), value) for name, value in stored.items()}


def _body(connection: Connection, name: str) -> bytes | None:
    found = connection.execute(select(configurations.c.body).where(configurations.c.id == name)).scalar()
    return None if found is None else bytes(found)


def _score(connection: Connection, item_id: str) -> Logged | None:
    query = select(audit_log).where(audit_log.c.subject == item_id, audit_log.c.action == "score")
    row = connection.execute(query.order_by(audit_log.c.number).limit(1)).mappings().one_or_none()
    return None if row is None else Logged(**row)


LAST = (
    select(audit_log.c.subject)
    .where(audit_log.c.action == "in-force")
    .order_by(audit_log.c.number.desc())
    .limit(1)
)
