"""How a logged figure is written for a person: the value and its interval."""

from __future__ import annotations

from collections.abc import Mapping


def shown(metrics: Mapping[str, float], name: str) -> str:
    """A value with its interval, or nothing where the metric was not measured.

    >>> shown({"auc": 0.8, "auc_low": 0.78, "auc_high": 0.82}, "auc"), shown({}, "auc")
    ('0.800 (0.780–0.820)', '')
    """
    if name not in metrics:
        return ""
    if f"{name}_low" not in metrics:
        return f"{metrics[name]:.3f}"
    return f"{metrics[name]:.3f} ({metrics[f'{name}_low']:.3f}–{metrics[f'{name}_high']:.3f})"
