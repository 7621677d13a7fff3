"""Every method's answers about the test window, each from a process of its own, and which claims were denied."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from training.benchmarks.denial.methods import Oracle
from training.benchmarks.denial.task import Split, checked, outcomes
from training.benchmarks.runner import Answered, Runner, here
from training.metrics import Floats

OURS = "training.benchmarks.denial"
MODEL, RAW, LOOKUP, ORACLE = "model", "raw score", "lookup table", "oracle"
METHODS = {
    MODEL: f"{OURS}.methods:Model",
    RAW: f"{OURS}.methods:RawScore",
    "plain LightGBM": f"{OURS}.plain:PlainLightGBM",
    LOOKUP: f"{OURS}.methods:Lookup",
    "rule": f"{OURS}.methods:Rule",
}
PEERS = {
    "linear": ("sklearn", f"{OURS}.linear:LinearWithHistory"),
    "linear, claim alone": ("sklearn", f"{OURS}.linear:Linear"),
    "EBM": ("interpret", f"{OURS}.ebm_peer:EbmWithHistory"),
    "EBM, claim alone": ("interpret", f"{OURS}.ebm_peer:Ebm"),
}  # with the package that each needs; all but "claim alone" see all of the product's columns


@dataclass(frozen=True)
class Asked:
    """What each method says of the claims of the test window, the model first, and whether they were denied."""

    given: Split
    denied: Floats
    answered: Mapping[str, Answered]
    seed: int

    @cached_property
    def said(self) -> dict[str, Floats]:
        """Probabilities (n,) by method; raises BadInputError where a method's answers are none."""
        return {name: checked(one.answers, self.given) for name, one in self.answered.items()}


def everyone(
    given: Split, folder: Path, *, seed: int, own: Sequence[str], peers: bool, in_process: bool
) -> Asked:
    """Ask the model, one's own methods, the baselines, the peers that are installed, and the oracle."""
    runner = Runner("denial", given, folder, seed, in_process)
    answered = {name: runner.ask(method) for name, method in methods(own, peers=peers).items()}
    answered[ORACLE] = here("denial", Oracle(folder), given)
    return Asked(given, outcomes(given, folder), answered, seed)


def methods(own: Sequence[str], *, peers: bool) -> dict[str, str]:
    """Methods by name."""
    installed = {
        name: method for name, (package, method) in PEERS.items() if importlib.util.find_spec(package)
    }
    return {MODEL: METHODS[MODEL]} | {one: one for one in own} | METHODS | (installed if peers else {})
