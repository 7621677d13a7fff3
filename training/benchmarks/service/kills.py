"""``kill -9`` while files come in: nothing may be lost, nothing doubled, the log stays whole and callbacks are told.

The same files go to two services, with two workers each: one is left alone; of the other a worker or all processes are
killed, in turn, again and again, while the senders send on. In the end both have to hold the same items. A tenth of the
files is left to jobs with a callback, and the end of each has to be told.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

from features.progress import track
from training.benchmarks.folder import measured_folder
from training.benchmarks.parts import Part
from training.benchmarks.service.callbacks import Callbacks, receiving, wait_for
from training.benchmarks.service.databases import Kind, database, kinds
from training.benchmarks.service.intake import files_of, items, send_all
from training.benchmarks.service.models import champions
from training.benchmarks.service.process import Service

KILLS = 20
FOLLOWS = "denied-claim"  # made where its payment goes automatically, which may depend on the order that files came in


@dataclass(frozen=True)
class Outcome:
    """What one service held in the end, and what it took to get there."""

    items: Counter[str]
    automatic: int  # of them
    kills: int
    failed: int  # requests that had to be sent again
    seconds: float
    whole: bool  # the audit log
    callbacks: Callbacks

    def lost(self, alone: Outcome) -> int:
        """Items that the one which was left alone has."""
        return sum((alone.items - self.items).values())

    def doubled(self, alone: Outcome) -> int:
        """Items that it has not."""
        return sum((self.items - alone.items).values())


def measure(arguments: argparse.Namespace) -> Part:
    """On SQLite, and on PostgreSQL where it is installed."""
    table = Table(title=f"kill -9, {KILLS} times while items come in", title_justify="left")
    for name in (
        "database",
        "items",
        "automatic",
        "kills",
        "sent again",
        "lost",
        "doubled",
        "audit log",
        "callbacks",
        "untold",
        "told again",
        "seconds",
    ):
        table.add_column(name, justify="left" if name == "database" else "right")
    figures: dict[str, float] = {}
    missed: list[str] = []
    with measured_folder(arguments) as folder, tempfile.TemporaryDirectory() as scratch:
        paths, models = files_of(folder), champions(Path(scratch), arguments.seed)
        for kind in kinds():
            alone, killed = (taken(paths, models, kind, kills=kills) for kills in (0, KILLS))
            lost, doubled = killed.lost(alone), killed.doubled(alone)
            table.add_row(
                kind, f"{killed.items.total():,}", f"{killed.automatic:,}", str(killed.kills),
                str(killed.failed), str(lost), str(doubled),
                "whole" if killed.whole else "BROKEN", str(killed.callbacks.due), str(killed.callbacks.untold),
                str(killed.callbacks.again), f"{killed.seconds:.0f} ({alone.seconds:.0f} alone)",
            )  # fmt: skip
            figures |= {
                f"{kind}_items": killed.items.total(), f"{kind}_automatic": killed.automatic,
                f"{kind}_kills": killed.kills, f"{kind}_lost": lost,
                f"{kind}_doubled": doubled, f"{kind}_whole": float(killed.whole and alone.whole),
                f"{kind}_callbacks": killed.callbacks.due, f"{kind}_untold": killed.callbacks.untold,
            }  # fmt: skip
            if lost or doubled or not killed.whole:
                missed.append(f"{kind}: after {killed.kills} kills {lost} items lost, {doubled} doubled")
            if killed.callbacks.untold or alone.callbacks.untold:
                missed.append(
                    f"{kind}: of {killed.callbacks.due} callbacks {killed.callbacks.untold} were not told"
                )
            if killed.kills < KILLS:
                missed.append(f"{kind}: only {killed.kills} of {KILLS} kills before all files were in")
    return Part("kills", [table], figures, missed)


def taken(paths: list[Path], models: Path, kind: Kind, *, kills: int) -> Outcome:
    """Send all the files to a new service, which is killed ``kills`` times on the way."""
    with (
        tempfile.TemporaryDirectory() as scratch,
        database(kind, Path(scratch)) as url,
        receiving() as receiver,
    ):
        environment = {"CLEARLANE_DATABASE_URL": url, "CLEARLANE_MODELS": str(models)}
        with Service(Path(scratch) / "home", environment | receiver.environment) as service:
            started = time.monotonic()
            killer = Killer(service, len(paths), kills)
            sent = send_all(service.address, paths, killer.taken, callback=receiver.address)
            killer.join()
            seconds = time.monotonic() - started
            jobs = [one.job for one in sent if one.job]
            wait_for(service.address, jobs)
            rows = [
                row
                for row in track(items(service.address), "reading what it holds")
                if row["kind"] != FOLLOWS
            ]
            callbacks = receiver.told(jobs)
        return Outcome(
            items=Counter(map(named, rows)),
            automatic=sum(row["lane"] == "auto" for row in rows),
            kills=killer.done,
            failed=sum(one.attempts - 1 for one in sent),
            seconds=seconds,
            whole=audit_is_whole(url),
            callbacks=callbacks,
        )


def named(row: dict[str, Any]) -> str:
    """What an item is, whichever store holds it: its id is the store's own."""
    return f"{row['kind']} {row['claim_id']} {row['amount']} {row['payer_name']}"


class Killer:
    """Kills in turn a worker and the whole service, each time that so many more files were taken."""

    def __init__(self, service: Service, files: int, kills: int) -> None:
        self._service = service
        self._at = [files * number // (kills + 1) for number in range(1, kills + 1)]
        self._thread: threading.Thread | None = None
        self.done = 0

    def taken(self, number: int) -> None:
        """So many files are in."""
        if self.done < len(self._at) and number >= self._at[self.done]:
            self.join()  # of the kill before
            self.done += 1
            self._thread = threading.Thread(target=self._kill, args=(self.done,))
            self._thread.start()

    def join(self) -> None:
        """Wait until it runs again."""
        if self._thread:
            self._thread.join()

    def _kill(self, number: int) -> None:
        if number % 2:
            self._service.kill_worker(number // 2)
        else:
            self._service.kill()
            self._service.start()


def audit_is_whole(url: str) -> bool:
    """By the command that auditors use."""
    done = subprocess.run(
        [sys.executable, "-m", "serving", "audit", "verify"],
        env={**os.environ, "CLEARLANE_DATABASE_URL": url}, capture_output=True, check=False,
    )  # fmt: skip
    return done.returncode == 0
