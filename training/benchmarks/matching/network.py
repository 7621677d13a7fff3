"""One network: every method asked and judged by the truth, the controls, and how good anyone could be."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from training import datasets
from training.benchmarks.matching.controls import leak, without_control_number
from training.benchmarks.matching.coverage import at_oracle_threshold
from training.benchmarks.matching.lane import Lane, lane_of
from training.benchmarks.matching.oracle import Apart, apart
from training.benchmarks.matching.providers import Held, held_out
from training.benchmarks.matching.siblings import Siblings, siblings
from training.benchmarks.matching.task import Split, answers_of, checked, split
from training.benchmarks.matching.truth import TruePayment, read_truth
from training.benchmarks.repeats import Mean
from training.benchmarks.results import Row
from training.benchmarks.runner import Answered, Runner
from training.match_evaluation import Answers, batch_counts, calibration, decisions, ranking
from training.metrics import Floats
from training.remittance_match import Prepared, prepare

OURS = "training.benchmarks.matching"
MODEL = "model"
METHODS = {
    MODEL: f"{OURS}.methods:Model",
    "exact number": f"{OURS}.methods:ExactNumber",
    "rule": f"{OURS}.methods:Rule",
}
PEERS = {
    "splink": {"Splink": f"{OURS}.splink_peer:Splink", "Splink EM": f"{OURS}.splink_peer:SplinkUnsupervised"},
    "recordlinkage": {
        "recordlinkage": f"{OURS}.recordlinkage_peer:RecordLinkageLogistic",
        "recordlinkage ECM": f"{OURS}.recordlinkage_peer:RecordLinkageECM",
    },
}  # by the package that is needed
ENOUGH = 10_000  # payments that a control is fitted on, and as many that it is calibrated on
WITHOUT_NUMBER = "without number"


@dataclass(frozen=True)
class Measured:
    """All that was found on one network."""

    dataset: datasets.Dataset
    prepared: Prepared
    given: Split
    truth: Sequence[TruePayment]
    answers: Mapping[str, Answers]
    rows: Sequence[Row]
    lane: Lane
    leaked: Mean
    apart: Apart
    siblings: Siblings
    held: Held

    @cached_property
    def wanted(self) -> list[str]:
        """The claim of each payment of the test window."""
        return [true.claim_id for true in self.truth]

    @cached_property
    def counts(self) -> Floats:
        """Resamples of the test window, whole remittances at a time."""
        return batch_counts(self.given.batch, seed=self.given.history.seed)

    def facts(self) -> dict[str, float]:
        """Single figures about the network and the controls."""
        of = max(self.siblings.claims, 1)
        return {
            "siblings": self.siblings.alike / of,
            "siblings_with_adjacent_number": self.siblings.adjacent / of,
            "oracle_tells_apart": self.apart.share,
            "oracle_share_at_999_precision": self.apart.share_at(0.999),
            "shuffled_labels_best_f1_above_chance": self.leaked.value,
        }

    def plain(self) -> dict[str, Any]:
        """Controls and the like, for JSON."""
        lane = self.lane.answers
        return {
            "facts": self.facts(),
            "oracle": self.apart._asdict(),
            "automatic": self.lane.plain(),
            "shuffled_labels_best_f1_above_chance": self.leaked._asdict(),
            "unseen_provider": self.held.plain(),
            "model_answers": {
                "confidence": np.where(lane.posted, lane.confidence, -1.0).tolist(),
                "right": lane.right.astype(int).tolist(),
                "has_claim": lane.has_claim.astype(int).tolist(),
            },
        }


def methods_asked(own: Sequence[str], only: Sequence[str] | None, *, peers: bool) -> dict[str, str]:
    """Methods by name: the model first, one's own, the baselines, and the peers that are installed last."""
    named = {MODEL: METHODS[MODEL]} | {method: method for method in own} | METHODS
    for package, offered in PEERS.items() if peers else ():
        if importlib.util.find_spec(package):
            named |= offered
    if not only:
        return named
    return {name: method for name, method in named.items() if name in only or name in (MODEL, *own)}


def measure(folder: Path, asked: Mapping[str, str], *, seed: int, in_process: bool) -> Measured:
    """Ask every method about a folder's test window, and judge by the truth."""
    dataset = datasets.load(folder)
    given = split(dataset, seed=seed)
    runner = Runner("matching", given, folder, seed, in_process)
    answered = {name: runner.ask(method) for name, method in asked.items()}
    truth = read_truth(folder, given.payments)
    wanted = [true.claim_id for true in truth]
    answers = {name: answers_of(checked(one.answers, given), wanted) for name, one in answered.items()}
    counts = batch_counts(given.batch, seed=seed)
    prepared = prepare(dataset)
    of_all = [true.claim_id for true in read_truth(folder, prepared.labels.payments)]
    blank = without_control_number(dataset, prepared, wanted, seed=seed)
    lane = lane_of(dataset, prepared, of_all, seed=seed)
    return Measured(
        dataset=dataset,
        prepared=prepared,
        given=given,
        truth=truth,
        answers=answers,
        rows=[*_rows(answers, answered, counts, seed), _row(WITHOUT_NUMBER, blank, counts, seed)],
        lane=lane,
        leaked=leak(dataset, shortened(prepared), wanted, counts, seed=seed),
        apart=apart(given.payments, dataset.claims, wanted),
        siblings=siblings(dataset.claims),
        held=held_out(dataset, prepared, lane.answers, wanted, seed=seed),
    )


def shortened(prepared: Prepared) -> Prepared:
    """Less to learn from, for controls that are fitted many times: what leaks, leaks from a few thousand payments."""
    windows = prepared.windows
    late = replace(windows, fit=windows.fit[-ENOUGH:], calibration=windows.calibration[-ENOUGH:])
    return replace(prepared, windows=late)


def figures(answers: Answers, counts: Floats, *, seed: int) -> dict[str, float]:
    """All that is judged, each with its interval."""
    found = decisions(answers, counts) | ranking(answers, counts) | calibration(answers, seed=seed)
    return found | at_oracle_threshold(answers, counts)


def _rows(
    answers: Mapping[str, Answers], answered: Mapping[str, Answered], counts: Floats, seed: int
) -> list[Row]:
    return [Row.of(name, figures(answers[name], counts, seed=seed), answered[name]) for name in answers]


def _row(name: str, answers: Answers, counts: Floats, seed: int) -> Row:
    return Row(name, figures(answers, counts, seed=seed))
