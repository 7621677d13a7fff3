"""What the page of a claim shows of the advice on it: broken rules, what a denial would be about, what would change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from features.denial_codes import DENIALS
from models.denial_outlook import DenialOutlook, Likely
from models.what_if import Change
from serving.denial_advice import DenialAdvice

MOST_LIKELY = 3  # categories and CARCs that are shown
FAINTEST = 0.05  # of a probability: what is less likely is not shown


@dataclass(frozen=True)
class LikelyView:
    """A category or a CARC in words."""

    label: str
    probability: float


@dataclass(frozen=True)
class AdviceView:
    """The advice as the page shows it; line risks by the line's place, from 0."""

    conflicts: tuple[tuple[str, str], ...]  # text and rule
    changes: tuple[Change, ...]
    categories: tuple[LikelyView, ...]
    carcs: tuple[LikelyView, ...]
    line_risks: Mapping[int, float]


def advice_view(advice: DenialAdvice | None) -> AdviceView | None:
    """The view; None where there is no advice."""
    if advice is None:
        return None
    outlook: DenialOutlook = advice.outlook
    return AdviceView(
        conflicts=tuple((one.text, one.source) for one in advice.conflicts),
        changes=advice.changes,
        categories=_views(outlook.categories, carcs=False),
        carcs=_views(outlook.carcs, carcs=True),
        line_risks={one.place: one.probability for one in outlook.lines},
    )


def _views(likely: tuple[Likely, ...], *, carcs: bool) -> tuple[LikelyView, ...]:
    worded = carc_words if carcs else category_words
    shown = [one for one in likely[:MOST_LIKELY] if one.probability >= FAINTEST]
    return tuple(LikelyView(worded(one.code), one.probability) for one in shown)


def carc_words(code: str) -> str:
    """A CARC with its short label.

    >>> carc_words("197"), carc_words("X99")
    ('CARC 197: authorization or notification absent', 'CARC X99')
    """
    label = DENIALS.get(code)
    return f"CARC {code}: {label}" if label else f"CARC {code}"


def category_words(code: str) -> str:
    """A category as a reader writes it.

    >>> category_words("medical-necessity")
    'Medical necessity'
    """
    return code.replace("-", " ").capitalize()
