"""Versions side by side: what MLflow holds of a champion and a challenger, and how they differ on the same rows."""

from __future__ import annotations

import pandas as pd

from features.settings import Settings
from models.measures import Measure as Measure
from models.measures import paired_difference as paired_difference
from training.reading import shown
from training.registry import CHALLENGER, CHAMPION, metrics_of, version_of

ALIASES = (CHAMPION, CHALLENGER)
BASELINES = {"lookup table": "baseline_lookup_", "rule": "baseline_rule_"}


def side_by_side(kind: str, settings: Settings) -> pd.DataFrame:
    """The logged metrics of a kind: a row a metric, a column for champion, challenger (if any) and each baseline.

    Values stand with their 95 % interval as text; baselines are those of the newest of the versions. Raises
    NotFoundError where the kind has no champion.
    """
    numbers = {alias: version_of(kind, alias, settings) for alias in ALIASES}
    logged = {
        f"{alias} (version {number})": metrics_of(kind, number, settings)
        for alias, number in numbers.items()
        if number is not None
    }
    newest = list(logged.values())[-1] if logged else {}
    columns = {heading: _column(metrics, "") for heading, metrics in logged.items()}
    columns |= {heading: _column(newest, prefix) for heading, prefix in BASELINES.items()}
    return pd.DataFrame(columns).reindex(_names(newest)).fillna("")


def _names(metrics: dict[str, float]) -> list[str]:
    left_out = ("_low", "_high")
    return [name for name in metrics if not name.endswith(left_out) and not name.startswith("baseline_")]


def _column(metrics: dict[str, float], prefix: str) -> dict[str, str]:
    return {name: shown(metrics, prefix + name) for name in _names(metrics) if prefix + name in metrics}
