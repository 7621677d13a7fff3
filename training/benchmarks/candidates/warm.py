"""One payment at a time against a warm index of many open claims, while claims come and go.

``python -m training.benchmarks.candidates.warm DATA OPEN SEED`` measures in a process of its own, so that its memory
is the index's, and prints JSON.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from features.remittance_match import ReferenceIndex
from training.benchmarks.candidates.multiplied import multiplied
from training.benchmarks.candidates.scene import Scene, read_scene
from training.benchmarks.memory import resident_memory

SEARCHED = 4000  # payments, one by one
LIMIT = 10


class Warm(NamedTuple):
    """Milliseconds of a search, microseconds of an addition and a removal, bytes, and recall among ten."""

    claims: int
    payments: int
    build_seconds: float
    memory: int
    arrays: int  # bytes of the index's own arrays
    median_ms: float
    p99_ms: float
    slowest_ms: float
    add_us: float  # mean
    remove_us: float
    hits: int
    matches: int


def measure(folder: Path, claims: int, *, seed: int) -> Warm:
    """In a child process."""
    given = [str(folder.resolve()), str(claims), str(seed)]
    done = subprocess.run(
        [sys.executable, "-m", "training.benchmarks.candidates.warm", *given],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    return Warm(**json.loads(done.stdout.splitlines()[-1]))


def warm(scene: Scene, claims: int, *, seed: int) -> Warm:
    """Build, then search payment by payment; before each a claim is added, and after each it is removed.

    The claims of the scene are the first of those that are open, so that recall can be told at this size too.
    """
    claims = max(claims, len(scene.claims))
    gc.collect()
    before, started = resident_memory(), time.perf_counter()
    index = ReferenceIndex()
    for place, claim in enumerate(multiplied(scene.claims, claims, seed=seed)):
        index.add(_name(place), claim)
    index.search(scene.payments[:1])
    built = time.perf_counter()
    gc.collect()
    memory = resident_memory() - before
    taken, hits, matches = _one_by_one(index, scene, seed)
    searches = np.array(taken["search"]) * 1e3
    return Warm(
        claims=claims,
        payments=len(searches),
        build_seconds=built - started,
        memory=memory,
        arrays=index.nbytes(),
        median_ms=float(np.median(searches)),
        p99_ms=float(np.percentile(searches, 99)),
        slowest_ms=float(searches.max()),
        add_us=float(np.mean(taken["add"]) * 1e6),
        remove_us=float(np.mean(taken["remove"]) * 1e6),
        hits=hits,
        matches=matches,
    )


def _one_by_one(index: ReferenceIndex, scene: Scene, seed: int) -> tuple[dict[str, list[float]], int, int]:
    """Seconds of each step, and how many payments with a claim there are and find it among the first ten."""
    numbers = {_name(place): claim.claim_id for place, claim in enumerate(scene.claims)}
    asked = [place for place, one in enumerate(scene.payments) if one.channel != "stub"][-SEARCHED:]
    some = scene.claims[-len(asked) :]
    newcomers = [*multiplied(some, 2 * len(asked), seed=seed + 1)][-len(asked) :]
    taken: dict[str, list[float]] = {"add": [], "search": [], "remove": []}
    hits = matches = 0
    for place, newcomer in zip(asked, newcomers, strict=True):
        times = [time.perf_counter()]
        index.add("newcomer", newcomer)
        times.append(time.perf_counter())
        found = index.candidates(scene.payments[place], LIMIT)
        times.append(time.perf_counter())
        index.remove("newcomer")
        times.append(time.perf_counter())
        for step, (begun, ended) in zip(taken, pairwise(times), strict=True):
            taken[step].append(ended - begun)
        matches += bool(scene.wanted[place])
        hits += bool(scene.wanted[place] & {numbers.get(name) for name in found})
    return taken, hits, matches


def _name(place: int) -> str:
    return f"{place:09d}"


def main() -> None:
    """Measure, and print it."""
    folder, claims, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    print(json.dumps(warm(read_scene(folder), claims, seed=seed)._asdict()))


if __name__ == "__main__":
    main()
