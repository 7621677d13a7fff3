"""Whether the champions are there, without loading what they need: for commands that want to fail fast."""

from __future__ import annotations

from pathlib import Path

from features.errors import MissingDataError

KINDS = ("denial-risk", "remittance-match")
MANIFEST = "manifest.json"


def present(folder: Path, *, without_models: bool = False) -> tuple[str, ...]:
    """The kinds that have a model; raises MissingDataError where one is absent and ``without_models`` is not given.

    >>> present(Path("nowhere"), without_models=True)
    ()
    """
    there = tuple(kind for kind in KINDS if (folder / kind / MANIFEST).is_file())
    absent = [kind for kind in KINDS if kind not in there]
    if absent and not without_models:
        raise MissingDataError(
            f"there is no model for {' and '.join(absent)}",
            where=str(folder),
            remedy="train with 'python -m training train --data DIR', point CLEARLANE_MODELS to trained models, "
            "or pass --without-models to send every item to a person",
        )
    return there
