"""A confidence in words: what the figure promises, and how sure the figure itself is."""

from __future__ import annotations

from collections.abc import Mapping

from serving.items import ItemDetail, Kind
from serving.pages.formatting import percent_range

_PROMISES: Mapping[Kind, str] = {
    "remittance-match": "Of 100 payments that score like this one, {n} belong to the claim that stands first.",
    "denial-risk": "Of 100 claims that score like this one, {n} are paid without a denial.",
    "rejected-claim": "Of 100 rejections that score like this one, the proposal is right for {n}.",
    "unreadable": "Of 100 files that score like this one, the proposal is right for {n}.",
}
NO_SCORE = "No model has scored this item, so a person decides it."


def promise(kind: Kind, confidence: float | None) -> str:
    """What a confidence in 0..1 says about items like this one.

    >>> promise("denial-risk", 0.874)
    'Of 100 claims that score like this one, about 87 are paid without a denial.'
    """
    if confidence is None:
        return NO_SCORE
    return _PROMISES[kind].format(n=_out_of_a_hundred(confidence))


def _out_of_a_hundred(confidence: float) -> str:
    if 0.995 <= confidence < 1.0:
        return "99 or more"
    if 0.0 < confidence < 0.005:
        return "none or one"
    return f"about {round(confidence * 100)}"


def interval_words(item: ItemDetail) -> str:
    """How sure the confidence itself is, from the width of its interval; empty without one."""
    if item.low is None or item.high is None:
        return ""
    width = item.high - item.low
    figures = percent_range(item.low, item.high)
    if width <= 0.05:
        return f"That figure is firm ({figures})."
    if width <= 0.20:
        return f"That figure is fairly firm ({figures})."
    return f"That figure is loose ({figures}): few items like this are known."
