"""Rows of a table that cannot be read, and the records that may lack a line for it: none of those is taken."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from serving.portal.refusals import PartError

Key = tuple[str, ...]  # of a record, its claim id first
BROKEN = "is not UTF-8, or has a quotation mark that is not closed"


@dataclass(frozen=True)
class LostRow:
    """A row that is no line of a record; ``sure`` where its claim id is among ``ids`` if it can be anywhere."""

    number: int
    refusal: PartError
    ids: tuple[str, ...] = ()
    sure: bool = False

    @classmethod
    def of(
        cls, number: int, line: str, cells: Sequence[str] | None, width: int, place: int, separator: str
    ) -> LostRow:
        """A line that has other than ``width`` cells, or cannot be split (None); the claim id stands at ``place``.

        With cells too many, the claim id may stand as many places further on. With too few it may be the one that is
        missing, and the last one may be cut.
        """
        what = BROKEN if cells is None else f"has {len(cells)} cells, and the first line has {width}"
        parts = [part.strip(' "') for part in line.split(separator)] if cells is None else cells
        more = len(parts) - width
        whole = parts if more >= 0 else parts[:-1]
        near = whole[max(0, min(place, place + more)) : max(place, place + more) + 1]
        ids = tuple(part for part in near if part and not _has_bad_byte(part))
        return cls(number, PartError(f"row {number}", what), ids, sure=more >= 0 and len(ids) == len(near))

    @classmethod
    def nameless(cls, number: int) -> LostRow:
        """A row without a claim id."""
        return cls(number, PartError(f"row {number}, column claim_id", "is empty"))


def refusals(
    lost: Sequence[LostRow], groups: Mapping[Key, Sequence[int]]
) -> tuple[dict[Key, PartError], dict[int, PartError]]:
    """Of the records, by key with the numbers of their rows, those that are refused; and the lost rows by themselves.

    A row that names a known claim is told with that claim. One that may belong to any is told by itself, and refuses
    the records directly before and after it.
    """
    known = {key[0] for key in groups}
    places = sorted((number, key) for key, numbers in groups.items() for number in numbers)
    named: dict[str, PartError] = {}
    beside: dict[Key, PartError] = {}
    alone: dict[int, PartError] = {}
    for row in lost:
        owners = known.intersection(row.ids)
        for one in owners:
            named.setdefault(one, row.refusal)
        if owners:
            continue
        alone[row.number] = row.refusal
        after = bisect(places, (row.number,))
        for _, key in () if row.sure else places[max(0, after - 1) : after + 1]:
            beside.setdefault(
                key, PartError(f"row {row.number}", "cannot be told from a line of the claim beside it")
            )
    return {**beside, **{key: named[key[0]] for key in groups if key[0] in named}}, alone


def _has_bad_byte(text: str) -> bool:
    return any("\udc80" <= letter <= "\udcff" for letter in text)
