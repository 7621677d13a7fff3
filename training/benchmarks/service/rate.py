"""One claim payment at a time against a large index of open claims: how long at 50 a second, and how many at most.

Twice: scored and forgotten (``POST /v1/remittance-match``), and taken into the queue (``POST /v1/files``): stored,
routed and in the audit log. Two workers; the load comes from the same machine.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec
from rich.table import Table

from features.files import find, read
from features.x12.records import ClaimPayment
from training.benchmarks.parts import Part
from training.benchmarks.service.load import Loaded, Request, at_rate, closed
from training.benchmarks.service.models import champions
from training.benchmarks.service.process import Service
from training.simulate import command as simulation

OPEN = 100_000  # claims in the index
RATE, SECONDS = 50.0, 30.0  # a second, so long
SUSTAINED = 200.0  # a second: the bar
CALLERS = 16
ANSWERED = "scored (POST /v1/remittance-match)"
TAKEN = "stored and audited (POST /v1/files)"


def measure(arguments: argparse.Namespace) -> Part:
    """Load the index, then both ways at the fixed rate and as fast as it goes."""
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        network = place / "network"
        simulation.write(network, claims=OPEN, seed=arguments.seed)
        environment = {"CLEARLANE_MODELS": str(champions(place, arguments.seed))}
        fill(network / "claims", place / "home", environment)
        payments = payments_of(network / "remittances")
        with Service(place / "home", environment, workers=2) as service:
            found = {name: loaded(service.address, name, payments) for name in (ANSWERED, TAKEN)}
    return told(found)


def fill(folder: Path, home: Path, environment: dict[str, str]) -> None:
    """Put the claims into the store, as the command for a backlog does."""
    subprocess.run(
        [sys.executable, "-m", "serving", "load", "--backlog", str(folder)],
        env={**os.environ, **environment, "CLEARLANE_HOME": str(home)}, check=True, capture_output=True,
    )  # fmt: skip


def payments_of(folder: Path) -> list[ClaimPayment]:
    """The claim payments of the network, the latest first."""
    found = [one for path in find([folder]) for one in read(path) if isinstance(one, ClaimPayment)]
    return found[::-1]


def request(name: str, payment: ClaimPayment) -> Request:
    """One payment as it is sent."""
    if name == ANSWERED:
        return Request.post(
            "/v1/remittance-match", msgspec.json.encode({"items": [{"claim_payment": payment}]})
        )
    return Request.post("/v1/files?name=a.json", msgspec.json.encode({"claim_payments": [payment]}))


def loaded(address: str, name: str, payments: Sequence[ClaimPayment]) -> tuple[Loaded, Loaded]:
    """At the fixed rate, and as fast as it goes; no payment is sent twice."""
    steady = int(RATE * SECONDS)
    half = len(payments) // 2
    mine = payments[:half] if name == ANSWERED else payments[half:]
    requests = [request(name, payment) for payment in mine]
    closed(address, requests[:50], callers=4, seconds=5.0)  # warm
    at = at_rate(address, requests[50 : 50 + steady], rate=RATE, callers=CALLERS)
    return at, closed(address, requests[50 + steady :], callers=CALLERS, seconds=SECONDS)


def told(found: dict[str, tuple[Loaded, Loaded]]) -> Part:
    """One table."""
    table = Table(title=f"one claim payment a request, {OPEN:,} open claims", title_justify="left")
    for name in ("how", f"p50 ms at {RATE:.0f}/s", "p99 ms", "most/s", "p99 ms then", "failed"):
        table.add_column(name, justify="left" if name == "how" else "right")
    figures: dict[str, float] = {}
    missed: list[str] = []
    for (name, (steady, most)), key in zip(found.items(), ("scored", "taken"), strict=True):
        failed = steady.failed + most.failed
        table.add_row(
            name, f"{steady.quantile(0.5):.1f}", f"{steady.quantile(0.99):.1f}", f"{most.rate:.0f}",
            f"{most.quantile(0.99):.1f}", str(failed),
        )  # fmt: skip
        figures |= {
            f"{key}_p50_ms": steady.quantile(0.5), f"{key}_p99_ms": steady.quantile(0.99),
            f"{key}_most": most.rate, f"{key}_failed": float(failed),
        }  # fmt: skip
        if most.rate < SUSTAINED:
            missed.append(f"{name}: {most.rate:.0f} a second, {SUSTAINED:.0f} are wanted")
        if failed:
            missed.append(f"{name}: {failed} failed")
    return Part("rate", [table], figures, missed)
