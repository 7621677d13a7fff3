"""What a claim may be denied for, one head a reason, and how the heads make one probability.

A payer's rules fire each for itself: a missing authorization, a lapsed plan, a second bill. So the model has a head for
each reason that was given often enough, and the claim is denied where any of them fires: 1 - (1 - p1)(1 - p2)... Each
head learns from what concerns it, which few denials suffice for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy.special import expit

from features.denial_codes import CATEGORIES, OTHER, category_of
from models.denial_outlook import Likely

Floats = NDArray[np.float64]

FEWEST: Final = 40  # denials that a head is learnt from
PAID: Final = 0  # the class of a claim that was paid as sent; the heads' classes follow
SMALLEST = 1e-12


class Head(Struct, frozen=True):
    """A category, with the CARCs that it stands for and the share of each among its denials."""

    category: str
    carcs: dict[str, float]


def heads_of(carcs: Sequence[str | None]) -> tuple[Head, ...]:
    """A head for each CARC with enough denials; the rest of a category together, and what is still few as ``other``.

    ``carcs`` hold the first one of each claim's denial, None where it was paid as sent.
    """
    counts = Counter(carc for carc in carcs if carc is not None)
    own = [carc for carc, count in counts.items() if count >= FEWEST]
    rest: dict[str, Counter[str]] = {}
    for carc in counts.keys() - own:
        rest.setdefault(category_of(carc), Counter())[carc] = counts[carc]
    few = {category for category, found in rest.items() if found.total() < FEWEST}
    pooled = Counter[str]()
    for category in sorted(few):
        pooled += rest.pop(category)
    heads = [Head(category_of(carc), {carc: 1.0}) for carc in sorted(own)]
    heads += [Head(category, _shares(found)) for category, found in sorted(rest.items())]
    return (*heads, *([Head(OTHER, _shares(pooled))] if pooled else []))


def classes(carcs: Sequence[str | None], heads: Sequence[Head]) -> NDArray[np.int64]:
    """The class of each claim, (n,): ``PAID``, or one more than the place of its head."""
    place = {carc: number + 1 for number, head in enumerate(heads) for carc in head.carcs}
    other = next((number + 1 for number, head in enumerate(heads) if head.category == OTHER), len(heads))
    return np.array([PAID if carc is None else place.get(carc, other) for carc in carcs], dtype=np.int64)


def log_probability(raw: Floats) -> Floats:
    """Of any head firing, (n,), out of the classes' log-odds (n, 1 + heads); below 0.

    The sum is taken by logarithms, for many small chances make one that is small too.
    """
    fires = expit(raw[:, PAID + 1 :])
    return np.asarray(np.log(np.clip(-np.expm1(np.log1p(-fires).sum(axis=1)), SMALLEST, 1.0)))


def shares(raw: Floats) -> Floats:
    """Each head's part in a denial, (n, heads); they add up to 1."""
    fires = expit(raw[:, PAID + 1 :])
    return np.asarray(fires / fires.sum(axis=1, keepdims=True))


def weights(raw: Floats) -> Floats:
    """How far a step in a head's log-odds moves ``log_probability``, (n, heads): its slope."""
    fires = expit(raw[:, PAID + 1 :])
    fired = np.exp(log_probability(raw))[:, None]
    return np.asarray(fires * (1.0 - fired) / np.clip(fired, SMALLEST, None))


def by_category(part: Floats, categories: Sequence[str]) -> Floats:
    """Shares of heads (n, heads), each of a category, as shares of all categories, (n, len(CATEGORIES))."""
    found = np.zeros((len(part), len(CATEGORIES)))
    for place, category in enumerate(categories):
        found[:, CATEGORIES.index(category)] += part[:, place]
    return found


def likely_categories(part: Floats, heads: Sequence[Head]) -> tuple[Likely, ...]:
    """The categories of a denial, likeliest first; ``part`` (heads,) as of ``shares``."""
    found = Counter[str]()
    for head, share in zip(heads, part.tolist(), strict=True):
        found[head.category] += share
    return _ranked(found)


def likely_carcs(part: Floats, heads: Sequence[Head]) -> tuple[Likely, ...]:
    """The CARCs of a denial, likeliest first."""
    found = Counter[str]()
    for head, share in zip(heads, part.tolist(), strict=True):
        for carc, within in head.carcs.items():
            found[carc] += share * within
    return _ranked(found)


def heads_to_plain(heads: Sequence[Head]) -> list[dict[str, Any]]:
    """For a manifest."""
    return [{"category": head.category, "carcs": head.carcs} for head in heads]


def heads_from_plain(plain: Sequence[Mapping[str, Any]]) -> tuple[Head, ...]:
    """The inverse of ``heads_to_plain``."""
    return tuple(Head(one["category"], dict(one["carcs"])) for one in plain)


def _shares(counts: Counter[str]) -> dict[str, float]:
    return {carc: count / counts.total() for carc, count in sorted(counts.items())}


def _ranked(found: Mapping[str, float]) -> tuple[Likely, ...]:
    ordered = sorted(found.items(), key=lambda one: (-one[1], one[0]))
    return tuple(Likely(code, probability) for code, probability in ordered)
