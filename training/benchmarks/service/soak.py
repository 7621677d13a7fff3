"""Half of what it can take, for half an hour: memory, threads and open files may not grow, and nothing may fail.

The load is a mix: claims to score, payments to match, remittances to take in, pages of the worklist, metrics. Every
remittance is new, so the store grows as it would; what a process holds should not.
"""

from __future__ import annotations

import argparse
import itertools
import random
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
import numpy as np
import psutil
from msgspec import Struct
from msgspec.structs import replace
from rich.table import Table

from features.files import find, read
from features.progress import track
from features.x12.records import Claim, ClaimPayment
from training.benchmarks.parts import Part
from training.benchmarks.service.load import Loaded, Request, at_rate, closed
from training.benchmarks.service.models import champions
from training.benchmarks.service.process import Service
from training.benchmarks.service.rate import fill, payments_of
from training.simulate import command as simulation

CLAIMS = 100_000  # so that no claim is paid twice, as none is in life
CALLERS = 16
TRIED = 20.0  # seconds for which it is asked as much as it takes
WARM = 0.2  # the share of the time after which memory counts
EVERY = 5.0  # seconds between looks at the processes
MOST_GROWTH = 0.03  # of the memory, from the first third of what counts to the last
MB = 1024 * 1024
SHARES = {"score": 0.5, "match": 0.2, "take": 0.2, "list": 0.08, "metrics": 0.02}


class Look(Struct, frozen=True):
    """All worker processes together, at a time."""

    at: float  # seconds since the load began
    memory: int  # bytes that are resident
    threads: int
    files: int  # open files and sockets


def measure(arguments: argparse.Namespace) -> Part:
    """Find out how much it takes, then half of that for ``--minutes``."""
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        folder = place / "network"
        simulation.write(folder, claims=CLAIMS, seed=arguments.seed)
        environment = {
            "CLEARLANE_MODELS": str(champions(place, arguments.seed)),
            "CLEARLANE_RATE_LIMIT": "1000000",
        }
        fill(folder / "claims", place / "home", environment)
        requests = mix(folder, arguments.seed)
        with Service(place / "home", environment, workers=2) as service:
            tried = list(itertools.islice(requests, 20_000))
            most = closed(service.address, tried, callers=CALLERS, seconds=TRIED)
            rate, seconds = most.rate / 2, 60.0 * arguments.minutes
            with Watch(service) as watch:
                steady = track(
                    itertools.islice(requests, int(rate * seconds)),
                    f"soaking at {rate:.0f} a second",
                    total=int(rate * seconds),
                )
                found = at_rate(service.address, steady, rate=rate, callers=CALLERS)
        return told(most, rate, found, watch.looks)


def mix(folder: Path, seed: int) -> Iterator[Request]:
    """Requests without end, by their shares; no remittance is sent twice."""
    claims = [one for path in find([folder / "claims"]) for one in read(path) if isinstance(one, Claim)]
    payments = payments_of(folder / "remittances")
    chosen = random.Random(seed)  # noqa: S311 - a load, no secret
    number = itertools.count()
    makes = {
        "score": lambda: _json("/v1/denial-risk", {"items": [{"claim": chosen.choice(claims)}]}),
        "match": lambda: _json(
            "/v1/remittance-match", {"items": [{"claim_payment": chosen.choice(payments)}]}
        ),
        "take": lambda: _json("/v1/files?name=a.json", {"claim_payments": [_new(payments, next(number))]}),
        "list": lambda: Request.get("/v1/items?limit=50"),
        "metrics": lambda: Request.get("/metrics"),
    }
    while True:
        (kind,) = chosen.choices(list(SHARES), list(SHARES.values()))
        yield makes[kind]()


def _json(path: str, value: object) -> Request:
    return Request.post(path, msgspec.json.encode(value))


def _new(payments: Sequence[ClaimPayment], number: int) -> ClaimPayment:
    """The next payment; after the last the first again, as the payer would number another one."""
    again, place = divmod(number, len(payments))
    payment = payments[place]
    return replace(payment, payer_claim_number=f"{payment.payer_claim_number or ''}{again}"[:50])


class Watch:
    """Looks at the worker processes while the load runs; a context manager."""

    def __init__(self, service: Service) -> None:
        self.looks: list[Look] = []
        self._service = service
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        started = time.monotonic()
        while not self._over.wait(EVERY):
            with suppress(psutil.NoSuchProcess):
                workers = self._service.workers()
                self.looks.append(
                    Look(
                        at=time.monotonic() - started,
                        memory=sum(one.memory_info().rss for one in workers),
                        threads=sum(one.num_threads() for one in workers),
                        files=sum(one.num_fds() for one in workers),
                    )
                )


def told(most: Loaded, rate: float, found: Loaded, looks: Sequence[Look]) -> Part:
    """One table: each measure at the beginning of what counts and at the end."""
    counted = [look for look in looks if look.at >= WARM * looks[-1].at]
    third = max(1, len(counted) // 3)
    table = Table(
        title=f"{len(found.latencies):,} requests in {found.seconds / 60:.0f} minutes at {rate:.0f} a second, "
        f"of {most.rate:.0f} at most",
        title_justify="left",
    )
    for name in ("of both workers", "first third", "last third", "highest", "growth"):
        table.add_column(name, justify="left" if name == "of both workers" else "right")
    figures: dict[str, float] = {
        "rate": rate, "requests": float(len(found.latencies)), "failed": float(found.failed),
        "p50_ms": found.quantile(0.5), "p99_ms": found.quantile(0.99),
    }  # fmt: skip
    missed: list[str] = []
    for name, unit in (("memory", MB), ("threads", 1), ("files", 1)):
        values = np.array([getattr(look, name) for look in counted], dtype=float) / unit
        first, last = float(np.mean(values[:third])), float(np.mean(values[-third:]))
        growth = last / first - 1
        table.add_row(
            f"{name}, MB" if name == "memory" else name,
            f"{first:,.1f}", f"{last:,.1f}", f"{values.max():,.1f}", f"{growth:+.1%}",
        )  # fmt: skip
        figures |= {f"{name}_first": first, f"{name}_last": last}
        if growth > MOST_GROWTH:
            missed.append(f"{name} grew by {growth:.1%} after the service was warm")
    latencies = Table("p50 ms", "p99 ms", "failed", title="of all requests", title_justify="left")
    latencies.add_row(f"{found.quantile(0.5):.1f}", f"{found.quantile(0.99):.1f}", str(found.failed))
    if found.failed:
        missed.append(f"{found.failed} requests failed")
    return Part("soak", [table, latencies], figures, missed)
