"""One small network for all tests, in memory and on disk."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from training.simulate import files
from training.simulate.adjudication import Decision
from training.simulate.bank.channels import Channels
from training.simulate.batches import Batch
from training.simulate.claims import SimulatedClaim
from training.simulate.followups import FollowUp
from training.simulate.front_end import Answer
from training.simulate.network import Network
from training.simulate.network_run import Run

START, END = date(2022, 12, 31), date(2025, 12, 31)
SMALL = 400


@dataclass
class Simulated:
    """All days of a run together."""

    network: Network
    sent: list[SimulatedClaim] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    decided: list[tuple[SimulatedClaim, Decision]] = field(default_factory=list)
    worked: list[FollowUp] = field(default_factory=list)
    batches: list[Batch] = field(default_factory=list)

    def electronic(self, *, seed: int) -> list[Batch]:
        """The remittances that come as 835 files, and not on paper."""
        channels = Channels(seed, self.network.payers)
        return [batch for batch in self.batches if not channels.is_paper(batch.payer)]


def a_run(*, claims: int, seed: int, scenario: str = "steady") -> Run:
    """A run over the three years."""
    return Run(claims=claims, seed=seed, start=START, end=END, scenario=scenario)


def simulate(*, claims: int, seed: int, scenario: str = "steady") -> Simulated:
    """A run in memory."""
    run = a_run(claims=claims, seed=seed, scenario=scenario)
    whole = Simulated(run.network)
    for day in run.days():
        whole.sent += day.sent
        whole.answers += day.answers
        whole.decided += day.decided
        whole.worked += day.worked
        whole.batches += day.batches
    return whole


@pytest.fixture(scope="session")
def network() -> Simulated:
    """2,000 claims in memory: enough for rates to settle."""
    return simulate(claims=2000, seed=11)


@pytest.fixture(scope="session")
def small() -> Simulated:
    """What the folder holds."""
    return simulate(claims=SMALL, seed=7)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """400 claims as files."""
    path = tmp_path_factory.mktemp("simulated") / "data"
    files.write(path, a_run(claims=SMALL, seed=7))
    return path
