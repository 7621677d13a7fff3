"""Say which bars were missed. A missed bar is a finding, not a failure, so it does not touch the exit status."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console


def say(console: Console, missed: Sequence[str]) -> None:
    """One line a missed bar, or that none was missed."""
    for sentence in missed:
        console.print(f"bar missed: {sentence}", style="red")
    if not missed:
        console.print("no bar missed")
