"""Part risk by payer: calibrated at each that has claims enough, and how claims of a payer never seen are ranked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from rich.table import Table

from features.x12.records import Claim
from training.benchmarks.denial.asked import MODEL, ORACLE, Asked
from training.benchmarks.denial.held import without_payers
from training.benchmarks.denial.methods import Model
from training.benchmarks.denial.task import Split, ask, checked
from training.benchmarks.results import cell
from training.metrics import Floats, auc, average_precision, ece, with_intervals

ENOUGH = 500  # test claims
EXCESS = 0.005
FEWEST_DENIED = 20  # to rank by
DRAWS = 1000
HELD_OUT = (1, 4)  # by number of test claims: the second and the fifth payer
OTHERS = "all others"
RANKED = {"auc": auc, "average_precision": average_precision}


@dataclass(frozen=True)
class Calibrated:
    """The model's calibration at one payer, or at several small ones together."""

    name: str
    claims: int
    denied: float  # share
    said: float  # mean probability
    error: float
    floor: float
    chance: float  # that perfect probabilities show such an error

    @property
    def excess(self) -> float:
        """The error above what chance gives."""
        return max(0.0, self.error - self.floor)

    def figures(self) -> dict[str, float]:
        """Plain values."""
        return {
            "claims": self.claims, "denied": self.denied, "said": self.said, "ece": self.error,
            "ece_floor": self.floor, "ece_excess": self.excess, "chance": self.chance,
        }  # fmt: skip


@dataclass(frozen=True)
class Unseen:
    """Ranking the claims of payers of which the history has none."""

    name: str
    claims: int
    figures: dict[str, dict[str, float]]  # by method, with intervals


def calibrated(asked: Asked) -> list[Calibrated]:
    """Payers with at least 500 claims in the test window, and the others together, by kind where that has as many."""
    names = np.array(groups(asked.given.claims))
    said = asked.said[MODEL]
    return [
        _calibrated(str(name), said[names == name], asked.denied[names == name], seed=asked.seed)
        for name in sorted(set(names.tolist()))
        if (names == name).sum() >= ENOUGH or name == OTHERS
    ]


def groups(claims: Sequence[Claim]) -> list[str]:
    """The payer of each claim; where it has too few, its kind (filing indicator); where that has too few, others."""
    payers = [claim.payer_name or claim.payer_id or "" for claim in claims]
    large = {payer for payer, many in Counter(payers).items() if many >= ENOUGH}
    kinds = [f"others, kind {claim.filing_indicator}" for claim in claims]
    small = Counter(kind for payer, kind in zip(payers, kinds, strict=True) if payer not in large)
    return [
        payer if payer in large else kind if small[kind] >= ENOUGH else OTHERS
        for payer, kind in zip(payers, kinds, strict=True)
    ]


def uncalibrated(found: Sequence[Calibrated]) -> list[str]:
    """Payers with an error above the bar that chance does not explain, allowing for how many are asked about."""
    return [
        f"at {one.name} the calibration error is {one.excess:.3f} above chance in {one.claims:,} claims"
        for one in found
        if one.excess > EXCESS and one.chance < 0.05 / len(found)
    ]


def calibration_table(found: Sequence[Calibrated]) -> Table:
    """A row a payer."""
    shown = Table(title="Calibration of the model by payer", title_justify="left")
    for name in ("payer", "claims", "denied", "said", "error", "by chance", "excess", "p"):
        shown.add_column(name, justify="left" if name == "payer" else "right")
    for one in found:
        shown.add_row(
            one.name, f"{one.claims:,}", f"{one.denied:.1%}", f"{one.said:.1%}",
            *(f"{value:.4f}" for value in (one.error, one.floor, one.excess)), f"{one.chance:.3f}",
        )  # fmt: skip
    return shown


def unseen(asked: Asked) -> list[Unseen]:
    """Payers that are in truth new in the test window, and two that are held out of the history for the purpose."""
    known = {payer_of(claim) for claim in asked.given.history.claims}
    new = np.array([payer_of(claim) not in known for claim in asked.given.claims])
    held = held_out(asked.given, known)
    inside = np.array([payer_of(claim) in held for claim in asked.given.claims])
    found = []
    if asked.denied[new].sum() >= FEWEST_DENIED:
        said = {name: one[new] for name, one in asked.said.items()}
        found.append(_unseen("new in the network", said, asked.denied[new], seed=asked.seed))
    if asked.denied[inside].sum() >= FEWEST_DENIED:
        without = without_payers(asked.given, held)
        model = Model()
        model.fit(without.history)
        said = {
            MODEL: checked(ask(model, without), without),
            f"{MODEL} that knows them": asked.said[MODEL][inside],
            ORACLE: asked.said[ORACLE][inside],
        }
        found.append(_unseen(f"held out: {len(held)} payers", said, asked.denied[inside], seed=asked.seed))
    return found


def held_out(given: Split, known: Collection[str]) -> frozenset[str]:
    """Two known payers with many claims in the test window."""
    many = Counter(payer_of(claim) for claim in given.claims if payer_of(claim) in known)
    ordered = [payer for payer, _ in sorted(many.items(), key=lambda one: (-one[1], one[0]))]
    return frozenset(ordered[place] for place in HELD_OUT if place < len(ordered))


def unseen_table(found: Sequence[Unseen]) -> Table:
    """A row a method and group of payers."""
    shown = Table(
        title="Claims of payers that the history has nothing of (95 % intervals)", title_justify="left"
    )
    for name in ("payers", "claims", "method", *RANKED):
        shown.add_column(name.replace("_", " "), justify="left" if name in ("payers", "method") else "right")
    for one in found:
        for method, figures in one.figures.items():
            shown.add_row(one.name, f"{one.claims:,}", method, *(cell(figures, name) for name in RANKED))
    return shown


def payer_of(claim: Claim) -> str:
    """A payer's key."""
    return claim.payer_id or claim.payer_name or ""


def _unseen(name: str, said: Mapping[str, Floats], denied: Floats, *, seed: int) -> Unseen:
    return Unseen(
        name,
        denied.size,
        {method: with_intervals(dict(RANKED), one, denied, seed=seed) for method, one in said.items()},
    )


def _calibrated(name: str, said: Floats, denied: Floats, *, seed: int) -> Calibrated:
    drawn = np.random.default_rng(seed).random((DRAWS, said.size)) < said
    by_chance = np.array([ece(said, outcome.astype(np.float64)) for outcome in drawn])
    error = ece(said, denied)
    return Calibrated(
        name, said.size, float(denied.mean()), float(said.mean()), error, float(by_chance.mean()),
        float((by_chance >= error).mean()),
    )  # fmt: skip
