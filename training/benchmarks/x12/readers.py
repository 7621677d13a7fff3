"""One reader over one file in a process of its own: ``python -m training.benchmarks.x12.readers NAME FILE``."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from training.benchmarks.memory import peak_memory

MODULES = {"clearlane": "features.files", "pyx12": "pyx12.x12file", "tokenizer": "io"}


def clearlane(path: Path) -> int:
    """Full records and balances; the answer is the number of claim payments, which must all balance."""
    from features.files import read
    from features.x12.records import ClaimPayment, Problem, Remittance

    claims = 0
    for record in read(path):
        if isinstance(record, ClaimPayment):
            claims += 1
            assert record.balanced  # noqa: S101 (the file is our own, see training.benchmarks.x12.remittance)
        elif isinstance(record, Remittance):
            assert record.balanced  # noqa: S101
        else:
            assert not isinstance(record, Problem), record.code  # noqa: S101
    return claims


def pyx12(path: Path) -> int:
    """pyx12's segment reader: segments and elements, no records."""
    import pyx12.x12file

    with pyx12.x12file.X12Reader(str(path)) as reader:
        return sum(segment.get_seg_id() == "CLP" for segment in reader)


def tokenizer(path: Path) -> int:
    """Split and nothing else: the least that any reader in Python must do."""
    claims, rest = 0, ""
    with path.open(encoding="ascii", newline="") as file:
        while text := file.read(1 << 16):
            *segments, rest = (rest + text).split("~")
            for segment in segments:
                claims += segment.split("*")[0] == "CLP"
    return claims


READERS: dict[str, Callable[[Path], int]] = {"clearlane": clearlane, "pyx12": pyx12, "tokenizer": tokenizer}


def main() -> None:
    """Print the measurement as JSON."""
    name, path = sys.argv[1], Path(sys.argv[2])
    import_module(MODULES[name])  # before the clock starts: it is the reading that is measured
    start = time.perf_counter()
    claims = READERS[name](path)
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "claims": claims, "peak": peak_memory()}))


if __name__ == "__main__":
    main()
