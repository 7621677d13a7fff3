"""The store as the service and the commands use it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextvars import Context
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql import ColumnElement

from features.errors import ClearlaneError
from features.invoices.tables import Purchasing
from features.match_history import Earlier
from features.x12.records import Claim, ClaimPayment
from serving.ageing.looking import Look, Waiting
from serving.denied.records import DeniedClaim, EarlierDenial
from serving.identifiers import Identifiers
from serving.intake import Intake, NewItem, Receipt
from serving.items import Decision, ItemFilter, ItemPage, ItemPlace, ItemRow
from serving.reading import Reading
from serving.store import ageing, denials, intake, payments, purchasing, queue, schema, worklists
from serving.store.claims import candidates_for, load, of_patient, one_claim
from serving.store.connections import StoreError
from serving.store.database import Database
from serving.store.idempotency import settle
from serving.store.intake import StaleViewError
from serving.store.jobs import finish
from serving.store.patients import claims_of_patients
from serving.store.postings import answered_since, payments_posted_to, posted_to
from serving.store.queue import StoredItem
from serving.store.schema import about, items
from serving.store.undoing import Undoing, undo


class View(Struct, frozen=True):
    """What the store knows of a file's records before they are stored."""

    claims: frozenset[str]  # references that are there already
    items: frozenset[str]
    repeated: frozenset[str]  # business keys that are there already
    own: frozenset[str] | None = None  # those of them that stand at items of the actor; None without a limit
    remittances: frozenset[str] = frozenset()  # keys that are there already
    originals: Mapping[str, ClaimPayment] = {}  # payments that reversals may take back, oldest first, by item


class Store:
    """Blocking calls; each is one transaction. Safe to use from several threads and processes."""

    def __init__(self, url: str, *, audit_key: bytes | None = None) -> None:
        """Open a store, made where there is none; raises StoreError or BadInputError.

        With ``audit_key`` every entry of the audit log is made with it.
        """
        self._database = Database(url)
        self._database.engine.update_execution_options(audit_key=audit_key)

    def tells(self, subscribers: Sequence[str], tries_for: timedelta) -> None:
        """From now on write every event for these addresses too (``serving.store.outbox``), to be tried for so long."""
        options = {"subscribers": tuple(subscribers), "tries_for": tries_for}
        self._database.engine.update_execution_options(**options)

    @property
    def identifiers(self) -> Identifiers:
        """Makes the ids of this store."""
        return self._database.identifiers

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def give_back(self, *, whole: bool) -> bool:
        """Have nothing of what was deleted left in SQLite's files; False where its journal was in use.

        ``whole``: the space is given back, too.
        """
        return self._database.give_back(whole=whole)

    def check(self) -> None:
        """Raises StoreError where the store cannot be read, or takes no changes: a standby of PostgreSQL does not."""
        with self._database.reading() as connection:
            connection.execute(select(about.c.version)).one()
            if connection.dialect.name == "postgresql":
                read_only = connection.exec_driver_sql("SHOW transaction_read_only").scalar_one()
                if read_only != "off":
                    raise StoreError("the store takes no changes", remedy="name the server that does")

    def receipt(self, digest: str) -> Receipt | None:
        """The receipt of these bytes (SHA-256), where they were taken before."""
        with self._database.reading() as connection:
            return intake.receipt(connection, digest)

    def views(self, readings: Sequence[Reading]) -> list[View]:
        """What of each file is there already, and the payments under the keys that its reversals seek.

        What several files ask for is looked up at once: a view may name what only another one asked for.
        """
        with self._database.reading() as connection:
            everything = View(
                claims=_known(connection, schema.claims.c.reference, [each.references for each in readings]),
                items=_known(connection, items.c.id, [each.ids for each in readings]),
                repeated=_known(connection, items.c.business_key, [each.keys for each in readings]),
                remittances=_known(
                    connection, schema.remittances.c.key, [each.remittance_keys for each in readings]
                ),
            )
            own = payments.own_keys(connection, everything.repeated)
            everything = msgspec.structs.replace(everything, own=own)
            sought = [payments.under(connection, each.sought) for each in readings]
            return [msgspec.structs.replace(everything, originals=found) for found in sought]

    def purchasing(self) -> Purchasing:
        """All orders, receipts and vendor invoices, in the order in which they came."""
        with self._database.reading() as connection:
            return purchasing.everything(connection)

    def purchasing_number(self) -> int:
        """Of the last record of purchasing that came."""
        with self._database.reading() as connection:
            return purchasing.last_number(connection)

    def known_purchases(self, keys: Sequence[str]) -> frozenset[str]:
        """Which keys of records of purchasing the store holds."""
        with self._database.reading() as connection:
            return intake.known(connection, schema.purchasing.c.key, keys)

    def candidates(self, payments: Sequence[ClaimPayment]) -> list[list[tuple[str, Claim]]]:
        """The stored claims that each payment may belong to, at most 20, the likeliest first."""
        with self._database.reading() as connection:
            return candidates_for(connection, payments)

    def claim(self, reference: str) -> Claim:
        """A stored claim; raises NotFoundError where there is none, or it belongs to a facility not the actor's."""
        with self._database.reading() as connection:
            return one_claim(connection, reference)

    def claims_of_patient(self, claim: Claim) -> list[Claim]:
        """The stored claims of the same patient with the same payer."""
        with self._database.reading() as connection:
            return of_patient(connection, claim)

    def claims_of_patients(self, asked: Sequence[Claim]) -> list[tuple[Claim, list[ClaimPayment]]]:
        """All stored claims of the patients of some claims, oldest first, with what was posted to each."""
        with self._database.reading() as connection:
            return claims_of_patients(connection, asked)

    def answered_since(self, day: date | None) -> list[str]:
        """The references of all claims that a payment has been posted to which came on or after a day."""
        with self._database.reading() as connection:
            return answered_since(connection, day)

    def claims(self, references: Sequence[str]) -> dict[str, Claim]:
        """Stored claims by their references; those that are not there are left out."""
        with self._database.reading() as connection:
            return load(connection, references)

    def payments_of(self, references: Sequence[str]) -> dict[str, list[ClaimPayment]]:
        """All payments that were posted to claims, by reference."""
        with self._database.reading() as connection:
            return payments_posted_to(connection, references)

    def postings(
        self, references: Sequence[str], *, before: datetime | None = None
    ) -> dict[str, tuple[Earlier, ...]]:
        """What was posted to claims of the store, automatically or by a person, ``before`` a moment or until now."""
        with self._database.reading() as connection:
            return posted_to(connection, references, before=before)

    def take(self, new: Intake) -> Receipt:
        """Store a file as a whole; raises ``StaleViewError`` where another file came between."""
        with self._database.writing() as connection:
            return _take(connection, new)

    def take_together(self, files: Sequence[tuple[Intake, Context]]) -> list[Receipt | None]:
        """Store several in one transaction, each in the context of its sender; None for one that has to come alone."""
        seeking = [one for one in files if one[0].sought]  # payments of others may be what they seek
        with self._database.writing() as connection:
            receipts = iter(_all_or_none(connection, [one for one in files if not one[0].sought]))
            sought = iter([context.run(_take_or_leave, connection, new) for new, context in seeking])
            return [next(sought) if new.sought else next(receipts) for new, _ in files]

    def known_items(self, ids: Sequence[str]) -> frozenset[str]:
        """Which of these items are there."""
        with self._database.reading() as connection:
            return intake.known(connection, items.c.id, ids)

    def page(
        self,
        wanted: ItemFilter,
        *,
        offset: int,
        limit: int,
        at: datetime | None = None,
        after: ItemPlace | None = None,
    ) -> ItemPage:
        """Part of a list as it stands at a time, now by default."""
        with self._database.reading() as connection:
            return queue.page(connection, wanted, offset=offset, limit=limit, at=at or _now(), after=after)

    def queues(self) -> tuple[str, ...]:
        """The queues in which open items stand."""
        with self._database.reading() as connection:
            return queue.names(connection)

    def is_queue(self, name: str) -> bool:
        """Whether any item stands in a queue, or stood there when it was decided."""
        with self._database.reading() as connection:
            return queue.is_queue(connection, name)

    def check_file(self, file_id: str) -> None:
        """Raises NotFoundError for a file that was never taken, or that is not the actor's."""
        with self._database.reading() as connection:
            queue.check_file(connection, file_id)

    def get(self, item_id: str, *, at: datetime | None = None) -> StoredItem:
        """One item; raises NotFoundError."""
        with self._database.reading() as connection:
            return queue.get(connection, item_id, at=at or _now())

    def earlier_denials(self, item_id: str, denied: DeniedClaim) -> tuple[EarlierDenial, ...]:
        """Denials of the same claim, or of claims that it replaces, that came before; the latest first."""
        with self._database.reading() as connection:
            return denials.earlier(connection, item_id, denied)

    def paid_since(self, denied: DeniedClaim) -> tuple[ClaimPayment, ...]:
        """What was paid to a denied claim after its denial, oldest first."""
        with self._database.reading() as connection:
            return denials.paid_since(connection, denied)

    def decide(
        self,
        item_id: str,
        decision: Decision,
        *,
        version: int,
        at: datetime,
        then: NewItem | None = None,
    ) -> None:
        """Record a decision, with the item that follows from it; raises NotFoundError, BadInputError, ConflictError."""
        with self._database.writing() as connection:
            queue.decide(connection, item_id, decision, version=version, at=at, then=then)
            settle(connection, at, status=200)

    def undo(self, item_id: str, undoing: Undoing, *, version: int, at: datetime) -> None:
        """Take a decision back; raises NotFoundError, ConflictError."""
        with self._database.writing() as connection:
            undo(connection, item_id, undoing, version=version, at=at)
            settle(connection, at, status=200)

    def have_looked_at(self, policy: str, at: datetime) -> int:
        """Make all open items due for a look that another policy gave the time of."""
        with self._database.writing() as connection:
            return ageing.have_looked_at(connection, policy, at)

    def due(self, at: datetime, *, limit: int) -> list[Waiting]:
        """Open items that time may have changed by now."""
        with self._database.reading() as connection:
            return ageing.due(connection, at, limit=limit)

    def keep_looks(self, looks: Sequence[Look], at: datetime) -> list[Look]:
        """Write down what came of looking; the moves that counted."""
        with self._database.writing() as connection:
            return ageing.keep(connection, looks, at)

    def standings(self, at: datetime) -> list[worklists.Standing]:
        """All open items by queue, role and age band."""
        with self._database.reading() as connection:
            return worklists.standings(connection, at)

    def first_of(
        self, queue_name: str, role: str | None, at: datetime, *, limit: int
    ) -> list[tuple[ItemRow, bool]]:
        """The open items of a queue and a role to work first, and whether each lapses after today."""
        with self._database.reading() as connection:
            return worklists.first_of(connection, queue_name, role, at, limit=limit)

    def minutes_worked(self, names: Sequence[str], at: datetime) -> dict[str, float]:
        """Minutes of what each reviewer has decided today."""
        with self._database.reading() as connection:
            return worklists.minutes_worked(connection, names, at)

    def next_open(self, wanted: ItemFilter, *, after: str, at: datetime | None = None) -> str | None:
        """The id of the open item that follows another one."""
        with self._database.reading() as connection:
            return queue.next_open(connection, wanted, after=after, at=at or _now())


def _take(connection: Connection, new: Intake) -> Receipt:
    return _settled(connection, new, intake.store(connection, new))


def _settled(connection: Connection, new: Intake, receipt: Receipt) -> Receipt:
    """With it the present request's key, or the present job, is done."""
    settle(connection, new.received_at, status=200 if receipt.already_taken else 201, answer=receipt)
    finish(connection, receipt, new.received_at)
    return receipt


def _all_or_none(connection: Connection, files: Sequence[tuple[Intake, Context]]) -> Sequence[Receipt | None]:
    """All of them at once; where that cannot be, one after another, and None for one that cannot be stored so."""
    try:
        with connection.begin_nested():
            receipts = intake.store_together(connection, files)
            return [
                context.run(_settled, connection, new, receipt)
                for (new, context), receipt in zip(files, receipts, strict=True)
            ]
    except (StaleViewError, ClearlaneError, IntegrityError):
        return [context.run(_take_or_leave, connection, new) for new, context in files]


def _take_or_leave(connection: Connection, new: Intake) -> Receipt | None:
    """Nothing stays of one that cannot be stored; what is wrong with it is found when it comes alone."""
    try:
        with connection.begin_nested():
            return _take(connection, new)
    except (StaleViewError, ClearlaneError, IntegrityError):
        return None


def _known(
    connection: Connection, column: ColumnElement[Any], asked: Sequence[Sequence[str]]
) -> frozenset[str]:
    return intake.known(connection, column, sorted(set(chain(*asked))))


def _now() -> datetime:
    return datetime.now(UTC)
