"""Damaged files: whatever is done to a file, the reader gives records or says that it is no X12."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from features.errors import NotX12Error
from features.files import looks_like_x12
from features.read_output import json_line
from features.x12.reader import read_bytes
from training.benchmarks.x12.damage import damage

LARGEST = 20_000  # bytes; larger samples only repeat what smaller ones hold


def run(samples: Path, count: int, seed: int) -> tuple[int, int]:
    """Damage that many files and read them; the answer counts those that were read and those that were refused."""
    paths = sorted(p for p in (samples / "x12").rglob("*") if p.is_file() and looks_like_x12(p))
    originals = [p.read_bytes() for p in paths if p.stat().st_size < LARGEST]
    rng = random.Random(seed)
    taken = refused = 0
    for _ in range(count):
        data = damage(rng.choice(originals), originals, rng)
        try:
            for record in read_bytes(data, file="damaged"):
                json_line(record)
            taken += 1
        except NotX12Error:
            refused += 1
    return taken, refused


def test_a_thousand_damaged_files_raise_nothing_else(samples: Path) -> None:
    taken, refused = run(samples, 1_000, seed=2)
    assert taken > 800
    assert taken + refused == 1_000


@pytest.mark.slow
def test_twenty_thousand_damaged_files_raise_nothing_else(samples: Path) -> None:
    taken, refused = run(samples, 20_000, seed=1)
    assert taken > 16_000
    assert taken + refused == 20_000
