"""Damaged files: whatever is done to a file, the reader gives records or says that it is no X12."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from features.errors import NotX12Error
from features.files import looks_like_x12
from features.read_output import json_line
from features.x12.reader import read_bytes

WAYS = (
    "truncate",
    "flip",
    "delete",
    "duplicate",
    "swap segments",
    "swap delimiters",
    "splice",
    "blank elements",
)
LARGEST = 20_000  # bytes; larger samples only repeat what smaller ones hold


def damage(data: bytes, others: list[bytes], rng: random.Random) -> bytes:
    """The file with one to three things done to it."""
    for _ in range(rng.randint(1, 3)):
        data = damage_once(data, rng.choice(others), rng.choice(WAYS), rng)
    return data


def damage_once(data: bytes, other: bytes, way: str, rng: random.Random) -> bytes:
    if len(data) < 20:
        return data
    segments = data.split(b"~")
    at, to = rng.randrange(len(segments)), rng.randrange(len(segments))
    match way:
        case "truncate":
            return data[: rng.randrange(len(data))]
        case "flip":
            altered = bytearray(data)
            for _ in range(rng.randint(1, 8)):
                altered[rng.randrange(len(altered))] = rng.randrange(256)
            return bytes(altered)
        case "delete":
            del segments[at]
        case "duplicate":
            segments.insert(at, segments[to])
        case "swap segments":
            segments[at], segments[to] = segments[to], segments[at]
        case "swap delimiters":
            marks = (
                bytes(rng.sample(range(32, 127), 2))
                if rng.random() < 0.5
                else rng.choice([b"*:", b"*~", b"~:", b"~\n"])
            )
            return data.translate(bytes.maketrans(marks, marks[::-1]))
        case "splice":
            return data[: rng.randrange(len(data))] + other[rng.randrange(len(other)) :]
        case "blank elements":
            elements = segments[at].split(b"*")
            segments[at] = b"*".join(
                e if rng.random() < 0.5 else rng.choice([b"", b"1e9", b"NaN", b"-", b"20269999"])
                for e in elements
            )
    return b"~".join(segments)


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
