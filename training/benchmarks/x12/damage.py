"""Damage to X12 files: what lines, discs and bad programs do to them, and what somebody might do on purpose."""

from __future__ import annotations

import random

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


def damage(data: bytes, others: list[bytes], rng: random.Random) -> bytes:
    """The file with one to three things done to it."""
    for _ in range(rng.randint(1, 3)):
        data = damage_once(data, rng.choice(others), rng.choice(WAYS), rng)
    return data


def damage_once(data: bytes, other: bytes, way: str, rng: random.Random) -> bytes:
    """The file with one thing done to it; ``way`` is one of WAYS, ``other`` what it may be spliced with."""
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
