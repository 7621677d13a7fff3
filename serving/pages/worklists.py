"""The pages ``/worklist`` and ``/backlog``: what their templates need."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup
from msgspec import Struct

from serving.access.actor import may_plan_for
from serving.worklists.backlog import AgeBand, Backlog, Backlogs, QueueBacklog
from serving.worklists.planning import Worklist, Worklists

WIDTH, HEIGHT = 20, 34  # of a column, in its own units


class AgeColumn(Struct, frozen=True):
    """An age band as it is drawn."""

    label: str  # that stands under it
    said: str  # the same in full, for those who hear the page
    items: int
    picture: Markup


class QueueRow(Struct, frozen=True):
    """A queue with the columns of its ages."""

    queue: QueueBacklog
    columns: tuple[AgeColumn, ...]


class Desk(Struct, frozen=True):
    """What the pages are made of."""

    worklists: Worklists
    backlogs: Backlogs


def worklist_values(desk: Desk, name: str) -> dict[str, Any]:
    """What the template of a worklist shows; no list before a reviewer is picked, or for an unknown name."""
    names = [one.name for one in desk.worklists.team.reviewer if may_plan_for(one.name)]
    view: Worklist | None = desk.worklists.of(name) if name in names else None
    return {"names": names, "picked": name if name in names else "", "view": view}


def backlog_values(desk: Desk) -> dict[str, Any]:
    """What the template of the backlog shows."""
    view: Backlog = desk.backlogs.now()
    return {"view": view, "rows": [QueueRow(one, age_columns(one)) for one in view.queues]}


def age_columns(queue: QueueBacklog) -> tuple[AgeColumn, ...]:
    """A column an age band, as high as the band is large beside the queue's largest; the overdue part is red."""
    most = max(band.items for band in queue.ages)
    return tuple(
        AgeColumn(
            label=_short(band.name),
            said=f"{band.name}: {band.items}, {band.overdue} overdue",
            items=band.items,
            picture=_column(band, most),
        )
        for band in queue.ages
    )


def _column(band: AgeBand, most: int) -> Markup:
    rects = []
    for name, count in (("waits", band.items), ("overdue", band.overdue)):
        tall = HEIGHT * count / most if most else 0.0
        rects.append(
            f'<rect class="{name}" x="0" y="{HEIGHT - tall:.1f}" width="{WIDTH}" height="{tall:.1f}"/>'
        )
    picture = f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none">{"".join(rects)}</svg>'
    return Markup(picture)  # noqa: S704 - of numbers alone


def _short(name: str) -> str:
    """The name of a band as it fits under a column.

    >>> [_short(one) for one in ("under 1 day", "1 to 3 days", "30 days and more")]
    ['< 1 d', '1–3 d', '30+ d']
    """
    short = name.replace("under ", "< ").replace(" to ", "–").replace(" days and more", "+ d")
    return short.replace(" days", " d").replace(" day", " d")
