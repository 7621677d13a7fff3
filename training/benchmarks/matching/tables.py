"""Tables beside the table of methods: by kind of event, channel and month, and how good anyone could be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from rich import box
from rich.table import Table

from training.benchmarks.matching.controls import candidates_recall, indistinguishable
from training.benchmarks.matching.coverage import WANTED, part
from training.benchmarks.matching.lane import Lane
from training.benchmarks.matching.oracle import Apart
from training.benchmarks.results import ENDS
from training.match_evaluation import Answers, Flags, decisions
from training.match_fit import chosen
from training.metrics import Floats, rate
from training.remittance_match import Prepared

FEWEST = 5  # payments of a kind that are shown on a line of their own


def rightly_by(heading: str, answers: Mapping[str, Answers], kinds: Sequence[str]) -> Table:
    """A line a kind, a column a method: a payment is answered rightly by its claim, or by none where it has none."""
    result = _table(f"Answered rightly, % by {heading} (95 % below)", heading, answers)
    kind = np.array(kinds)
    for name in _listed(kind):
        inside = kind == name
        of = int(inside.sum())
        cells = [percent(int((inside & rightly(one)).sum()), of) for one in answers.values()]
        result.add_row(name, f"{of:,}", *cells)
    return result


def f1_by(heading: str, answers: Mapping[str, Answers], kinds: Sequence[str], counts: Floats) -> Table:
    """The same with the F1 of what is posted; ``counts`` are the resamples of all payments."""
    result = _table(f"F1, % by {heading} (95 % below)", heading, answers)
    kind = np.array(kinds)
    for name in _listed(kind):
        inside = kind == name
        figures = [f1_of(one, inside, counts) for one in answers.values()]
        result.add_row(name, f"{int(inside.sum()):,}", *(in_percent(one, "f1") for one in figures))
    return result


def f1_of(answers: Answers, inside: Flags, counts: Floats) -> dict[str, float]:
    """F1, precision and recall of a part of the payments."""
    return decisions(part(answers, inside), counts[:, inside])


def lane_by(heading: str, lane: Lane, kinds: Sequence[str]) -> Table:
    """How much of each kind goes without a look, and how rightly."""
    result = Table(
        title=f"Posted by the model without a look, % by {heading} (95 % below)", title_justify="left"
    )
    for name in (heading, "payments", "with a claim", "posted rightly", "precision"):
        result.add_column(name, justify="left" if name == heading else "right")
    kind, judged = np.array(kinds), lane.answers
    for name in _listed(kind):
        inside = kind == name
        through, hits = inside & lane.through, int((inside & lane.through & judged.right).sum())
        here = int((inside & judged.has_claim).sum())
        cells = (
            f"{int(inside.sum()):,}",
            f"{here:,}",
            percent(hits, here),
            percent(hits, int(through.sum())),
        )
        result.add_row(name, *cells)
    return result


def ceiling(lane: Lane, prepared: Prepared, wanted: Sequence[str], apart: Apart) -> Table:
    """How good the model could be: the right claim is a candidate, and nothing else looks the same."""
    _, candidates, _ = chosen(prepared.labels, prepared.candidates, prepared.windows.test)
    there, of = candidates_recall(candidates, wanted)
    alike = indistinguishable(lane.model, prepared, wanted)
    figures, barred = lane.figures(), int((~lane.open & lane.answers.has_claim).sum())
    result = Table(title="Ceiling and automatic lane of the model", title_justify="left", show_header=False)
    result.add_row("right claim among the candidates", shown(there, of))
    result.add_row("candidates a payment", f"{np.mean([len(claims) for claims in candidates]):.1f}")
    result.add_row("another claim with the same evidence", shown(alike, of))
    result.add_row("oracle: told apart by the fields of the files", shown(apart.surely + apart.by_number, of))
    result.add_row("oracle: by the echoed number alone", shown(apart.by_number, of))
    result.add_row("oracle: tied, or misled by a better sibling", shown(apart.tied + apart.misled, of))
    result.add_row(f"oracle: can be posted at {WANTED:.1%} precision", f"{apart.share_at(WANTED):.3f}")
    result.add_row("barred by the policy (amounts, flags)", shown(barred, of))
    for name, said in (("auto", "posted under certificates"), ("checked", "posted, every row audited")):
        result.add_row(said, in_words(figures, f"{name}_share"))
        result.add_row(f"{said}: precision", in_words(figures, f"{name}_precision"))
    return result


def rightly(answers: Answers) -> Flags:
    """Whether each answer is right: posted to the right claim, or to none where there is none."""
    return np.asarray(np.where(answers.has_claim, answers.posted & answers.right, ~answers.posted))


def shown(hits: int, of: int) -> str:
    """A rate with its exact interval.

    >>> shown(50, 100)
    '0.500 (0.398–0.602)'
    """
    return in_words(rate("share", hits, of), "share")


def in_words(figures: Mapping[str, float], name: str, digits: int = 3) -> str:
    """A figure with its interval on one line; a dash where there is none.

    >>> in_words({"f1": 0.98, "f1_low": 0.97, "f1_high": 0.99}, "f1")
    '0.980 (0.970–0.990)'
    """
    if name not in figures:
        return "–"
    low, high = figures.get(f"{name}_low"), figures.get(f"{name}_high")
    value = f"{figures[name]:.{digits}f}"
    return value if low is None or high is None else f"{value} ({low:.{digits}f}–{high:.{digits}f})"


def percent(hits: int, of: int) -> str:
    """A rate in percent over its exact interval.

    >>> percent(50, 100)
    '50.0\\n39.8–60.2'
    """
    return in_percent(rate("share", hits, of), "share")


def in_percent(figures: Mapping[str, float], name: str) -> str:
    """A figure in percent over its interval, if it has one."""
    if name not in figures:
        return "–"
    value = f"{100 * figures[name]:.1f}"
    if f"{name}_low" not in figures:
        return value
    low, high = (100 * min(max(figures[f"{name}{end}"], 0.0), 1.0) for end in ENDS)
    return f"{value}\n{low:.1f}–{high:.1f}"


def _listed(kind: NDArray[np.str_]) -> list[str]:
    names, many = np.unique(kind, return_counts=True)
    return [str(name) for name, of in zip(names, many, strict=True) if of >= FEWEST]


def _table(title: str, heading: str, answers: Mapping[str, Answers]) -> Table:
    result = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 0), pad_edge=False)
    for name in (heading, "payments", *answers):
        result.add_column(name, justify="left" if name == heading else "right")
    return result
