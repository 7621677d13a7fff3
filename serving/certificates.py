"""What stands of every certificate today: what it promises, whether it is in force, and what is wanting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Literal

from msgspec import Struct

from models.certificate_curves import Curve
from models.certificate_words import cell_name, naive_text, promise, tighter, wanting
from models.certificates import Certificate, revoke
from models.routing import in_force
from serving.champions import Champions

Standing = Literal["live", "revoked", "expired", "not-in-force", "not-certified"]


class Revocation(Struct, frozen=True):
    """That the monitor took a certificate back; only a new one reinstates its cell."""

    at: datetime  # UTC
    why: str  # a sentence for a reviewer


Revocations = Callable[[], Mapping[str, Revocation]]
"""Revocations by the certificate's id, as they are now; may read a store."""


class Held(Struct, frozen=True):
    """A certificate with what is said of it; ``curve`` is absent for models that were saved without."""

    certificate: Certificate
    standing: Standing
    name: str  # of the cell
    promise: str
    tighter: str
    wanting: str
    naive: str
    revocation: Revocation | None
    curve: Curve | None


class Told(Struct, frozen=True):
    """A certificate as the API tells it; the points of its curve stand in ``certificate_curves.json``."""

    id: str
    kind: str
    payer_group: str
    value_band: str
    standing: Standing
    promise: str
    wanting: str  # what an uncertified cell wants; empty for others
    threshold: float | None
    coverage: float | None  # 0..1, the share of the cell's fresh labels at or above the threshold
    checked: int
    wrong: int
    alpha: float
    delta: float
    level: float | None  # the cell's own in the test
    upper_bound: float | None  # exact, at that level; read after the choice, so no promise
    labels_wanted: int | None
    days_wanted: float | None
    window_from: date
    window_to: date
    expires: date
    model_version: str
    revoked_at: datetime | None
    revoked_why: str | None


def _none() -> Mapping[str, Revocation]:
    return {}


class CertificateBook:
    """The certificates of the champions that serve, with their curves."""

    def __init__(self, champions: Champions | None, revocations: Revocations = _none) -> None:
        self._champions = champions
        self._revocations = revocations

    def held(self, day: date) -> tuple[Held, ...]:
        """Every certificate as it stands on a day, kind by kind in the champions' order."""
        if self._champions is None:
            return ()
        revoked = self._revocations()
        curves = {curve.certificate: curve for found in self._champions.curves.values() for curve in found}
        return tuple(
            self._held(certificate, day, revoked.get(certificate.id), curves.get(certificate.id))
            for found in self._champions.certificates.values()
            for certificate in found
        )

    def told(self, day: date) -> tuple[Told, ...]:
        """The same for the API."""
        return tuple(_told(one) for one in self.held(day))

    def _held(
        self, certificate: Certificate, day: date, revocation: Revocation | None, curve: Curve | None
    ) -> Held:
        now = revoke(certificate) if revocation else certificate
        return Held(
            certificate=now,
            standing=self._standing(now, day),
            name=cell_name(now.cell),
            promise=promise(now),
            tighter=tighter(curve) if curve else "",
            wanting=wanting(curve) if curve else "",
            naive=naive_text(curve) if curve else "",
            revocation=revocation,
            curve=curve,
        )

    def _standing(self, certificate: Certificate, day: date) -> Standing:
        """A live certificate is out of force where the policy now asks for more, or the model is another."""
        if certificate.threshold is None:
            return "not-certified"
        status = certificate.status_on(day)
        if status != "live" or self._champions is None:
            return status
        model = self._champions.model_version(certificate.cell.kind)
        policy = self._champions.policy
        governs = in_force([certificate], certificate.cell, policy=policy, model_version=model, day=day)
        return "live" if governs is not None else "not-in-force"


def _told(held: Held) -> Told:
    certificate, curve, revocation = held.certificate, held.curve, held.revocation
    point = curve.certified if curve else None
    return Told(
        id=certificate.id,
        kind=certificate.cell.kind,
        payer_group=certificate.cell.payer_group,
        value_band=certificate.cell.value_band,
        standing=held.standing,
        promise=held.promise,
        wanting=held.wanting,
        threshold=certificate.threshold,
        coverage=point.coverage if point else None,
        checked=certificate.n,
        wrong=certificate.errors,
        alpha=certificate.alpha,
        delta=certificate.delta,
        level=curve.level if curve else None,
        upper_bound=point.upper if point else None,
        labels_wanted=curve.wanted if curve else None,
        days_wanted=curve.days_wanted if curve else None,
        window_from=certificate.window_from,
        window_to=certificate.window_to,
        expires=certificate.expires,
        model_version=certificate.model_version,
        revoked_at=revocation.at if revocation else None,
        revoked_why=revocation.why if revocation else None,
    )
