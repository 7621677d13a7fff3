"""Vendor invoices: which are wrong and why, judged by the sealed truth of all that came after the model was trained.

The model learns from the reviews of the first 80 % of the invoices; all of the last 20 % are judged, reviewed or not,
each by what was known on the day that it came. Several seeds add up.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from rich.table import Table

from models.invoices.anomalies import KIND
from models.policy import load_policy
from training.benchmarks import bars
from training.benchmarks.invoices.judge import FALSE_ALARMS, Tally, over_networks, rate
from training.benchmarks.invoices.methods import NAMED
from training.benchmarks.invoices.totals import MEASURES, Totals
from training.benchmarks.invoices.truth import CAUSES, CLEAN, family_of
from training.benchmarks.results import Found, Row, recording, table, write
from training.metrics import evaluate
from training.simulate import rates
from training.simulate.invoices import run as simulation

WIDTH = 190
CLAIMS_AN_INVOICE = 10  # as in a simulated network


def run(arguments: argparse.Namespace) -> int:
    """Simulate unless data is given, train, and judge by the truth; the answer is 0."""
    console, totals, seeds = recording(WIDTH), Totals(), arguments.seeds or (arguments.seed,)
    digests = []
    for seed in seeds:
        with _folder(arguments, seed) as folder:
            digests.append(totals.add(folder, seed=seed))
    rows = [Row(name, tally.recalls()) for name, tally in totals.tallies.items()]
    ranked = [Row(name, over_networks(values)) for name, values in totals.measures.items()]
    lane = _lane_figures(totals.lane)
    fit, score = (sum(column) / len(seeds) for column in zip(*totals.seconds, strict=True))
    about = (
        f"{totals.tallies['ours'].all.total():,} invoices judged over {len(seeds)} networks; "
        f"trained in {fit:.0f} s and judged in {score:.0f} s each"
    )
    flagged = f"flagged, {FALSE_ALARMS:.0%} of the clean invoices among them"
    shown = ("all causes", "precision", *CAUSES, CLEAN)
    console.print(table(flagged, rows, shown, taken=False))
    held = [Row(name, tally.recalls()) for name, tally in totals.all_held.items()]
    console.print(table("flagged, as many clean ones as the ERP's rules hold", held, shown, taken=False))
    console.print(table("all invoices", ranked, MEASURES, digits=4, taken=False))
    console.print(_named(totals.tallies))
    people = evaluate(totals.stated, totals.verdicts)
    for sentence in (of_people(people, len(totals.verdicts)), said(lane, totals.lane, len(seeds)), about):
        console.print(sentence)
    missed = missed_bars(people, totals.lane)
    bars.say(console, missed)
    rows += [Row(f"{row.method}, as many as the rules", row.figures) for row in held]
    other = {"named": _plain_names(totals.tallies), "ranking": [vars(row) for row in ranked]}
    lane_row = Row("certified lane", lane)
    rows += [Row("ours, by what people found", people)]
    found = Found("invoices", seeds[0], digests[0], about, [*rows, lane_row], missed, other)
    console.print(f"written to {write(arguments.out, found, console)}")
    return 0


@contextmanager
def _folder(arguments: argparse.Namespace, seed: int) -> Iterator[Path]:
    """``--data``, or the vendor invoices of a network of ``--claims`` claims, and nothing else of it."""
    if arguments.data is not None:
        yield Path(arguments.data)
        return
    with tempfile.TemporaryDirectory() as scratch:
        end = rates.FIRST_DAY + timedelta(rates.DAYS - 1)
        invoices = max(1, arguments.claims // CLAIMS_AN_INVOICE)
        simulation.write(Path(scratch), seed=seed, start=rates.FIRST_DAY, end=end, invoices=invoices)
        yield Path(scratch)


def _named(tallies: Mapping[str, Tally]) -> Table:
    """What is named, and how often that is right."""
    result = Table(title=f"named, ours at confidence {NAMED}", title_justify="left")
    for heading in ("finding", *(f"{name}: {what}" for name in _naming(tallies) for what in NAMES)):
        result.add_column(heading, justify="right" if heading != "finding" else "left")
    for family in dict.fromkeys(family_of(cause) for cause in CAUSES):
        cells = [tallies[name].names(family) for name in _naming(tallies)]
        result.add_row(family, *(_cell(figures, what) for figures in cells for what in NAMES))
    return result


def _cell(figures: Mapping[str, float], name: str) -> str:
    if name not in figures:
        return "–"
    ends = (
        f" ({figures[name + '_low']:.3f}–{figures[name + '_high']:.3f})" if f"{name}_low" in figures else ""
    )
    return f"{figures[name]:.3f}{ends}"


def _naming(tallies: Mapping[str, Tally]) -> list[str]:
    return [name for name in ("ours", "ERP rules") if name in tallies]


def _plain_names(tallies: Mapping[str, Tally]) -> dict[str, dict[str, dict[str, float]]]:
    families = dict.fromkeys(family_of(cause) for cause in CAUSES)
    return {name: {one: tallies[name].names(one) for one in families} for name in _naming(tallies)}


def _lane_figures(lane: Mapping[str, int]) -> dict[str, float]:
    return {
        **rate("automatic_share", lane["automatic"], lane["all"]),
        **rate("automatic_error_rate", lane["wrong"], lane["automatic"]),
    }


def said(figures: Mapping[str, float], lane: Mapping[str, int], networks: int) -> str:
    """What the certified lane came to, in a sentence."""
    cells = networks * len(load_policy().cells(KIND))
    if not lane["automatic"]:
        return (
            f"certified lane: {lane['certified']} of {cells} cells certified, and nothing went without a look"
        )
    return (
        f"certified lane: {lane['certified']} of {cells} cells certified; {figures['automatic_share']:.1%} of the "
        f"invoices of the next {load_policy().certificate_days} days went without a look, "
        f"{figures['automatic_error_rate']:.2%} of them wrong ({figures['automatic_error_rate_low']:.2%} to "
        f"{figures['automatic_error_rate_high']:.2%}), {load_policy().alpha(KIND):.0%} promised"
    )


def of_people(figures: Mapping[str, float], checked: int) -> str:
    """Calibration by verdicts; the truth, above, also holds what people overlook."""
    return (
        f"of {checked:,} of them, drawn at random, a person said what is wrong: calibration error "
        f"{figures['ece']:.4f}, {figures['ece_excess']:.4f} above its floor, log-loss {figures['log_loss']:.4f}"
    )


def missed_bars(figures: Mapping[str, float], lane: Mapping[str, int]) -> list[str]:
    """Which bars were missed: the promise of the lane, and calibration."""
    missed = []
    if lane["automatic"] and lane["wrong"] / lane["automatic"] > load_policy().alpha(KIND):
        missed.append("more of the invoices that went without a look were wrong than was promised")
    if figures["ece_excess"] > 0.005:
        missed.append(f"excess calibration error {figures['ece_excess']:.4f}, and not 0.005 at most")
    return missed


NAMES = ("precision", "recall", "f1")
