"""The monitor for the API and the pages: blind checks, how certificates stand, and incidents."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import date, datetime

import msgspec

from features.match_evidence import field_evidence
from features.x12.records import Claim, ClaimPayment
from serving.access.actor import signature
from serving.audit.entries import view_entry
from serving.certificates import Revocation
from serving.clock import utc_now
from serving.identifiers import Identifiers
from serving.invoices.records import VendorInvoice
from serving.metrics import metrics
from serving.monitor.blinding import blind_invoice
from serving.monitor.live import LiveCertificates
from serving.monitor.records import (
    ACTIONS,
    BlindCandidate,
    BlindCheck,
    BlindItem,
    BlindPage,
    BlindPlace,
    CheckOutcome,
    Incident,
    IncidentDetail,
    IncidentPage,
    IncidentPlace,
    LateVerdict,
    Watch,
)
from serving.store.audit_reading import AuditStore
from serving.store.blind_scope import told
from serving.store.monitor import MonitorStore
from serving.store.queue import StoredItem
from serving.store.store import Store
from serving.workers import Workers

AT_ONCE = 200  # answers a transaction
logger = logging.getLogger("clearlane.serving.monitor")


class Monitor:
    """Blocking work runs on the given threads; an alarm takes effect in this process before its check is answered."""

    def __init__(
        self,
        store: Store,
        live: LiveCertificates,
        workers: Workers,
        *,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._store = store
        self._kept = MonitorStore.of(store)
        self._live = live
        self._workers = workers
        self._clock = clock
        self._looked_on: date | None = None  # ahead, at claims that are not due

    async def waiting(self, *, offset: int, limit: int, after: BlindPlace | None = None) -> BlindPage:
        """Items that wait for a blind check, the earliest due first."""
        at = self._clock()
        return await self._workers.run(self._kept.waiting, offset=offset, limit=limit, at=at, after=after)

    async def blind(self, item_id: str) -> BlindItem:
        """One of them; raises NotFoundError."""
        return await self._workers.run(self._blind, item_id)

    async def check(self, item_id: str, given: BlindCheck) -> CheckOutcome:
        """Record a check; raises NotFoundError, ConflictError, BadInputError."""
        return await self._workers.run(self._check, item_id, given)

    async def late(self, item_id: str, given: LateVerdict) -> None:
        """Record what came out otherwise; raises NotFoundError, ConflictError."""
        given = msgspec.structs.replace(given, reviewer=signature(given.reviewer))
        await self._workers.run(self._kept.late, item_id, given, self._clock())

    async def watches(self) -> tuple[Watch, ...]:
        """How each certificate stands."""
        return await self._workers.run(self._kept.watches, self._clock())

    async def incidents(self) -> tuple[IncidentDetail, ...]:
        """Every revocation, the latest first."""
        return await self._workers.run(self._kept.details)

    async def incident_page(self, *, limit: int, after: IncidentPlace | None) -> IncidentPage:
        """Part of them."""
        return await self._workers.run(self._kept.incident_page, limit=limit, after=after)

    def revocations(self) -> Mapping[str, Revocation]:
        """Of each certificate that was taken back, when and why."""
        return {one.certificate: Revocation(one.raised_at, one.why) for one in self._kept.incidents()}

    def observe(self) -> int:
        """Judge the next released claims by their payers' answers; how many, 0 where none is old enough.

        Blocking. Several processes may: each claim is judged once. Once a day, when none is old enough, each looks at
        what is known of the younger ones. Raises StoreError.
        """
        at = self._clock()
        taken = self._kept.take_answers(at, limit=AT_ONCE)
        if not taken.asked and self._looked_on != at.date():
            for incident in self._kept.look_ahead(at):
                self._revoked(incident)
            self._looked_on = at.date()
        for answer, count in taken.found.items():
            metrics().answers.labels(answer).inc(count)
        for incident in taken.incidents:
            self._revoked(incident)
        return taken.asked

    def _check(self, item_id: str, given: BlindCheck) -> CheckOutcome:
        given = msgspec.structs.replace(given, reviewer=signature(given.reviewer))
        outcome = self._kept.check(item_id, given, self._clock())
        kind = self._store.get(item_id).row.kind
        metrics().check(kind, wrong=outcome.wrong)
        if outcome.incident is not None:
            self._revoked(outcome.incident)
        return told(outcome)

    def check_certificates(self) -> None:
        """Raises StoreError where it cannot be told which certificates stand."""
        self._live.check()

    def _revoked(self, incident: Incident) -> None:
        self._live.refresh()
        metrics().incidents.labels(incident.cell.kind).inc()
        logger.warning("certificate %s was revoked: %s", incident.certificate, incident.why)

    def _blind(self, item_id: str) -> BlindItem:
        row = self._kept.blind_row(item_id)
        stored = self._store.get(item_id)
        subject = stored.record
        if not isinstance(
            subject, Claim | ClaimPayment | VendorInvoice
        ):  # pragma: no cover - never automatic
            raise TypeError("items of this kind never go automatically")
        if isinstance(subject, VendorInvoice):
            subject = blind_invoice(subject)
        found = _candidates(stored, subject, self._store.identifiers)
        AuditStore.of(self._store).add(view_entry(item_id, blind=True))
        return BlindItem(row, subject, ACTIONS[row.kind], found)


def _candidates(
    stored: StoredItem, subject: Claim | ClaimPayment | VendorInvoice, identifiers: Identifiers
) -> tuple[BlindCandidate, ...]:
    """In the order of a keyed digest: the one that the lane took may stand anywhere."""
    if not isinstance(subject, ClaimPayment):
        return ()
    found = [
        BlindCandidate(reference, claim, field_evidence(subject, claim))
        for reference, claim, _ in stored.candidates
    ]
    return tuple(sorted(found, key=lambda one: identifiers.of("blind-order", stored.row.id, one.reference)))
