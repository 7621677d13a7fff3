"""Models for a service that is measured: the user's champions, or such as are trained for the occasion."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from training.simulate import command as simulation

KINDS = ("denial-risk", "remittance-match")
LEARNT = 20_000  # claims of the network that they learn from: enough for a certificate, so that some go automatically


def champions(place: Path, seed: int) -> Path:
    """The folder of ``CLEARLANE_MODELS`` where it is set, else models of a network of its own below ``place``."""
    given = os.environ.get("CLEARLANE_MODELS")
    if given:
        return Path(given)
    network = place / "learnt"
    simulation.write(network, claims=LEARNT, seed=seed + 1)
    return trained(network, place / "training")


def trained(folder: Path, home: Path) -> Path:
    """A folder of champions that were trained on the files of ``folder``; ``home`` keeps what training leaves."""
    for kind in KINDS:
        subprocess.run(
            [sys.executable, "-m", "training", "train", "--data", str(folder), "--only", kind],
            env={**os.environ, "CLEARLANE_HOME": str(home), "CLEARLANE_MODELS": str(home / "models")},
            check=True, capture_output=True,
        )  # fmt: skip
    return home / "models"
