"""Models for a service that is measured: the user's champions, or one that is trained for the occasion."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

KINDS = ("denial-risk", "remittance-match")


def trained(folder: Path, home: Path) -> Path:
    """A folder of champions that were trained on the files of ``folder``; ``home`` keeps what training leaves."""
    for kind in KINDS:
        subprocess.run(
            [sys.executable, "-m", "training", "train", "--data", str(folder), "--only", kind],
            env={**os.environ, "CLEARLANE_HOME": str(home), "CLEARLANE_MODELS": str(home / "models")},
            check=True, capture_output=True,
        )  # fmt: skip
    return home / "models"
