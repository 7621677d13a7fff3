"""Scores a second, beside the same model behind FastAPI: one worker each, in turns, so that both meet the same machine.

Ours also routes by the policy and its certificates, looks each patient up in the store, checks the bounds of every
field and counts its metrics; the peer scores. What an API key and the entries of the audit log cost is measured in the
same turns, and what it costs when the store knows every patient that is asked for: else it is empty, as the peer has
none. What the bounds cost is measured beside it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import msgspec
import numpy as np
from rich.table import Table

from features.files import find, read
from features.progress import track
from features.x12.records import Claim
from training.benchmarks.folder import measured_folder
from training.benchmarks.parts import Part
from training.benchmarks.service import checking
from training.benchmarks.service.contract import make_key
from training.benchmarks.service.load import Loaded, Request, closed
from training.benchmarks.service.models import trained
from training.benchmarks.service.ports import free_port
from training.benchmarks.service.process import PATIENCE, Service
from training.benchmarks.service.rate import fill

ROUNDS, SECONDS = 7, 4.0
MOST_REQUESTS = 400  # that are sent again and again
LOADS = {"one claim": (1, 16), "1,000 claims": (1000, 1)}  # claims a request, callers
OURS, KEYED, LOGGED, KNOWING, PYDANTIC, ORJSON = (
    "clearlane",
    "clearlane, asked for a key",
    "clearlane, answers logged",
    "clearlane, patients known",
    "FastAPI, pydantic",
    "FastAPI, orjson",
)
BARS = {"one claim": (PYDANTIC, 1 / 1.8), "1,000 claims": (ORJSON, 0.85)}  # at least so much of a peer's rate


@dataclass(frozen=True)
class Contender:
    """A server, its path, and a key where it asks for one."""

    address: str
    path: str
    key: str | None = None

    def request(self, body: bytes) -> Request:
        """The body as it takes it."""
        return Request.post(self.path, body, **({"X_API_Key": self.key} if self.key else {}))


def measure(arguments: argparse.Namespace) -> Part:
    """Both loads on all contenders, in turns."""
    found: dict[str, dict[str, list[Loaded]]] = {}
    with (
        tempfile.TemporaryDirectory() as scratch,
        measured_folder(arguments) as folder,
        ExitStack() as running,
    ):
        models = trained(folder, Path(scratch) / "training")
        claims = [one for path in find([folder / "claims"]) for one in read(path) if isinstance(one, Claim)]
        contenders = started(Path(scratch), models, folder, running)
        checks: dict[str, tuple[float, float]] = {}
        for load, (size, callers) in LOADS.items():
            sent = bodies(claims, size)
            found[load] = in_turns(contenders, sent, callers, f"{load} a request")
            checks[load] = checking.measure(sent[0])
    part = told(found)
    return replace(part, tables=[*part.tables, checking.told(checks)])


def bodies(claims: Sequence[Claim], size: int) -> list[bytes]:
    """Bodies of so many claims each, all different."""
    starts = range(0, max(1, len(claims) - size), size)
    return [
        msgspec.json.encode({"items": [{"claim": claim} for claim in claims[start : start + size]]})
        for start in list(starts)[:MOST_REQUESTS]
    ]


def started(place: Path, models: Path, folder: Path, running: ExitStack) -> dict[str, Contender]:
    """All of them, each with one worker."""
    environment = {
        "CLEARLANE_MODELS": str(models),
        "CLEARLANE_RATE_LIMIT": "1000000",
        "CLEARLANE_AUDIT_ANSWERS": "off",
    }
    options = ("--without-models",)  # for the kinds that were not trained
    plain = running.enter_context(Service(place / "plain", environment, options, workers=1))
    asked = place / "asked"
    asked.mkdir()
    key = make_key(asked)
    keyed = running.enter_context(Service(asked, environment, options, workers=1))
    telling = environment | {"CLEARLANE_AUDIT_ANSWERS": "on"}
    logged = running.enter_context(Service(place / "logged", telling, options, workers=1))
    fill(folder / "claims", place / "knowing", environment)
    knowing = running.enter_context(Service(place / "knowing", environment, options, workers=1))
    peer = running.enter_context(fastapi(models))
    return {
        OURS: Contender(plain.address, "/v1/denial-risk"),
        KEYED: Contender(keyed.address, "/v1/denial-risk", key),
        LOGGED: Contender(logged.address, "/v1/denial-risk"),
        KNOWING: Contender(knowing.address, "/v1/denial-risk"),
        PYDANTIC: Contender(peer, "/pydantic"),
        ORJSON: Contender(peer, "/orjson"),
    }


def in_turns(
    contenders: dict[str, Contender], sent: Sequence[bytes], callers: int, description: str
) -> dict[str, list[Loaded]]:
    """Each contender for a few seconds, then again; the first round warms up and does not count."""
    found: dict[str, list[Loaded]] = {name: [] for name in contenders}
    for _ in track(range(ROUNDS + 1), description):
        for name, one in contenders.items():
            requests = [one.request(body) for body in sent]
            found[name].append(closed(one.address, requests, callers=callers, seconds=SECONDS))
    return {name: loads[1:] for name, loads in found.items()}


def told(found: dict[str, dict[str, list[Loaded]]]) -> Part:
    """A table a load: requests a second, and the share of each peer's in the median of the rounds."""
    tables: list[Table] = []
    figures: dict[str, float] = {}
    missed: list[str] = []
    for load, by_name in found.items():
        table = Table(title=f"{load} a request, {LOADS[load][1]} callers", title_justify="left")
        for column in (
            "server",
            "requests/s",
            "lowest to highest",
            "p50 ms",
            "p99 ms",
            "of its peer",
            "failed",
        ):
            table.add_column(column, justify="left" if column == "server" else "right")
        peer, least = BARS[load]
        for name, loads in by_name.items():
            rates = [one.rate for one in loads]
            shares = [one.rate / other.rate for one, other in zip(loads, by_name[peer], strict=True)]
            share, failed = float(np.median(shares)), sum(one.failed for one in loads)
            table.add_row(
                name, f"{np.median(rates):,.1f}", f"{min(rates):,.1f} to {max(rates):,.1f}",
                f"{np.median([one.quantile(0.5) for one in loads]):,.1f}",
                f"{np.median([one.quantile(0.99) for one in loads]):,.1f}",
                f"{share:.2f} ({min(shares):.2f} to {max(shares):.2f})", str(failed),
            )  # fmt: skip
            key = f"{load}_{name}".replace(" ", "_").replace(",", "")
            figures |= {
                f"{key}_rate": float(np.median(rates)),
                f"{key}_share": share,
                f"{key}_failed": failed,
            }
            if failed:
                missed.append(f"{load}: {failed} requests to {name} failed")
            if name == OURS and share < least:
                missed.append(
                    f"{load} a request: {share:.2f} of the rate of {peer}, at least {least:.2f} is wanted"
                )
        tables.append(table)
    return Part("speed", tables, figures, missed)


@contextmanager
def fastapi(models: Path) -> Iterator[str]:
    """The peer's address while it runs, as it is served: uvicorn with its fast loop and parser, no access log."""
    port = free_port()
    fast = ["--loop", "uvloop", "--http", "httptools", "--log-level", "warning", "--no-access-log"]
    module = "training.benchmarks.service.fastapi_peer:app"
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", module, "--port", str(port), *fast],
        env={**os.environ, "CLEARLANE_MODELS": str(models)},
    )
    address, deadline = f"http://127.0.0.1:{port}", time.monotonic() + PATIENCE
    try:
        while time.monotonic() < deadline and process.poll() is None:
            with suppress(httpx.TransportError):
                httpx.get(f"{address}/docs", timeout=2)
                break
            time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait()
