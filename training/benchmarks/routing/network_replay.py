"""A period passed through ``route()`` day by day, with or without someone watching the automatic lane."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from models.certificates import Cell, Certificate, revoke
from models.monitoring import detector_of_answers, detector_of_checks
from models.policy import Policy
from models.routing import Lane, route
from training.benchmarks.routing.network_period import Period


class Detector(Protocol):
    """What watches one cell; ``models.monitoring.EDetector`` unless a test says otherwise."""

    def update(self, checked: int, wrong: int) -> bool:
        """Take checks; True on an alarm."""

    def update_together(self, count: int, wrong: int) -> bool:
        """Take all answers of a day; True on an alarm."""

    def looked_ahead(self, lots: Iterable[tuple[int, int]]) -> Detector:
        """Another that took answers of further days."""

    @property
    def alarmed(self) -> bool:
        """Whether there was an alarm."""


def detector_of(certificate: Certificate, answered: bool) -> Detector:
    """As the service has it."""
    if answered:
        return detector_of_answers(certificate.alpha)
    return detector_of_checks(certificate.cell.kind, certificate.alpha)


@dataclass
class Watch:
    """The blind sample of the automatic lane, or payers' answers to all of it, and a detector for each certificate."""

    probability: float  # with which an automatic item is checked, where no answer tells of it
    seed: int
    detector: Callable[[Certificate, bool], Detector] = detector_of
    alarms: dict[Cell, date] = field(default_factory=dict)
    checked: dict[Cell, int] = field(default_factory=lambda: defaultdict(int))
    found: dict[Cell, int] = field(default_factory=lambda: defaultdict(int))  # of these, wrong
    _detectors: dict[Cell, Detector] = field(default_factory=dict)

    def drawn(self, count: int) -> NDArray[np.bool_]:
        """Which of so many items are checked if they go without a look, (count,)."""
        return np.random.default_rng(self.seed).random(count) < self.probability

    def tell(
        self, certificate: Certificate, checked: int, wrong: int, day: date, *, answered: bool = False
    ) -> bool:
        """A day's verdicts on one cell; True where they raise the alarm. Answers are to the claims of one day."""
        cell = certificate.cell
        self.checked[cell] += checked
        self.found[cell] += wrong
        detector = self._detectors.setdefault(cell, self.detector(certificate, answered))
        update = detector.update_together if answered else detector.update
        return self._noted(cell, day, alarm=update(checked, wrong))

    def look_ahead(self, certificate: Certificate, days: Iterable[tuple[int, int]], day: date) -> bool:
        """Look at days whose answers are not all due; True where they raise the alarm."""
        cell = certificate.cell
        detector = self._detectors.setdefault(cell, self.detector(certificate, True))
        return self._noted(cell, day, alarm=detector.looked_ahead(days).alarmed)

    def _noted(self, cell: Cell, day: date, *, alarm: bool) -> bool:
        if cell in self.alarms or not alarm:
            return False
        self.alarms[cell] = day
        return True


def replay(
    period: Period,
    *,
    policy: Policy,
    certificates: Sequence[Certificate],
    model_version: str,
    watch: Watch | None = None,
) -> NDArray[np.bool_]:
    """Which items go without a look, (n,).

    A day begins with the verdicts that have come by then: a cell with an alarm has its certificate revoked, and its
    items go to people from that day on. What is told after the last day of the period comes too late.
    """
    went = np.zeros(len(period.items), dtype=np.bool_)
    live = {certificate.id: certificate for certificate in certificates}
    under = np.full(went.size, "", dtype=object)
    drawn = watch.drawn(went.size) if watch and period.answers is None else np.ones_like(went)
    for day in sorted({*period.days.tolist(), *period.told[period.told <= period.days.max()].tolist()}):
        if watch:
            _morning(period, watch, live, day, went & drawn, under)
            if period.answers is not None:
                _look_ahead(period, watch, live, day, went, under)
        for row in np.flatnonzero(period.days == np.datetime64(day)).tolist():
            routed = route(
                period.items[row],
                policy=policy,
                certificates=tuple(live.values()),
                model_version=model_version,
                at=day,
            )
            went[row], under[row] = routed.lane is Lane.AUTO, routed.certificate
    return went


def _morning(
    period: Period,
    watch: Watch,
    live: dict[str, Certificate],
    day: date,
    checked: NDArray[np.bool_],
    under: NDArray[np.object_],
) -> None:
    """The verdicts of a day, and what follows from them."""
    today = np.flatnonzero(checked & (period.told == np.datetime64(day)))
    for name in sorted(set(under[today])):
        rows = today[under[today] == name]
        wrong = int(period.known(day)[rows].sum())
        if watch.tell(live[name], rows.size, wrong, day, answered=period.answers is not None):
            live[name] = revoke(live[name])


def _look_ahead(
    period: Period,
    watch: Watch,
    live: dict[str, Certificate],
    day: date,
    went: NDArray[np.bool_],
    under: NDArray[np.object_],
) -> None:
    """What the answers say that are in of claims that are not old enough, and what follows from it."""
    today = np.datetime64(day)
    young, known = went & (period.days < today) & (period.told > today), period.known(day)
    for name in sorted(set(under[young])):
        rows = young & (under == name)
        sent, places = np.unique(period.days[rows], return_inverse=True)
        counts = np.bincount(places, minlength=sent.size)
        wrong = np.bincount(places, weights=known[rows], minlength=sent.size)
        days = zip(counts.tolist(), wrong.astype(int).tolist(), strict=True)
        if watch.look_ahead(live[name], days, day):
            live[name] = revoke(live[name])
