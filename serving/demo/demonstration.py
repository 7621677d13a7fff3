"""The demonstration's steps, in the order in which a user would take them."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import httpx
from rich.console import Console

from features.errors import MissingDataError
from features.progress import track
from serving.clock import VARIABLE
from serving.demo import day, report
from serving.demo.server import running_service
from serving.parts import in_parts
from serving.ports import check_free
from serving.steps import run_step, status_of_step

MOST_ARGUMENTS = 4_000  # paths to one command; systems bound the length of a command line
MODELS = ("denial-risk", "remittance-match")


@dataclass(frozen=True)
class Demonstration:
    """One run, all of whose files stand below ``home``."""

    home: Path
    data: Path | None  # the user's own folder; None for a simulated one
    claims: int
    seed: int
    port: int
    console: Console = field(default_factory=lambda: Console(highlight=False))

    def run(self, *, wait: bool) -> None:
        """Take every step; with ``wait`` the service then runs until Ctrl-C."""
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        started = time.monotonic()
        check_free("127.0.0.1", self.port)
        self._clear()
        folder = self._network() if self.data is None else self.data
        if not folder.is_dir():
            raise MissingDataError(
                "there is no such folder", where=str(folder), remedy="pass a folder with --data"
            )
        found = day.look(folder)
        chosen = day.last_day(found)
        if not self._train(folder, before=chosen.day):
            chosen = day.everything(found)
        if chosen.earlier_claims:
            self._say("Loading the open claims that stand before the day")
            for some in in_parts(chosen.earlier_claims, MOST_ARGUMENTS):
                self._call("serving", "load", "--backlog", *map(str, some))
        self._say("Starting the service")
        log = self.home / "service.log"
        environment = {**self._environment(), **_today(chosen.day)}
        with running_service(port=self.port, environment=environment, log=log) as address:
            answers = self._feed(chosen.fed, address)
            report.show(self.console, chosen.day, answers, address=address, models=self.home / "models")
            self.console.print(f"\nAll of it took {time.monotonic() - started:.0f} s.")
            if wait:
                self.console.print("The service runs until you press Ctrl-C.")
                with suppress(KeyboardInterrupt):
                    signal.pause()
        if wait:
            self.console.print("\nThe service has stopped. Nothing is left running.")

    def _clear(self) -> None:
        """A demonstration starts from nothing: a day that was fed before would change nothing."""
        for name in (
            "models",
            "mlflow.sqlite",
            "clearlane.sqlite",
            "clearlane.sqlite-wal",
            "clearlane.sqlite-shm",
        ):
            path = self.home / name
            if path.is_dir():
                shutil.rmtree(path)
            path.unlink(missing_ok=True)
        self.home.mkdir(parents=True, exist_ok=True)

    def _network(self) -> Path:
        """The simulated folder; one that stands from an earlier run of the same size and seed is used again."""
        folder = self.home / f"network-{self.claims}-{self.seed}"
        finished = folder / ".finished"
        if not finished.exists():
            self._say(f"Simulating a provider network with {self.claims:,} claims")
            shutil.rmtree(folder, ignore_errors=True)
            options = ("--out", str(folder), "--claims", str(self.claims), "--seed", str(self.seed))
            self._call("training", "simulate", *options)
            finished.touch()
        return folder

    def _train(self, folder: Path, *, before: date | None) -> bool:
        """Train both models; the answer is whether any of them learnt from the folder."""
        self._say("Training both models, logged and registered in MLflow")
        if self.data is None:
            self._call("training", "train", "--data", str(folder), *_until(before))
            return True
        options = ("--data", str(folder), *_until(before))
        own = [model for model in MODELS if self._status("training", "train", "--only", model, *options) == 0]
        for model in MODELS:
            if model not in own:
                self.console.print(
                    f"[yellow]Your folder is not enough for a {model} model of your own (above stands why): "
                    "training it on the simulated network instead. It may propose, but nothing of yours is "
                    "certified by a simulation: a person sees every item.[/yellow]"
                )
                learnt = ("--data", str(self._network()), "--only", model)
                self._call("training", "train", *learnt, "--without-certificates")
        return bool(own)

    def _feed(self, paths: Sequence[Path], address: str) -> list[report.Answer]:
        answers = []
        with httpx.Client(base_url=address, timeout=120) as client:
            for path in track(paths, "Feeding the day's files", total=len(paths)):
                response = client.post("/v1/files", files={"file": (path.name, path.read_bytes())})
                answers.append(report.Answer(path.name, response.status_code, response.json()))
        return answers

    def _environment(self) -> dict[str, str]:
        home = str(self.home)
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name not in ("CLEARLANE_DATABASE_URL", "CLEARLANE_MODELS", "MLFLOW_TRACKING_URI")
        }
        return {**inherited, "CLEARLANE_HOME": home}

    def _status(self, room: str, *arguments: str) -> int:
        return status_of_step(room, *arguments, environment=self._environment())

    def _call(self, room: str, *arguments: str) -> None:
        run_step(room, *arguments, environment=self._environment())

    def _say(self, text: str) -> None:
        self.console.print(f"\n[bold]{text}[/bold]")


def _today(fed: date | None) -> dict[str, str]:
    """The service takes the day that is fed for today: the deadlines of its denials still lie ahead."""
    return {VARIABLE: fed.isoformat()} if fed else {}


def _until(before: date | None) -> tuple[str, ...]:
    return ("--before", before.isoformat()) if before else ()
