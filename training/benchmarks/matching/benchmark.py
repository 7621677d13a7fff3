"""Remittance matching against the sealed truth, beside baselines, a public peer, the ceiling and two controls.

The bar: F1 above both baselines by more than the intervals, models that learnt shuffled labels no better than random
picks, and an automatic lane whose precision against the truth does not contradict its certificate.
"""

from __future__ import annotations

import argparse
import importlib.util
from collections.abc import Mapping, Sequence

from models.policy import load_policy
from models.remittance_match import KIND
from training import datasets
from training.benchmarks import bars
from training.benchmarks.folder import measured_folder, name_of
from training.benchmarks.matching.controls import LEAK, SHUFFLES, leak, without_control_number
from training.benchmarks.matching.lane import Lane, posted
from training.benchmarks.matching.tables import ceiling, events
from training.benchmarks.matching.task import answers_of, checked, split
from training.benchmarks.matching.truth import read_truth
from training.benchmarks.repeats import Mean
from training.benchmarks.results import Found, Row, recording, table, write
from training.benchmarks.runner import MEASURED, Answered, Runner
from training.match_evaluation import Answers, batch_counts, calibration, decisions, ranking
from training.metrics import Floats, exact_interval
from training.remittance_match import prepare

WIDTH = 190  # columns: the name of a method of one's own may be long
SHOWN = (
    "f1",
    "best_f1",
    "precision",
    "recall",
    "share_at_995_precision",
    "posted_to_wrong_claim",
    "posted_without_claim",
    "ece",
)
OURS = "training.benchmarks.matching.methods"
METHODS = {"model": f"{OURS}:Model", "exact number": f"{OURS}:ExactNumber", "rule": f"{OURS}:Rule"}
PEERS = {
    "splink": ("Splink", "training.benchmarks.matching.splink_peer:Splink")
}  # by the package that is needed


def run(arguments: argparse.Namespace) -> int:
    """Simulate unless data is given, ask every method, and judge the test window by the truth; the answer is 0."""
    console = recording(WIDTH)
    seed: int = arguments.seed
    with measured_folder(arguments) as folder:
        dataset = datasets.load(folder)
        given = split(dataset, seed=seed)
        truth = read_truth(folder, given.payments)
        answered = everyone(Runner("matching", given, folder, seed, arguments.in_process), arguments.method)
    wanted = [true.claim_id for true in truth]
    answers = {name: answers_of(checked(one.answers, given), wanted) for name, one in answered.items()}
    counts = batch_counts(given.batch, seed=seed)
    rows = [Row.of(name, figures(answers[name], counts, seed=seed), one) for name, one in answered.items()]
    prepared = prepare(dataset)
    blank = without_control_number(dataset, prepared, wanted, seed=seed)
    rows.append(Row("without number", figures(blank, counts, seed=seed)))
    lane = posted(dataset, prepared, wanted, seed=seed)
    leaked = leak(dataset, prepared, wanted, counts, seed=seed)
    missed = misses(answers, lane, counts, leaked)
    console.print(table(f"Matching of {len(wanted):,} later payments (95 % intervals)", rows, SHOWN))
    console.print(MEASURED)
    console.print(events(answers, truth))
    console.print(ceiling(lane, prepared, wanted))
    for sentence in lane.certificates:
        console.print(sentence)
    console.print(f"{SHUFFLES} models of shuffled labels less as many random picks: mean best F1 {leaked}")
    console.print(given.described)
    bars.say(console, missed)
    other = {"shuffled_labels_best_f1_above_chance": leaked._asdict(), "automatic": lane.plain()}
    found = Found(name_of("matching", arguments), seed, dataset.digest, given.described, rows, missed, other)
    console.print(f"written to {write(arguments.out, found, console)}")
    return 0


def everyone(runner: Runner, own: Sequence[str]) -> dict[str, Answered]:
    """Every method's answers, the model first, one's own next, the peers that are installed last."""
    peers = {label: method for package, (label, method) in PEERS.items() if importlib.util.find_spec(package)}
    wanted = {"model": METHODS["model"]} | {method: method for method in own} | METHODS | peers
    return {name: runner.ask(method) for name, method in wanted.items()}


def figures(answers: Answers, counts: Floats, *, seed: int) -> dict[str, float]:
    """All that is judged, each with its interval."""
    return decisions(answers, counts) | ranking(answers, counts) | calibration(answers, seed=seed)


def misses(answers: Mapping[str, Answers], lane: Lane, counts: Floats, leaked: Mean) -> list[str]:
    """What falls short of the bar, in a sentence each."""
    f1 = {name: decisions(given, counts) for name, given in answers.items()}
    missed = [
        f"F1 is not above that of the baseline '{baseline}'"
        for baseline in ("exact number", "rule")
        if f1["model"]["f1_low"] <= f1[baseline]["f1_high"]
    ]
    if leaked.low > LEAK:
        missed.append("shuffled labels teach something: the evaluation leaks")
    if lane.through:
        _, highest = exact_interval(lane.right, lane.through)
        if highest < 1 - load_policy().alpha(KIND):
            missed.append("the automatic lane is less precise than its certificate promises")
    return missed
