"""Part category: of the later claims that were denied, what for; the model beside the reasons that were most common.

A method ranks the categories, and the CARCs, that a denial of the claim would have; the truth tells which one it had.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from rich.table import Table

from features.denial_codes import category_of
from features.x12.records import Claim
from training.benchmarks.denial.common_reasons import CommonReasons, denied_before, payer_of
from training.benchmarks.denial.foreseen import foreseen
from training.benchmarks.denial.parts import Task
from training.benchmarks.denial.task import Split, split
from training.benchmarks.denial.truth import read_truth, true_of
from training.benchmarks.parts import Part
from training.benchmarks.results import Row, table
from training.denial_baselines import payer_and_procedure
from training.metrics import HIGH, LOW, RESAMPLES, Floats, exact_interval, resampled

TOP = (1, 3)
MODEL, PAYER, SERVICE, OVERALL = "model", "payer's", "payer and procedure's", "most common of all"
KINDS: Mapping[str, Callable[[str], str]] = {"category": category_of, "carc": str}
FEWEST = 20  # denials of a category that has a line of its own
SHOWN = ("top_1", "top_3")

Ranked = list[list[str]]  # a ranking for each denied claim, best first


def measure(task: Task) -> Part:
    """Rank for every denied claim of the test window."""
    given = split(task.dataset, seed=task.seed)
    truth = true_of(read_truth(task.folder), given.claims)
    places = [place for place, true in enumerate(truth) if true.denied]
    ours = foreseen(given)
    part = Part("category", [], {}, [], [given.described])
    for kind, coarse in KINDS.items():
        wanted = [coarse(truth[place].reason) for place in places]
        ranked = {MODEL: [ours[kind][place] for place in places]}
        ranked |= baselines(given, [given.claims[place] for place in places], coarse)
        _add(part, kind, ranked, wanted, seed=task.seed)
    return part


def baselines(given: Split, claims: Sequence[Claim], coarse: Callable[[str], str]) -> dict[str, Ranked]:
    """What such claims were denied for most often."""
    past, carcs = denied_before(given.history)
    reasons = [coarse(carc) for carc in carcs]
    keys = {PAYER: [payer_of], SERVICE: [payer_and_procedure, payer_of], OVERALL: []}
    tables = {name: CommonReasons(one, past, reasons) for name, one in keys.items()}
    return {name: [common.rank(claim) for claim in claims] for name, common in tables.items()}


def tops(ranked: Ranked, wanted: Sequence[str]) -> dict[str, float]:
    """How often the right one is the first, and among the first three, with exact intervals.

    >>> round(tops([["a", "b"], ["b", "a"]], ["a", "a"])["top_1"], 2)
    0.5
    """
    figures: dict[str, float] = {}
    for top in TOP:
        hits = int(_hits(ranked, wanted, top).sum())
        low, high = exact_interval(hits, len(wanted))
        share = hits / len(wanted) if wanted else float("nan")
        figures |= {f"top_{top}": share, f"top_{top}_low": low, f"top_{top}_high": high}
    return figures


def ahead(ranked: Mapping[str, Ranked], other: str, wanted: Sequence[str], *, seed: int) -> dict[str, float]:
    """The model less another method on the same denials, with the paired bootstrap interval."""
    counts = resampled(len(wanted), RESAMPLES, seed=seed)
    figures: dict[str, float] = {}
    for top in TOP:
        gap = _hits(ranked[MODEL], wanted, top) - _hits(ranked[other], wanted, top)
        low, high = np.quantile(counts @ gap / len(wanted), (LOW, HIGH))
        figures |= {
            f"top_{top}": float(gap.mean()),
            f"top_{top}_low": float(low),
            f"top_{top}_high": float(high),
        }
    return figures


def _add(part: Part, kind: str, ranked: Mapping[str, Ranked], wanted: Sequence[str], *, seed: int) -> None:
    """Tables, figures and missed bars of categories or of CARCs."""
    figures = {name: tops(one, wanted) for name, one in ranked.items()}
    part.figures[kind] = figures
    title = f"{kind.replace('carc', 'CARC')} of {len(wanted):,} denials, ranked by method (95 % intervals)"
    part.tables.append(table(title, [Row(*one) for one in figures.items()], SHOWN, taken=False))
    gap = ahead(ranked, PAYER, wanted, seed=seed)
    part.figures[f"{kind}_model_less_payer"] = gap
    part.missed.extend(
        f"{kind}, {name.replace('_', ' ')}: not above the payer's most common, by the paired interval"
        for name in SHOWN
        if not gap[f"{name}_low"] > 0
    )
    if kind == "category":
        part.tables.append(_by_category(ranked, wanted))


def _by_category(ranked: Mapping[str, Ranked], wanted: Sequence[str]) -> Table:
    """Of the denials of each category, how many are ranked first and among the first three."""
    shown = Table(title="By category, % first / among the first three", title_justify="left")
    for name in ("category", "denials", *ranked):
        shown.add_column(name, justify="left" if name == "category" else "right")
    for category, many in Counter(wanted).most_common():
        if many >= FEWEST:
            inside = np.array([one == category for one in wanted])
            hits = [[_hits(one, wanted, top)[inside].mean() for top in TOP] for one in ranked.values()]
            shown.add_row(category, f"{many:,}", *(f"{100 * one:.0f} / {100 * two:.0f}" for one, two in hits))
    return shown


def _hits(ranked: Ranked, wanted: Sequence[str], top: int) -> Floats:
    return np.array([float(one in best[:top]) for best, one in zip(ranked, wanted, strict=True)])
