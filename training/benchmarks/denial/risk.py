"""Part risk: the probability of a denial, by the product's model, baselines, peers and the oracle.

The bars: in ranking at least 85 % of the way from the lookup table to the oracle, a log-loss no higher than that of
the raw score, calibrated over all and at each large payer, and leaks nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping

from rich.table import Table

from training.benchmarks.denial import ceiling, metamorphic, payers
from training.benchmarks.denial.asked import LOOKUP, MODEL, ORACLE, RAW, Asked, everyone
from training.benchmarks.denial.control import SHUFFLES, chance
from training.benchmarks.denial.lane import certified
from training.benchmarks.denial.lived import Known
from training.benchmarks.denial.parts import Task
from training.benchmarks.denial.ranking import DISTANCES, PICKS, share_of_distance
from training.benchmarks.denial.task import split
from training.benchmarks.parts import Part
from training.benchmarks.repeats import Mean
from training.benchmarks.results import Row, table
from training.benchmarks.runner import MEASURED
from training.comparison import Measure, paired_difference
from training.metrics import Floats, auc, average_precision, brier, evaluate, log_loss, with_intervals

SHARE = 0.85  # of the way from the lookup table to the oracle
EXCESS = 0.005  # calibration error above what chance gives
SHOWN = ("auc", "average_precision", "log_loss", "brier", "ece_excess")
PICKED = (*PICKS, "auc_share", "average_precision_share")
PAIRED: Mapping[str, Measure] = {
    "auc": auc,
    "average_precision": average_precision,
    "log_loss": log_loss,
    "brier": brier,
}


def measure(task: Task) -> Part:
    """Ask every method in time, and judge the test window by the truth."""
    given = split(task.dataset, seed=task.seed)
    arguments = task.arguments
    asked = everyone(
        given,
        task.folder,
        seed=task.seed,
        own=arguments.method,
        peers=not arguments.without_peers,
        in_process=arguments.in_process,
    )
    known = Known.of(given)
    figures = {name: figures_of(asked, said) for name, said in asked.said.items()}
    rows = [Row.of(name, figures[name], one) for name, one in asked.answered.items()]
    figures |= {name: figures_of(asked, said) for name, said in ceiling.marks(task, given, known).items()}
    rows[-1:-1] = [Row(name, figures[name]) for name in ceiling.MARKS if name in figures]
    control = chance(given, known, asked.denied)
    calibrated = payers.calibrated(asked)
    unseen = payers.unseen(asked)
    leaks = metamorphic.leaks(task, asked)
    certificates = certified(task.dataset, seed=task.seed)
    return Part(
        "risk",
        tables=[*_tables(asked, rows), payers.calibration_table(calibrated), payers.unseen_table(unseen)],
        figures={
            "methods": figures,
            "model_less_other": {name: differences(asked, name) for name in asked.said if name != MODEL},
            "payers": {one.name: one.figures() for one in calibrated},
            "unseen": {one.name: one.figures for one in unseen},
            "shuffled_labels_auc": control.value,
            "claims_changed_by_later_files": leaks,
        },
        missed=misses(asked, figures, control) + payers.uncalibrated(calibrated) + metamorphic.missed(leaks),
        sentences=[
            MEASURED,
            ceiling.SENTENCE,
            f"{SHUFFLES} models of shuffled labels: mean AUC {control}",
            metamorphic.sentence(leaks),
            given.described,
            *certificates,
        ],
    )


def figures_of(asked: Asked, said: Floats) -> dict[str, float]:
    """All figures of one method's probabilities."""
    denied, seed = asked.denied, asked.seed
    figures = evaluate(said, denied, seed=seed) | with_intervals(dict(PICKS), said, denied, seed=seed)
    for distance, measured in DISTANCES.items():
        way = share_of_distance(measured, said, asked.said[LOOKUP], asked.said[ORACLE], denied, seed=seed)
        figures |= {f"{distance}_{name}": value for name, value in way.items()}
    return figures


def differences(asked: Asked, other: str) -> dict[str, float]:
    """The model less another method on the same claims, with paired intervals."""
    figures: dict[str, float] = {}
    for name, measured in PAIRED.items():
        value, low, high = difference(asked, measured, other)
        figures |= {name: value, f"{name}_low": low, f"{name}_high": high}
    return figures


def difference(asked: Asked, measured: Measure, other: str) -> tuple[float, float, float]:
    """The model less another method in one metric: the value and its paired 95 % interval."""
    return paired_difference(measured, asked.said[MODEL], asked.said[other], asked.denied, seed=asked.seed)


def misses(asked: Asked, figures: Mapping[str, Mapping[str, float]], control: Mean) -> list[str]:
    """What falls short of the bars that concern all claims together."""
    model = figures[MODEL]
    missed = [
        f"{distance.replace('_', ' ')}: {model[f'{distance}_share']:.0%} of the way from the lookup table to the "
        f"oracle, not {SHARE:.0%}"
        for distance in DISTANCES
        if not model[f"{distance}_share"] >= SHARE
    ]
    missed += [
        f"the log-loss is not below that of the {baseline}, by the paired interval"
        for baseline in (LOOKUP, "rule")
        if baseline in asked.said and difference(asked, log_loss, baseline)[2] >= 0
    ]
    if RAW in figures and model["log_loss"] > figures[RAW]["log_loss"]:
        missed.append(
            f"calibration raises the log-loss from {figures[RAW]['log_loss']:.5f} to {model['log_loss']:.5f}"
        )
    if model["ece_excess"] > EXCESS:
        missed.append(f"the calibration error is {model['ece_excess']:.4f} above chance, not {EXCESS}")
    if control.low > 0.5:
        missed.append("shuffled labels teach something: the evaluation leaks")
    return missed


def _tables(asked: Asked, rows: list[Row]) -> list[Table]:
    denied = asked.denied
    title = f"Denial risk on {denied.size:,} later claims, {denied.mean():.1%} denied (95 % intervals)"
    picked = "What is picked out, and the way from the lookup table to the oracle (95 % intervals)"
    return [table(title, rows, SHOWN), table(picked, rows, PICKED, taken=False), _paired_table(asked)]


def _paired_table(asked: Asked) -> Table:
    """The model less each other method, claim by claim: far narrower intervals than those of either alone."""
    shown = Table(
        title="The model less the other, on the same claims (paired 95 % intervals)", title_justify="left"
    )
    shown.add_column("other")
    for name in PAIRED:
        shown.add_column(name.replace("_", " "), justify="right")
    for other in asked.said:
        if other != MODEL:
            given = [difference(asked, measured, other) for measured in PAIRED.values()]
            shown.add_row(other, *(f"{value:+.3f}\n{low:+.3f} to {high:+.3f}" for value, low, high in given))
    return shown
