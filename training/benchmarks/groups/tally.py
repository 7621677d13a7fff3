"""How many groups of a kind there are, and what was said of them: rightly, wrongly, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.table import Table

from training.benchmarks.results import cell
from training.metrics import exact_interval

COUNTS = ("groups", "right", "abstained", "wrong", "invented")
RATES = ("of_answers", "of_all")


@dataclass
class Tally:
    """Counts of one kind under one method.

    ``of`` is how many there truly are. ``right`` and ``wrong`` count answers about these, ``invented`` answers about
    payments that are no such group; what is left of ``of`` was abstained from.
    """

    of: int = 0
    right: int = 0
    wrong: int = 0
    invented: int = 0

    @property
    def abstained(self) -> int:
        """Groups of which nothing was said."""
        return self.of - self.right - self.wrong

    def figures(self) -> dict[str, float]:
        """Counts, the share of the answers that are right, and of the groups that were rightly answered.

        >>> Tally(of=10, right=8, wrong=0, invented=0).figures()["of_all"]
        0.8
        """
        answers = self.right + self.wrong + self.invented
        return {
            "groups": self.of,
            "right": self.right,
            "abstained": self.abstained,
            "wrong": self.wrong,
            "invented": self.invented,
            **_rate("of_answers", self.right, answers),
            **_rate("of_all", self.right, self.of),
        }


def shown(tallies: Sequence[tuple[str, Tally]]) -> Table:
    """A row a kind and method: counts, and both rates with their exact intervals."""
    result = Table(title="Groups of payments (exact 95 % intervals)", title_justify="left")
    result.add_column("kind: method", no_wrap=True)
    for name in (*COUNTS, *RATES):
        result.add_column(name.replace("_", " "), justify="right")
    for name, tally in tallies:
        figures = tally.figures()
        counts = (f"{figures[count]:.0f}" for count in COUNTS)
        result.add_row(name, *counts, *(cell(figures, rate).replace("\n", "  ") for rate in RATES))
    return result


def _rate(name: str, hits: int, of: int) -> Mapping[str, float]:
    if not of:
        return {}
    low, high = exact_interval(hits, of)
    return {name: hits / of, f"{name}_low": low, f"{name}_high": high}
