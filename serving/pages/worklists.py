"""The pages ``/worklist`` and ``/backlog``: what their templates need."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup
from msgspec import Struct

from serving.access.actor import may_plan_for
from serving.worklists.backlog import Backlog, Backlogs, QueueBacklog
from serving.worklists.planning import Worklist, Worklists

WIDTH, HEIGHT, GAP = 150, 34, 4  # of a queue's picture, in its own units


class QueueRow(Struct, frozen=True):
    """A queue with its picture."""

    queue: QueueBacklog
    picture: Markup


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
    return {"view": view, "rows": [QueueRow(one, ages_svg(one)) for one in view.queues]}


def ages_svg(queue: QueueBacklog) -> Markup:
    """A column an age band, as high as the band is large beside the queue's largest; the overdue part is red."""
    most = max(band.items for band in queue.ages)
    width = WIDTH / len(queue.ages)
    columns = []
    for place, band in enumerate(queue.ages):
        left = place * width + GAP / 2
        for name, count in (("waits", band.items), ("overdue", band.overdue)):
            tall = HEIGHT * count / most if most else 0.0
            columns.append(
                f'<rect class="{name}" x="{left:.1f}" y="{HEIGHT - tall:.1f}" '
                f'width="{width - GAP:.1f}" height="{tall:.1f}"/>'
            )
    said = "; ".join(f"{band.name}: {band.items}, {band.overdue} overdue" for band in queue.ages)
    return Markup(  # noqa: S704 - of numbers and of the names of the bands alone
        f'<svg class="ages" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{said}">{"".join(columns)}</svg>'
    )
