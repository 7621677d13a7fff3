"""What the checks of a body cost, which the service cannot be asked to leave out: read with them, and without any.

As the service's code is nothing that training may lean on, a process of its own reads the bodies with it.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.table import Table

READ = "from pathlib import Path; body = Path({path!r}).read_bytes()"
CHECKED = "from serving.decoding import decode; from serving.inputs import ClaimItems"
UNCHECKED = (
    "import msgspec; from features.x12.records import Claim;"
    "Item = msgspec.defstruct('Item', [('claim', Claim)]);"
    "items = msgspec.json.Decoder(msgspec.defstruct('Items', [('items', list[Item])]))"
)


def measure(body: bytes) -> tuple[float, float]:
    """Microseconds that a body takes to be read with all checks, and as the same records without."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "body.json"
        path.write_bytes(body)
        read = READ.format(path=str(path))
        return (
            _least(f"{CHECKED}; {read}", "decode(body, ClaimItems)"),
            _least(f"{UNCHECKED}; {read}", "items.decode(body)"),
        )


def told(found: dict[str, tuple[float, float]]) -> Table:
    """The table; the keys say how much a request holds."""
    table = Table(title="reading a body, with and without its checks", title_justify="left")
    for name in ("a request", "checked, microseconds", "unchecked", "the checks"):
        table.add_column(name, justify="left" if name == "a request" else "right")
    for load, (checked, unchecked) in found.items():
        table.add_row(load, f"{checked:,.1f}", f"{unchecked:,.1f}", f"{checked - unchecked:,.1f}")
    return table


def _least(setup: str, work: str) -> float:
    """Microseconds, the least of five counts; raises CalledProcessError where the body is not taken."""
    command = [sys.executable, "-m", "timeit", "--unit", "usec", "--setup", setup, work]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"best of \d+: ([\d.e+]+) usec", said)
    if found is None:
        raise ValueError(f"timeit said: {said}")
    return float(found[1])
