"""What the page of an item shows of its postings, and the form by which a decision is taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from features.errors import BadInputError
from serving.access.actor import current_actor
from serving.access.permits import may
from serving.items import ItemDetail
from serving.pages.choices import LONGEST_NAME, LONGEST_REASON
from serving.postings.records import ItemPosting
from serving.workers import Workers

UNDO = "/items/{id}/undo"
NOTICE = "The decision was taken back. The item is open again."


class UndoForm(Struct, frozen=True):
    """Who takes a decision back, and why."""

    reviewer: str
    reason: str


class Postings(Struct, frozen=True):
    """Where the pages learn what was posted of an item; ``of_item`` blocks and is run by the workers."""

    of_item: Callable[[str], tuple[ItemPosting, ...]]
    workers: Workers

    async def shown(self, item: ItemDetail) -> tuple[ItemPosting, ...]:
        """Oldest first; nothing while the item waits for a blind check, as it would tell what was done."""
        if item.row.kind != "remittance-match" or item.awaits_check is not None:
            return ()
        return await self.workers.run(self.of_item, item.row.id)


def may_undo(item: ItemDetail) -> bool:
    """Whether whoever looks may take the item's decision back."""
    return item.row.status == "decided" and may(current_actor(), "POST", UNDO)


def read_undo(form: Mapping[str, str]) -> UndoForm:
    """The fields of the form; raises BadInputError in a reviewer's words."""
    reviewer, reason = " ".join(form.get("reviewer", "").split()), form.get("reason", "").strip()
    if not reviewer:
        raise BadInputError("your name is missing", "Reviewer", "say who takes it back, then send again")
    if not reason:
        raise BadInputError("the reason is missing", "Reason", "say why, then send again")
    if len(reviewer) > LONGEST_NAME or len(reason) > LONGEST_REASON:
        raise BadInputError("the text is too long", "Reason", f"use at most {LONGEST_REASON} characters")
    return UndoForm(reviewer, reason)
