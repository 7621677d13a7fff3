"""Requests made from the service's own OpenAPI document, by Schemathesis, with every check that it has.

It runs three times: where nobody is asked who they are, with a key of every role, and without one where everybody is
asked. The document's promises are held against each answer: its status, headers and body, that what is not allowed is
refused, and that nothing is answered with 500 or more.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from training.benchmarks.parts import Part
from training.benchmarks.service.intake import files_of, send_all
from training.benchmarks.service.models import champions
from training.benchmarks.service.process import Service
from training.simulate import command as simulation

CONFIG = Path(__file__).with_name("schemathesis.toml")
ENOUGH = 10_000  # cases of all runs together
ROLES = ("engine", "reviewer", "lead", "data-scientist", "auditor", "admin")
FEW_CLAIMS = 200


@dataclass(frozen=True)
class Given:
    """What each run has."""

    paths: list[Path]  # of the files that the service holds before
    models: Path
    arguments: argparse.Namespace


@dataclass(frozen=True)
class Run:
    """What one run came to."""

    name: str
    cases: int
    failures: Counter[str]  # by check
    log: str


def measure(arguments: argparse.Namespace) -> Part:
    """All three runs, each on a service that holds some items."""
    runs = []
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        simulation.write(place / "network", claims=FEW_CLAIMS, seed=arguments.seed)
        given = Given(files_of(place / "network"), champions(place, arguments.seed), arguments)
        runs.append(run(place / "open", given, "nobody is asked", asked=False, header=False))
        runs.append(run(place / "known", given, "with a key", asked=True, header=True))
        runs.append(run(place / "unknown", given, "without a key", asked=True, header=False))
    return told(runs, arguments.out)


def told(runs: list[Run], out: Path) -> Part:
    """The table; what failed is kept beside the results, for whoever mends it."""
    table = Table(title="requests made from the OpenAPI document", title_justify="left")
    for name in ("run", "cases", "failures", "checks that failed"):
        table.add_column(name, justify="left" if name in ("run", "checks that failed") else "right")
    missed = []
    for one in runs:
        what = ", ".join(f"{check} {count}" for check, count in one.failures.most_common())
        table.add_row(one.name, f"{one.cases:,}", str(one.failures.total()), what)
        if one.failures:
            out.mkdir(parents=True, exist_ok=True)
            kept = out / f"service-contract-{one.name.replace(' ', '-')}.log"
            kept.write_text(one.log, encoding="utf-8")
            missed.append(f"{one.name}: {one.failures.total()} failures ({kept})")
    cases = sum(one.cases for one in runs)
    if cases < ENOUGH:
        missed.append(f"{cases:,} cases, of {ENOUGH:,} that are wanted")
    failures = sum(one.failures.total() for one in runs)
    return Part("contract", [table], {"cases": cases, "failures": failures}, missed)


def run(place: Path, given: Given, name: str, *, asked: bool, header: bool) -> Run:
    """Start a service, give it some files, and send it what Schemathesis makes of its document."""
    environment = {
        "CLEARLANE_MODELS": str(given.models),
        "CLEARLANE_RATE_LIMIT": "100000",
        **({"CLEARLANE_ACCESS": "on"} if asked else {}),
    }
    with Service(place, {**environment, "CLEARLANE_ACCESS": "off"}) as service:
        send_all(service.address, given.paths, lambda _: None)
    key = make_key(place) if asked else ""
    with Service(place, environment) as service:
        report = place / "report.ndjson"
        command = [
            sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG),
            "run", str(document(place)), "--url", service.address,
            "--checks", "all", "--continue-on-failure", "--seed", str(given.arguments.seed),
            "--max-examples", str(given.arguments.examples), "--report", "ndjson", "--report-ndjson-path", str(report),
        ]  # fmt: skip
        if header:
            command += ["--header", f"Authorization: Bearer {key}"]
        done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
        return counted(name, report, done.stdout + done.stderr)


def document(place: Path) -> Path:
    """The service's OpenAPI document in a file: where everybody is asked, only who is known may read it."""
    path = place / "openapi.json"
    with path.open("wb") as output:
        subprocess.run([sys.executable, "-m", "serving", "openapi"], stdout=output, check=True)
    return path


def make_key(place: Path) -> str:
    """A key of every role for the store of that home."""
    roles = [part for role in ROLES for part in ("--role", role)]
    done = subprocess.run(
        [sys.executable, "-m", "serving", "access", "add-key", "contract", *roles],
        env={**os.environ, "CLEARLANE_HOME": str(place)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return next(word for word in done.stdout.split() if word.startswith("clk_"))


def counted(name: str, report: Path, log: str) -> Run:
    """Cases and failed checks of a report of events, a line each; an error of a whole operation is a failure too."""
    cases, failures = 0, Counter[str]()
    for line in report.read_text(encoding="utf-8").splitlines():
        ((kind, event),) = json.loads(line).items()
        if kind == "NonFatalError":
            failures["error"] += 1
        recorder = event.get("recorder") if kind == "ScenarioFinished" else None
        if recorder:
            cases += len(recorder.get("interactions", ()))
            failures.update(_failed(recorder.get("checks", {})))
    return Run(name, cases, failures, log)


def _failed(checks: dict[str, list[dict[str, str]]]) -> Iterator[str]:
    """The names of checks that failed, once for each case."""
    for found in checks.values():
        yield from {check["name"] for check in found if check["status"] == "failure"}
