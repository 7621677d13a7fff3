"""A confidence in words: what the figure promises, and how sure the figure itself is."""

from __future__ import annotations

from collections.abc import Mapping

from serving.items import ItemDetail, Kind
from serving.pages.formatting import percent_range

_PROMISES: Mapping[Kind, str] = {
    "remittance-match": "Of 100 payments that score like this one, {n} belong to the first claim listed.",
    "denial-risk": "Of 100 claims that score like this one, {n} are paid without a denial.",
    "rejected-claim": "Of 100 rejections that score like this one, the proposal is right for {n}.",
    "denied-claim": "Of 100 denials like this one, {n} are won back by what is proposed.",
    "invoice-anomaly": "Of 100 invoices that score like this one, {n} have nothing wrong.",
    "unreadable": "Of 100 files that score like this one, the proposal is right for {n}.",
}
_NO_SCORE = "No model has scored this item, so a person decides it."
_NO_CANDIDATE = "There is no claim to propose, so there is nothing to be sure of."


def has_figure(item: ItemDetail) -> bool:
    """Whether there is a proposal that a confidence can be about."""
    return item.row.confidence is not None and (item.row.kind != "remittance-match" or bool(item.candidates))


def promise(item: ItemDetail) -> str:
    """What the confidence says about items like this one."""
    if item.versions.model is None:
        return _NO_SCORE
    if item.row.confidence is None or not has_figure(item):
        return _NO_CANDIDATE
    return _PROMISES[item.row.kind].format(n=out_of_a_hundred(item.row.confidence))


def out_of_a_hundred(probability: float) -> str:
    """A probability in 0..1 as a count that rounds neither to all nor to none.

    >>> [out_of_a_hundred(probability) for probability in (0.874, 0.9999, 0.001, 0.0)]
    ['about 87', '99 or more', 'one or none', 'none']
    """
    if probability in (0.0, 1.0):
        return "all" if probability else "none"
    if probability >= 0.995:
        return "99 or more"
    if probability < 0.005:
        return "one or none"
    return f"about {round(probability * 100)}"


def interval_words(item: ItemDetail) -> str:
    """How sure the confidence itself is, from the width of its interval; empty without one."""
    if item.low is None or item.high is None or not has_figure(item):
        return ""
    width = item.high - item.low
    figures = percent_range(item.low, item.high).replace(" ", "\N{NO-BREAK SPACE}")
    if width <= 0.05:
        return f"That figure is firm ({figures})."
    if width <= 0.20:
        return f"That figure is fairly firm ({figures})."
    return f"That figure is loose ({figures}): few items like this are known."
