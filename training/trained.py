"""What training hands to the registry: saved parts beside the numbers, and nothing that needs unpickling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Signature:
    """An example of the model's input and of its answer, from which MLflow infers the signature.

    Both hold made-up values with the right columns: no row of the data set may stand here.
    """

    inputs: tuple[Row, ...]
    outputs: tuple[Row, ...]


@dataclass(frozen=True)
class Trained:
    """A trained model as it lies on disk.

    ``folder`` holds ``manifest.json`` and the parts of ``models.files.save_parts``, ``certificates.json``,
    ``model_card.md`` and ``plots/*.png``. ``metrics`` are name -> value, an interval beside each as ``name_low`` and
    ``name_high``; the baselines stand under ``baseline_lookup_`` and ``baseline_rule_``. ``parameters`` are what a
    second run needs; the data set's digest is one of them (``data_digest``).
    """

    kind: str  # "denial-risk", "remittance-match"
    version: str  # the content version of the parts
    folder: Path
    metrics: Mapping[str, float]
    parameters: Mapping[str, Any]
    signature: Signature
    notes: tuple[str, ...] = field(
        default=()
    )  # sentences for the person who trained it: counts, what was left out
