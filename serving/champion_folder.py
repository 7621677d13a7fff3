"""Whether the champions are there, without loading what they need: for commands that want to fail fast."""

from __future__ import annotations

from pathlib import Path

from features.errors import MissingDataError

KINDS = ("denial-risk", "remittance-match")
RECOVERY = "denial-recovery"  # of denied claims, which come without it too
INVOICES = "invoice-anomaly"  # of vendor invoices, which come without it too
MANIFEST = "manifest.json"


def has_model(folder: Path, kind: str) -> bool:
    """Whether a folder of champions holds one of a kind."""
    return (folder / kind / MANIFEST).is_file()


def present(folder: Path, *, without_models: bool = False) -> tuple[str, ...]:
    """The kinds that have a model; raises MissingDataError where one is absent and ``without_models`` is not given.

    >>> present(Path("nowhere"), without_models=True)
    ()
    """
    there = tuple(kind for kind in KINDS if has_model(folder, kind))
    absent = [kind for kind in KINDS if kind not in there]
    if absent and not without_models:
        raise MissingDataError(
            f"there is no model for {' and '.join(absent)}",
            where=str(folder),
            remedy="train with 'python -m training train --data DIR', point CLEARLANE_MODELS to trained models, "
            "or pass --without-models to send every item to a person",
        )
    return there
