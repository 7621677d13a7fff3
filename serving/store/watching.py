"""The draw of items for a blind check, as they go automatically; written with the item in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, or_, select

from models.certificates import Cell
from serving.identifiers import ID_BYTES, Identifiers
from serving.intake import NewItem
from serving.monitor.records import DUE_HOURS, Watched
from serving.store.monitor_tables import incidents, watched
from serving.store.schema import about

_WHOLE: int = 2 ** (8 * ID_BYTES)


def watch_items(connection: Connection, new: Sequence[NewItem], received_at: datetime) -> None:
    """Note every item that went under a certificate, with its probability and whether it was drawn."""
    automatic = [(one, one.scored.watched) for one in new if one.scored.lane == "auto" and one.scored.watched]
    if automatic:
        key = connection.execute(select(about.c.id_key)).scalar_one()
        identifiers = Identifiers(bytes(key))
        connection.execute(insert(watched), [_row(*one, identifiers, received_at) for one in automatic])


def is_revoked(connection: Connection, new: Iterable[NewItem], since: datetime) -> bool:
    """Whether a certificate that one of them goes under was revoked, or since a moment any certificate of its cell.

    Scoring takes its time, and the alarm of another process may have come meanwhile.
    """
    under = [one.scored for one in new if one.scored.lane == "auto" and one.scored.watched]
    names, cells = (
        {one.versions.certificate for one in under},
        {one.watched.cell for one in under if one.watched},
    )
    if not under:
        return False
    found = select(incidents).where(or_(incidents.c.certificate.in_(names), incidents.c.raised_at >= since))
    return any(
        row.certificate in names or Cell(row.kind, row.payer_group, row.value_band) in cells
        for row in connection.execute(found)
    )


def is_drawn(item_id: str, probability: float, identifiers: Identifiers) -> bool:
    """Whether an item is checked: by a keyed digest of its id, so that repeats agree and no caller can foresee it.

    >>> is_drawn("a", 1.0, Identifiers(b"key")), is_drawn("a", 0.0, Identifiers(b"key"))
    (True, False)
    """
    return int(identifiers.of("blind-check", item_id), 16) < probability * _WHOLE


def _row(new: NewItem, under: Watched, identifiers: Identifiers, received_at: datetime) -> dict[str, Any]:
    return {
        "item_id": new.id,
        "certificate": new.scored.versions.certificate,
        "kind": under.cell.kind,
        "payer_group": under.cell.payer_group,
        "value_band": under.cell.value_band,
        "alpha": under.alpha,
        "probability": under.probability,
        "drawn": is_drawn(new.id, under.probability, identifiers),
        "received_at": received_at,
        "due_at": received_at + timedelta(hours=DUE_HOURS),
    }
