"""Which cells of a policy the certificates in force cover, what the others want, and certifying anew for a replay."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import numpy as np
from msgspec import Struct

from models.certificate_words import OUT_OF_REACH
from models.certificates import Cell, Certificate
from models.certification import plan, walk
from training.certificates import NO_ROWS, Judged, certify_cells, rows_of
from training.thresholds.wanted import labels_wanted
from training.whatif.rows import Rows
from training.whatif.ruling import Ruling, cell_name

Score = Callable[[date, date], Rows]  # of the model that is tried, on some days


class Covered(Struct, frozen=True, kw_only=True):
    """A cell of the policy that is tried, and what stands for it on the first honest day."""

    cell: str
    in_force: bool
    certified: bool  # in force, and with a threshold
    threshold: float | None = None
    why: str = ""  # it is not in force
    labels: int = 0  # checked items of the cell in the certification window
    wanted: int | None = (
        None  # checked items that a new test wants; None: at every threshold too many were wrong
    )
    days: int | None = None  # in which as many are checked at that window's rate


def coverage(
    ruling: Ruling, kind: str, *, day: date, window: tuple[date, date], score: Score
) -> list[Covered]:
    """The cells of a kind; the certification window is scored only where a cell has no certificate in force."""
    cells = ruling.policy.cells(kind)
    found = {cell: ruling.governing(cell, day) for cell in cells}
    if all(found.values()):
        return [_held(cell, one) for cell, one in found.items() if one]
    rows = score(*window).judged()
    length = (window[1] - window[0]).days + 1
    return [
        _held(cell, one) if one else _wanting(ruling, cell, rows, length, why_not(ruling, cell, day))
        for cell, one in found.items()
    ]


def why_not(ruling: Ruling, cell: Cell, day: date) -> str:
    """Why no certificate is in force for a cell."""
    policy, kind = ruling.policy, cell.kind
    of_model = [one for one in ruling.certificates if one.model_version == ruling.model]
    of_cell = [one for one in of_model if one.cell == cell]
    if not of_model:
        return "the model has no certificates"
    if not of_cell:
        return "no certificate is of this cell: the policy's bands or groups are other ones"
    best = min(of_cell, key=lambda one: (one.alpha, one.delta))
    if best.alpha > policy.alpha(kind):
        return f"it was certified for alpha {best.alpha:g}, the policy asks for {policy.alpha(kind):g}"
    if best.delta > policy.delta(kind):
        return f"it was certified at delta {best.delta:g}, the policy asks for {policy.delta(kind):g}"
    return f"it is {best.status_on(day)}"


def recertified(
    ruling: Ruling,
    kind: str,
    *,
    windows: dict[str, tuple[date, date]],
    score: Score,
    digest: str,
    until: date,
    seed: int,
) -> tuple[Certificate, ...]:
    """Certificates for this replay alone: planned on the calibration window, tested on the certification window.

    They hold to the replay's last day. Empty where either window has no label in this folder.
    """
    planned, fresh = score(*windows["calibration"]).judged(), score(*windows["certification"]).judged()
    if planned is None or fresh is None:
        return ()
    family = certify_cells(
        kind,
        policy=ruling.policy,
        planned=planned,
        fresh=fresh,
        model_version=ruling.model,
        data_digest=digest,
        issued=until,
        seed=seed,
    )
    return family.certificates


def sentences(kind: str, cells: Sequence[Covered]) -> list[str]:
    """What a person has to know of the cells without a certificate."""
    return [
        f"{kind}, {one.cell}: no certificate is in force, {one.why}. {_wants(one)}"
        for one in cells
        if not one.in_force
    ]


def _wants(one: Covered) -> str:
    if one.wanted is None:
        return (
            f"Among its {one.labels:,} checked items of the certification window too large a share was wrong at every "
            "threshold tried, so that no number of labels can be named; until then people see all of it."
        )
    when = _when(one.days)
    return (
        f"A new test wants about {one.wanted:,} freshly checked items{when}; until then people see all of it."
    )


def _when(days: int | None) -> str:
    """How long as many take at the rate of the certification window.

    >>> _when(12), _when(48_424)
    (', about 12 days at the rate of that window', ', at the rate of that window out of reach (more than three years)')
    """
    if not days:
        return ""
    if days > OUT_OF_REACH:
        return ", at the rate of that window out of reach (more than three years)"
    return f", about {days:,} days at the rate of that window"


def _held(cell: Cell, certificate: Certificate) -> Covered:
    threshold = certificate.threshold
    return Covered(cell=cell_name(cell), in_force=True, certified=threshold is not None, threshold=threshold)


def _wanting(ruling: Ruling, cell: Cell, rows: Judged | None, days: int, why: str) -> Covered:
    policy = ruling.policy
    alpha, level = policy.alpha(cell.kind), policy.delta(cell.kind) / len(policy.cells(cell.kind))
    places = NO_ROWS if rows is None else rows_of([cell], rows, policy)[0]
    scores = np.zeros(0) if rows is None else rows.confidence()[places]
    errors = np.zeros(0, dtype=np.int64) if rows is None else rows.errors[places]
    thresholds = plan(scores, errors, places.size, alpha, delta=level)
    wanted = labels_wanted(walk(scores, errors, thresholds), places.size, alpha=alpha, level=level)
    at_rate = round(wanted / places.size * days) if wanted is not None and places.size else None
    return Covered(
        cell=cell_name(cell),
        in_force=False,
        certified=False,
        why=why,
        labels=places.size,
        wanted=wanted,
        days=at_rate,
    )
