"""A million open claims out of a hundred thousand: copies that are other people's, with other numbers.

Each copy is a provider of its own: its letters and digits are exchanged for others, so that what patients and siblings
share stays shared, and names for others as common. Days, charges, payers and lines stay as they are.
"""

from __future__ import annotations

import random
import string
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import count, islice

from msgspec.structs import replace

from features.x12.records import Claim


def multiplied(claims: Sequence[Claim], wanted: int, *, seed: int) -> Iterator[Claim]:
    """So many claims: first these, then copies; none is kept here."""
    lasts = by_number(claim.patient_last for claim in claims)
    firsts = by_number(claim.patient_first for claim in claims)
    copies = (claim for copy in count(1) for claim in _copy(claims, copy, seed, lasts, firsts))
    yield from claims[:wanted]
    yield from islice(copies, max(0, wanted - len(claims)))


def by_number(names: Iterator[str | None]) -> Mapping[str | None, str]:
    """For each name the one that is next as common.

    >>> by_number(iter(["DOE", "ROE", "DOE", None]))
    {'DOE': 'ROE', 'ROE': 'DOE'}
    """
    ranked = [name for name, _ in Counter(name for name in names if name).most_common()]
    return dict(zip(ranked, [*ranked[1:], *ranked[:1]], strict=True))


def _copy(
    claims: Sequence[Claim],
    copy: int,
    seed: int,
    lasts: Mapping[str | None, str],
    firsts: Mapping[str | None, str],
) -> Iterator[Claim]:
    exchanged = _exchange(random.Random(f"{seed}/{copy}"))  # noqa: S311 - no secret
    letter = string.ascii_uppercase[copy % 26]
    for claim in claims:
        number, member = (
            (claim.claim_id or "").translate(exchanged),
            (claim.subscriber_id or "").translate(exchanged),
        )
        last, first = claim.patient_last, claim.patient_first
        for _ in range(copy % len(lasts) if lasts else 0):
            last = lasts.get(last, last)
        first = firsts.get(first, first) if copy % 2 else first
        yield replace(
            claim, claim_id=f"{letter}{number}", subscriber_id=member, patient_last=last, patient_first=first
        )


def _exchange(draws: random.Random) -> dict[int, int]:
    """Other digits for digits and other letters for letters, each for one."""
    table: dict[int, int] = {}
    for characters in (string.digits, string.ascii_uppercase):
        table |= str.maketrans(characters, "".join(draws.sample(characters, len(characters))))
    return table
