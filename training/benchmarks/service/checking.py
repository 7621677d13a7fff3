"""What the checks of a body cost, which the service cannot be asked to leave out: read with them, and without any."""

from __future__ import annotations

import timeit
from collections.abc import Callable, Sequence

import msgspec
from msgspec import Struct
from rich.table import Table

from features.x12.records import Claim
from serving.decoding import decode
from serving.inputs import ClaimItems

ENOUGH = 10_000  # claims that are read each time
TIMES = 5  # the least of so many counts


class _Item(Struct):
    claim: Claim


class _Items(Struct):
    items: list[_Item]


def measure(bodies: Sequence[bytes], size: int) -> tuple[float, float]:
    """Microseconds a body of ``size`` claims takes to be read with all checks, and as the same records without."""
    unchecked = msgspec.json.Decoder(_Items)
    rounds = max(1, ENOUGH // (size * len(bodies)))
    return (
        _least(lambda: [decode(body, ClaimItems) for body in bodies], rounds) / len(bodies),
        _least(lambda: [unchecked.decode(body) for body in bodies], rounds) / len(bodies),
    )


def told(found: dict[str, tuple[float, float]]) -> Table:
    """The table; the keys say how much a request holds."""
    table = Table(title="reading a body, with and without its checks, in this process", title_justify="left")
    for name in ("a request", "checked, microseconds", "unchecked", "the checks"):
        table.add_column(name, justify="left" if name == "a request" else "right")
    for load, (checked, unchecked) in found.items():
        table.add_row(load, f"{checked:,.1f}", f"{unchecked:,.1f}", f"{checked - unchecked:,.1f}")
    return table


def _least(work: Callable[[], object], rounds: int) -> float:
    """Microseconds."""
    return min(timeit.repeat(work, number=rounds, repeat=TIMES)) / rounds * 1e6
