"""The structure of public sample remittances, which no one on this project wrote.

They are measured anew where ``CLEARLANE_SAMPLES`` points at a folder that holds them; elsewhere the figures measured
once stand for them: 25 files with a claim payment, of those that open-licence repositories hold as examples and test
data. Many of them come from the worked examples of the implementation guide: they say what a remittance may look
like, and only roughly how often.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from features import files
from training.fidelity import structure
from training.fidelity.structure import Structure

VARIABLE = "CLEARLANE_SAMPLES"
X12 = "x12"  # the folder of X12 files in the samples

# ``structure.mean_of_files`` over the 25 files, measured in November 2026: mean and the ends of its 95 % interval.
MEASURED_FILES = 25
MEASURED: Mapping[str, tuple[float, float, float]] = {
    "structure.claims": (6.667, 1.920, 15.763),
    "structure.lines": (1.733, 1.381, 2.131),
    "structure.adjustments": (2.257, 1.755, 2.823),
    "structure.reasons": (1.071, 1.013, 1.167),
    "structure.adjusted": (0.889, 0.783, 0.969),
    "structure.remark": (0.196, 0.079, 0.320),
    "structure.moa": (0.000, 0.000, 0.137),
    "structure.mia": (0.000, 0.000, 0.137),
    "structure.reversal": (0.029, 0.000, 0.065),
    "structure.plb": (0.120, 0.000, 0.241),
}


@dataclass(frozen=True)
class Samples:
    """Figures of the samples: each a mean over files with the ends of its 95 % interval."""

    figures: Mapping[str, tuple[float, float, float]]
    files: int
    anew: bool  # measured in this run

    def describe(self) -> str:
        """How the figures came about, as a sentence."""
        how = "measured in this run" if self.anew else "measured once, for the samples are not here"
        return f"{self.files} public sample files with 835 claim payments, each counted once; {how}."


def load() -> Samples:
    """Measure the samples where they are, else give the figures measured once."""
    folder = Path(os.environ.get(VARIABLE, "")) / X12
    counted = measure(folder) if os.environ.get(VARIABLE) and folder.is_dir() else []
    if not counted:
        return Samples(MEASURED, MEASURED_FILES, anew=False)
    return Samples(figures(counted), len(counted), anew=True)


def measure(folder: Path) -> list[Structure]:
    """The structure of each file of the folder that holds a claim payment; of files with equal bytes, one."""
    seen: set[bytes] = set()
    found = []
    for path in files.find([folder]):
        digest = hashlib.sha256(path.read_bytes()).digest()
        if digest in seen or not files.looks_like_x12(path):
            continue
        seen.add(digest)
        counted = structure.of_file(path)
        if counted.claims:
            found.append(counted)
    return found


def figures(counted: list[Structure]) -> dict[str, tuple[float, float, float]]:
    """Each figure that can be measured on the files."""
    means = {name: structure.mean_of_files(counted, name) for name in structure.FIGURES}
    return {name: mean for name, mean in means.items() if mean is not None}
