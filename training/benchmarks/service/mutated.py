"""Damaged X12 files through ``POST /v1/files``: no answer of the 500s, and a file is taken whole or not at all.

The originals are small claims and remittances of a simulated provider, and the public samples where there are any. What
the answers say was queued has to be in the queue in the end, no more and no less.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
from rich.table import Table

from features.files import looks_like_x12
from features.progress import track
from training.benchmarks.folder import measured_folder
from training.benchmarks.parts import Part
from training.benchmarks.service.intake import SENDERS, files_of, items
from training.benchmarks.service.models import champions
from training.benchmarks.service.process import Service
from training.benchmarks.x12.damage import damage

LARGEST = 20_000  # bytes; larger files only repeat what smaller ones hold
FEW = 400  # files of the simulated provider


def measure(arguments: argparse.Namespace) -> Part:
    """Send ``mutations`` damaged files and count what was answered."""
    with measured_folder(arguments) as folder:
        originals = originals_of(folder)
    with tempfile.TemporaryDirectory() as scratch:
        models = champions(Path(scratch), arguments.seed)
        statuses, queued, held = sent(Path(scratch) / "home", models, originals, arguments)
    return told(statuses, queued, held)


def sent(
    home: Path, models: Path, originals: list[bytes], arguments: argparse.Namespace
) -> tuple[Counter[int], int, list[str]]:
    """What was answered, how many items the answers said were queued, and those that the service then holds."""
    with Service(home, {"CLEARLANE_MODELS": str(models)}) as service:
        statuses: Counter[int] = Counter()
        queued = 0
        for answer in answers(service.address, damaged(originals, arguments.mutations, arguments.seed)):
            statuses[answer.status_code] += 1
            if answer.status_code == 201:
                queued += answer.json()["counts"]["items"]
        return statuses, queued, [row["id"] for row in items(service.address)]


def told(statuses: Counter[int], queued: int, held: list[str]) -> Part:
    """The table, and what was missed."""
    table = Table(title=f"{statuses.total():,} damaged files", title_justify="left")
    table.add_column("answer")
    table.add_column("files", justify="right")
    for status, count in sorted(statuses.items()):
        table.add_row(str(status), f"{count:,}")
    failed = sum(count for status, count in statuses.items() if status >= 500)
    whole = len(held) == len(set(held)) == queued
    sentence = f"{queued:,} items were said to be queued, {len(held):,} are"
    figures = {"files": statuses.total(), "failed": failed, "queued": queued, "held": len(held)}
    missed = [f"{failed:,} damaged files were answered with 500 or more"] if failed else []
    if not whole:
        missed.append(sentence)
    return Part("mutated", [table], figures, missed, [sentence])


def originals_of(folder: Path) -> list[bytes]:
    """Small files to damage; raises nothing where there are no public samples."""
    paths = files_of(folder)[:: max(1, len(files_of(folder)) // FEW)]
    samples = os.environ.get("CLEARLANE_SAMPLES")
    if samples:
        paths += sorted(
            path for path in (Path(samples) / "x12").rglob("*") if path.is_file() and looks_like_x12(path)
        )
    return [path.read_bytes() for path in paths if path.stat().st_size < LARGEST]


def damaged(originals: list[bytes], count: int, seed: int) -> Iterator[bytes]:
    """So many of them, always the same ones for a seed."""
    rng = random.Random(seed)  # noqa: S311 (a benchmark's data)
    for _ in range(count):
        yield damage(rng.choice(originals), originals, rng)


def answers(address: str, files: Iterator[bytes]) -> Iterator[httpx.Response]:
    """What each is answered with; a few are under way at once."""
    with httpx.Client(base_url=address, timeout=120) as client, ThreadPoolExecutor(SENDERS) as pool:

        def send(data: bytes) -> httpx.Response:
            return client.post("/v1/files", params={"name": "damaged.x12"}, content=data)

        yield from pool.map(send, track(files, "sending damaged files"))
