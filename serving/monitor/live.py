"""The champions' certificates less those that were revoked, in every process of the service within a second."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from models.certificates import Cell, Certificate, revoke
from serving.champions import Champions
from serving.monitor.records import Incident

FRESH_SECONDS = 1.0
Incidents = Callable[[], Sequence[Incident]]


class LiveCertificates(Mapping[str, Sequence[Certificate]]):
    """Certificates by kind, as ``Champions`` holds them, each marked as revoked where the store says so.

    A cell whose certificate was revoked is reinstated only by another one whose labels all came after that day:
    whatever came before, or belongs to an older model file, stays revoked, after a restart too. Where the store cannot
    be read nothing is routed: the error goes on to the caller.
    """

    def __init__(
        self,
        certificates: Mapping[str, Sequence[Certificate]],
        incidents: Incidents,
        *,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._given = certificates
        self._incidents = incidents
        self._seconds = seconds
        self._lock = threading.Lock()
        self._read_at: float | None = None
        self._now: dict[str, tuple[Certificate, ...]] = {}

    @staticmethod
    def over(champions: Champions, incidents: Incidents) -> tuple[Champions, LiveCertificates]:
        """The same champions under this watch, and what to refresh when something was revoked here."""
        live = LiveCertificates(champions.certificates, incidents)
        return replace(champions, certificates=live), live

    def refresh(self) -> None:
        """Read the store at the next look, whenever it was read last."""
        with self._lock:
            self._read_at = None

    def check(self) -> None:
        """Raises StoreError where it cannot be told which certificates stand: nothing could be routed by them."""
        for kind in self._given:
            self[kind]

    def __getitem__(self, kind: str) -> Sequence[Certificate]:
        with self._lock:
            if self._read_at is None or self._seconds() - self._read_at >= FRESH_SECONDS:
                self._now = _standing(self._given, self._incidents())
                self._read_at = self._seconds()
            return self._now[kind]

    def __iter__(self) -> Iterator[str]:
        return iter(self._given)

    def __len__(self) -> int:
        return len(self._given)


def _standing(
    given: Mapping[str, Sequence[Certificate]], incidents: Sequence[Incident]
) -> dict[str, tuple[Certificate, ...]]:
    names = {one.certificate for one in incidents}
    days: dict[Cell, date] = {}
    for one in incidents:
        days[one.cell] = max(days.get(one.cell, date.min), one.raised_at.date())
    return {
        kind: tuple(revoke(one) if _is_revoked(one, names, days) else one for one in found)
        for kind, found in given.items()
    }


def _is_revoked(certificate: Certificate, names: set[str], days: Mapping[Cell, date]) -> bool:
    since = days.get(certificate.cell)
    return certificate.id in names or (since is not None and certificate.window_from <= since)
