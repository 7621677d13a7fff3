"""Patterns against the sealed truth: planted ones found, false ones, what null data give, and change points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.table import Table

from training.benchmarks.denial import pattern_changes
from training.benchmarks.denial.parts import Task
from training.benchmarks.denial.pattern_changes import Changes
from training.benchmarks.denial.pattern_null import patterns_in_null_data
from training.benchmarks.denial.pattern_pivot import pivot, pivot_excess, share_of_true
from training.benchmarks.denial.pattern_truth import (
    LEAST_EXCESS,
    Reported,
    TrueRule,
    excess_without_chance,
    found,
    probabilities,
    rules,
    true_ones,
)
from training.benchmarks.parts import Part
from training.metrics import exact_interval
from training.patterns.find import searched
from training.patterns.findings import merged
from training.patterns.itemsets import find
from training.patterns.outcomes import Outcomes, outcomes
from training.patterns.scene import Scene
from training.patterns.search import Chosen

RECALL, FALSE, NULL = 0.9, 0.1, 0.05  # the bars
SAID = (
    f"a rule counts if it adds {LEAST_EXCESS:.0f} denials or more; it is found if patterns about it hold half of them; "
    "a pattern is true if half of its excess is there when the true probabilities stand in for what was drawn"
)


def measure(task: Task) -> Part:
    """Search one network, null data made of it, and a network with a policy change."""
    given = outcomes(task.dataset)
    itemsets = find(given.claims)
    scene, chosen = searched(given, itemsets, seed=task.seed)
    truth, probability = rules(task.folder, given), probabilities(task.folder, given)
    ours = reported(given, scene, chosen)
    cells = pivot(given, itemsets)
    figures = {
        **_found("patterns", truth, ours),
        **_counted("patterns_false", int((~true_ones(excess_without_chance(given, probability, ours), ours)).sum()),
                   len(ours)),
        **_found("pivot", truth, cells),
        "pivot_reported": len(cells),
        "pivot_false": 1 - share_of_true(pivot_excess(given, probability, cells), cells),
    }  # fmt: skip
    null = patterns_in_null_data(given, itemsets, seed=task.seed)
    figures |= _counted("null_with_patterns", sum(count > 0 for count in null), len(null))
    changes = pattern_changes.measured(claims=len(task.dataset.claims), seed=task.seed)
    figures |= _changes(changes)
    return Part(
        "patterns",
        [_table(figures, ours), _changes_table(changes)],
        figures,
        misses(figures),
        [SAID, *_unfound(truth, ours)],
    )


def reported(given: Outcomes, scene: Scene, chosen: Sequence[Chosen]) -> list[Reported]:
    """What was chosen, as it is judged."""
    result = []
    for one in merged(chosen):
        names = frozenset(given.categories[place] for place in one.outcomes if place < scene.categories)
        everything = scene.categories in one.outcomes
        excess = sum(
            float(scene.seen[one.row, place]) - scene.without(one.row, place)
            for place in ([scene.categories] if everything else one.outcomes)
        )
        result.append(Reported(scene.itemsets.rows(one.row), frozenset() if everything else names, excess))
    return result


def misses(figures: dict[str, Any]) -> list[str]:
    """A sentence for each bar that was missed."""
    missed = []
    if figures["patterns_recall"] < RECALL:
        missed.append(f"{figures['patterns_recall']:.2f} of the rules were found, not {RECALL}")
    if figures["patterns_false"] > FALSE:
        missed.append(f"{figures['patterns_false']:.2f} of the patterns are false, more than {FALSE}")
    if figures["null_with_patterns"] > NULL:
        missed.append(
            f"{figures['null_with_patterns']:.2f} of the null data sets gave patterns, more than {NULL}"
        )
    return missed


def _large(truth: Sequence[TrueRule]) -> list[TrueRule]:
    return [rule for rule in truth if rule.excess >= LEAST_EXCESS]


def _found(name: str, truth: Sequence[TrueRule], told: Sequence[Reported]) -> dict[str, float]:
    """Recall of all large rules, and of the planted ones among them."""
    large = _large(truth)
    hits = [found(rule, truth, told) for rule in large]
    planted = [hit for rule, hit in zip(large, hits, strict=True) if rule.kind == "planted"]
    return {
        **_counted(f"{name}_recall", sum(hits), len(hits)),
        f"{name}_planted_found": sum(planted),
        f"{name}_planted": len(planted),
    }


def _unfound(truth: Sequence[TrueRule], told: Sequence[Reported]) -> list[str]:
    return [
        f"not found: {rule.kind} {rule.conditions} since {rule.since}, which added {rule.excess:.0f} denials"
        for rule in _large(truth)
        if not found(rule, truth, told)
    ]


def _counted(name: str, hits: int, of: int) -> dict[str, float]:
    """A share with its exact interval, and what it is a share of."""
    low, high = exact_interval(hits, of) if of else (0.0, 1.0)
    return {name: hits / of if of else 0.0, f"{name}_low": low, f"{name}_high": high, f"{name}_of": of}


def _changes(changes: Changes) -> dict[str, float]:
    figures: dict[str, float] = {
        "changes_found": len(changes.errors),
        "changes_of": changes.payers,
        **_counted("changes_true", changes.true, changes.told),
    }
    if changes.errors:
        figures["change_error_days"] = sum(abs(days) for days in changes.errors) / len(changes.errors)
    if changes.delays:
        figures["change_delay_days"] = sum(changes.delays) / len(changes.delays)
    return figures


def _table(figures: dict[str, Any], ours: Sequence[Reported]) -> Table:
    table = Table(title="Patterns of denials, by the sealed truth", title_justify="left")
    for column in ("method", "reported", "rules found", "planted found", "false"):
        table.add_column(column, justify="left" if column == "method" else "right")
    table.add_row(
        "ours", str(len(ours)), _share(figures, "patterns_recall"),
        f"{figures['patterns_planted_found']} of {figures['patterns_planted']}", _share(figures, "patterns_false"),
    )  # fmt: skip
    table.add_row(
        "pivot tables, z-test", f"{figures['pivot_reported']:,}", _share(figures, "pivot_recall"),
        f"{figures['pivot_planted_found']} of {figures['pivot_planted']}", f"{figures['pivot_false']:.2f}",
    )  # fmt: skip
    table.add_row(
        "ours, null data",
        "",
        "",
        "",
        _share(figures, "null_with_patterns") + " of data sets",
        end_section=True,
    )
    return table


def _changes_table(changes: Changes) -> Table:
    table = Table(title="Change points where a policy changed", title_justify="left")
    for column in (
        "payers' change found",
        "days off",
        "interval holds it",
        "days until told",
        "true of all told",
    ):
        table.add_column(column, justify="right")
    table.add_row(
        f"{len(changes.errors)} of {changes.payers}", ", ".join(f"{days:+d}" for days in changes.errors),
        f"{changes.inside} of {len(changes.errors)}", ", ".join(map(str, changes.delays)) or "not within half a year",
        f"{changes.true} of {changes.told}",
    )  # fmt: skip
    return table


def _share(figures: dict[str, Any], name: str) -> str:
    low, high = figures[f"{name}_low"], figures[f"{name}_high"]
    return f"{figures[name]:.2f} ({low:.2f} to {high:.2f}) of {figures[f'{name}_of']}"
