"""The list's filters, tabs and pages; what is in the address, and the address of what is next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, cast, get_args
from urllib.parse import urlencode

from features.errors import BadInputError
from serving.items import ItemFilter, ItemPage, Items, Kind, LaneName, Status
from serving.pages.looks import LANES

PAGE_SIZE = 50
Shown = Literal["open", "automatic", "decided", "all"]


@dataclass(frozen=True)
class Filters:
    """What a reviewer narrowed the list to; it travels in every link, so that "next" is the next of these."""

    lane: LaneName | None = None
    kind: Kind | None = None
    status: Shown = "open"
    queue: str | None = None

    @staticmethod
    def read(given: Mapping[str, str]) -> Filters:
        """The filters of an address or a form; raises BadInputError for a value that does not exist.

        But for the queue: which there are is known where the items are.
        """
        return Filters(
            lane=cast("LaneName | None", _one_of(given, "lane", get_args(LaneName), None)),
            kind=cast("Kind | None", _one_of(given, "kind", get_args(Kind), None)),
            status=cast("Shown", _one_of(given, "status", get_args(Shown), "open")),
            queue=given.get("queue") or None,
        )

    def query(self, **more: Any) -> str:
        """The query string that says these filters, and more; empty when nothing is to be said.

        >>> Filters(lane="review").query(page=2), Filters().query()
        ('?lane=review&page=2', '')
        """
        status = None if self.status == "open" else self.status
        values = {"lane": self.lane, "kind": self.kind, "queue": self.queue, "status": status, **more}
        said = {key: value for key, value in values.items() if value is not None}
        return f"?{urlencode(said)}" if said else ""

    def wanted(self) -> ItemFilter:
        """The filter as the store takes it."""
        status: Status | None = None if self.status == "all" else self.status
        return ItemFilter(self.lane, self.kind, status, self.queue)

    def open_only(self) -> ItemFilter:
        """The open items of the same lane and kind: what "next" steps through."""
        return ItemFilter(None if self.lane == "auto" else self.lane, self.kind, "open", self.queue)


def _one_of(given: Mapping[str, str], name: str, known: tuple[str, ...], default: str | None) -> str | None:
    value = given.get(name) or default
    if value is None or value in known:
        return value
    raise BadInputError(f"the list has no such {name}", remedy=f"use one of {', '.join(known)}")


@dataclass(frozen=True)
class Tab:
    """A lane above the list, or all of them, with how many items it holds."""

    lane: LaneName | None
    count: int
    query: str
    current: bool


@dataclass(frozen=True)
class ListView:
    """A page of the list, its tabs and its place in the whole; pages count from 1."""

    filters: Filters
    page: ItemPage
    tabs: tuple[Tab, ...]
    number: int
    queues: tuple[str, ...]

    @property
    def first(self) -> int:
        """The place of the first row in the whole list."""
        return (self.number - 1) * PAGE_SIZE + 1

    @property
    def last(self) -> int:
        """The place of the last row in the whole list."""
        return self.first + len(self.page.rows) - 1

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.page.total // PAGE_SIZE))


async def list_view(items: Items, filters: Filters, *, number: int) -> ListView:
    """The numbered page under the filters, the last one where the number is beyond it."""
    page = await items.page(filters.wanted(), offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE)
    last = max(1, -(-page.total // PAGE_SIZE))
    if number > last:
        return await list_view(items, filters, number=last)
    return ListView(filters, page, await _tabs(items, filters, page), number, await items.queues())


async def _tabs(items: Items, filters: Filters, page: ItemPage) -> tuple[Tab, ...]:
    """Open work and the automatic lane stand side by side, though their items differ in status."""
    counts: dict[str, int]
    statuses: dict[LaneName, Shown]
    if filters.status in ("decided", "all"):
        counts, statuses = page.lanes, dict.fromkeys(LANES, filters.status)
    else:
        counts, statuses = await _open_and_automatic(items, filters, page)
    lanes = [
        Tab(
            lane,
            counts.get(lane, 0),
            replace(filters, lane=lane, status=statuses[lane]).query(),
            lane == filters.lane,
        )
        for lane in LANES
    ]
    whole = replace(filters, lane=None, status=filters.status if filters.status != "automatic" else "open")
    total = sum(tab.count for tab in lanes if tab.lane and statuses[tab.lane] == whole.status)
    everything = Tab(None, total, whole.query(), filters.lane is None and filters.status != "automatic")
    return (everything, *lanes)


async def _open_and_automatic(
    items: Items, filters: Filters, page: ItemPage
) -> tuple[dict[str, int], dict[LaneName, Shown]]:
    async def lanes(status: Status) -> dict[str, int]:
        if status == filters.status:
            return page.lanes
        return (
            await items.page(ItemFilter(None, filters.kind, status, filters.queue), offset=0, limit=1)
        ).lanes

    counts = {**await lanes("open"), "auto": (await lanes("automatic")).get("auto", 0)}
    statuses: dict[LaneName, Shown] = {lane: "automatic" if lane == "auto" else "open" for lane in LANES}
    return counts, statuses
