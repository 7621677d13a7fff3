"""Candidates: every combination of up to three attributes that enough claims share, with the claims of each.

Of two combinations that hold for the same claims only the shorter is kept: {payer, procedure, its service line} says
no more than {payer, procedure}. Combinations are coded as whole numbers and counted by sorting, so that 100,000 claims
take seconds.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from features.patterns.attributes import NAMES, Attribute, described
from features.x12.records import Claim

LONGEST = 3  # conditions
SUPPORT = 20  # claims: fewer can show no excess that outweighs the number of combinations that are tried
MOST_ITEMS = (
    18  # a claim; of one with more the rarest are kept, which keeps the number of combinations bounded
)
SAME = 0.98  # of the claims of a shorter combination: what keeps so many of them adds no condition

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Itemsets:
    """Combinations of attributes: ``codes`` (m, 3) are places in ``items``, -1 where there are fewer than three.

    ``members`` (m, n) is 1 where the claim fulfils all conditions of the combination.
    """

    items: tuple[Attribute, ...]
    codes: Ints
    members: csr_matrix

    def conditions(self, row: int) -> tuple[Attribute, ...]:
        """The conditions of a combination, in the order in which a person names them."""
        found = [self.items[code] for code in self.codes[row] if code >= 0]
        return tuple(sorted(found, key=lambda item: NAMES.index(item.name)))

    def rows(self, row: int) -> NDArray[np.int32]:
        """The claims of a combination."""
        start, end = self.members.indptr[row : row + 2]
        found: NDArray[np.int32] = self.members.indices[start:end]
        return found


def find(claims: Sequence[Claim], *, support: int = SUPPORT) -> Itemsets:
    """All combinations that at least ``support`` of the claims share; ``claims`` in the order of their sending."""
    items, held = _items(claims, support)
    pairs = np.ones((len(items), len(items)), dtype=bool)
    kept = []
    for length in range(1, LONGEST + 1):
        kept.append(_grouped(held, length, len(items), support, pairs))
        if length == 2:
            pairs[:] = False
            pairs[np.divmod(kept[-1][0], max(1, len(items)))] = True
    return _assembled(items, kept, len(claims))


def _items(claims: Sequence[Claim], support: int) -> tuple[tuple[Attribute, ...], list[Ints]]:
    """The attributes that enough claims have, and those of each claim as sorted places among them."""
    said = list(described(claims))
    counts = Counter(item for some in said for item in some)
    often = sorted(
        (item for item, count in counts.items() if count >= support), key=lambda i: (i.name, i.value)
    )
    places = {item: place for place, item in enumerate(often)}
    rarity = np.array([counts[item] for item in often])
    held = []
    for some in said:
        row = np.array([places[item] for item in some if item in places], dtype=np.int64)
        if row.size > MOST_ITEMS:
            row = row[np.argsort(rarity[row], kind="stable")[:MOST_ITEMS]]
        held.append(np.sort(row))
    return tuple(often), held


def _grouped(
    held: list[Ints], length: int, items: int, support: int, pairs: NDArray[np.bool_]
) -> tuple[Ints, list[NDArray[np.int32]]]:
    """Combinations of a length that are frequent enough, and the claims of each."""
    codes, claims = _coded(held, length, items, pairs)
    order = np.argsort(codes, kind="stable")
    codes, claims = codes[order], claims[order]
    starts = (
        np.flatnonzero(np.r_[True, codes[1:] != codes[:-1]]) if codes.size else np.zeros(0, dtype=np.int64)
    )
    ends = np.r_[starts[1:], codes.size]
    enough = ends - starts >= support
    spans = zip(starts[enough], ends[enough], strict=True)
    return codes[starts[enough]], [claims[start:end] for start, end in spans]


def _coded(
    held: list[Ints], length: int, items: int, pairs: NDArray[np.bool_]
) -> tuple[Ints, NDArray[np.int32]]:
    """Every combination of every claim as one number, and its claim; only such of which every pair is frequent."""
    by_size: dict[int, list[int]] = defaultdict(list)
    for claim, row in enumerate(held):
        by_size[row.size].append(claim)
    codes, claims = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int32)]
    for size, some in sorted(by_size.items()):
        rows = np.stack([held[claim] for claim in some])
        numbers = np.array(some, dtype=np.int32)
        for chosen in combinations(range(size), length):
            columns = [rows[:, place] for place in chosen]
            kept = np.ones(len(rows), dtype=bool)
            for one, other in combinations(columns, 2):
                kept &= pairs[one, other]
            codes.append(_key([column[kept] for column in columns], items))
            claims.append(numbers[kept])
    return np.concatenate(codes), np.concatenate(claims)


def _key(columns: Sequence[Ints], items: int) -> Ints:
    key = columns[0]
    for column in columns[1:]:
        key = key * items + column
    return key


def _assembled(
    items: tuple[Attribute, ...], kept: list[tuple[Ints, list[NDArray[np.int32]]]], claims: int
) -> Itemsets:
    """All lengths together, without what adds no condition to a shorter one."""
    supports: dict[tuple[int, ...], int] = {}
    codes: list[list[int]] = []
    rows: list[NDArray[np.int32]] = [np.zeros(0, dtype=np.int32)]
    for length, (found, members) in enumerate(kept, start=1):
        for code, some in zip(found.tolist(), members, strict=True):
            parts = _digits(code, length, len(items))
            supports[parts] = len(some)
            shorter = combinations(parts, length - 1) if length > 1 else ()
            if all(len(some) < SAME * supports[part] for part in shorter):
                codes.append([*parts, *[-1] * (LONGEST - length)])
                rows.append(some)
    indptr = np.cumsum([len(some) for some in rows])
    indices = np.concatenate(rows)
    ones = np.ones(len(indices), dtype=np.float32)
    members_of = csr_matrix((ones, indices, indptr), shape=(len(codes), claims))
    return Itemsets(items, np.array(codes, dtype=np.int64).reshape(-1, LONGEST), members_of)


def _digits(code: int, length: int, base: int) -> tuple[int, ...]:
    """The places that a number was made of.

    >>> _digits(3 * 100 + 7, 2, 100)
    (3, 7)
    """
    digits = []
    for _ in range(length):
        code, digit = divmod(code, base)
        digits.append(digit)
    return tuple(reversed(digits))
