"""Tables beside the table of methods: by kind of event, and how good anyone could be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from rich.table import Table

from training.benchmarks.matching.controls import candidates_recall, indistinguishable
from training.benchmarks.matching.lane import Lane
from training.benchmarks.matching.truth import TruePayment
from training.match_evaluation import Answers, Flags, rate
from training.match_fit import chosen
from training.remittance_match import Prepared


def events(answers: Mapping[str, Answers], truth: Sequence[TruePayment]) -> Table:
    """A payment is answered rightly by its claim, or by none where it has none here."""
    table = Table(title="Answered rightly, by kind of event", title_justify="left")
    for heading in ("event", "payments", *answers):
        table.add_column(heading, justify="left" if heading == "event" else "right")
    kinds = np.array([true.event for true in truth])
    for kind in sorted(set(kinds.tolist())):
        inside = kinds == kind
        of = int(inside.sum())
        right = [int((inside & rightly(one)).sum()) for one in answers.values()]
        table.add_row(kind, f"{of:,}", *(shown(hits, of) for hits in right))
    return table


def ceiling(lane: Lane, prepared: Prepared, wanted: Sequence[str]) -> Table:
    """How good the model could be: the right claim is a candidate, and nothing else looks the same."""
    _, candidates, _ = chosen(prepared.labels, prepared.candidates, prepared.windows.test)
    there, of = candidates_recall(candidates, wanted)
    alike = indistinguishable(lane.model, prepared, wanted)
    table = Table(title="Ceiling and automatic lane of the model", title_justify="left", show_header=False)
    table.add_row("right claim among the candidates", shown(there, of))
    table.add_row("candidates a payment", f"{np.mean([len(claims) for claims in candidates]):.1f}")
    table.add_row("another claim with the same evidence", shown(alike, of))
    table.add_row("posted under a certificate", shown(lane.through, lane.payments))
    table.add_row("of these right", shown(lane.right, lane.through))
    return table


def rightly(answers: Answers) -> Flags:
    """Whether each answer is right: posted to the right claim, or to none where there is none."""
    return np.asarray(np.where(answers.has_claim, answers.posted & answers.right, ~answers.posted))


def shown(hits: int, of: int) -> str:
    """A rate with its exact interval.

    >>> shown(50, 100)
    '0.500 (0.398–0.602)'
    """
    figures = rate("share", hits, of)
    return f"{figures['share']:.3f} ({figures['share_low']:.3f}–{figures['share_high']:.3f})" if of else "–"
