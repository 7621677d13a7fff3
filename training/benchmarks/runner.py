"""One method over one task in a process of its own, so that its memory is its own and the truth stays sealed.

``python -m training.benchmarks.runner TASK METHOD DATA SEED OUT [FIRST UNTIL]`` reads the data, fits the method, asks
it, about what falls into some days where they are given, and writes answers and resources as JSON.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol, cast

from features.errors import BadInputError
from training import datasets
from training.benchmarks.memory import forget_peak, peak_memory, resident_memory
from training.benchmarks.protocols import named
from training.datasets import SEALED, Dataset

TASKS = {"denial": "training.benchmarks.denial.task", "matching": "training.benchmarks.matching.task"}
Days = tuple[date, date]  # from the first to before the second
OPENING = ("open", "os.listdir", "os.scandir")  # audit events
MEASURED = (
    "memory: how far the resident memory of the method's own process rose while it was fitted and asked, "
    "over what the data took"
)


class Task(Protocol):
    """A module that cuts a data set and asks a method."""

    def split(self, dataset: Dataset, *, seed: int, **days: Days) -> Any:
        """The history and the question: the task's own test window, or ``days`` where the task takes them."""

    def ask(self, method: Any, given: Any) -> list[Any]:
        """The method's answers, in plain values."""


@dataclass(frozen=True)
class Answered:
    """What a method said, and what it took: seconds, and bytes where they could be told apart."""

    answers: list[Any]
    fit_seconds: float
    answer_seconds: float
    memory: int | None


@dataclass(frozen=True)
class Runner:
    """Asks the methods of one task about one folder, each in a process of its own unless all are asked here."""

    task: str
    given: Any
    folder: Path
    seed: int
    in_process: bool
    days: Days | None = None

    def ask(self, method: str) -> Answered:
        """The method that ``package.module:ClassName`` names."""
        if self.in_process:
            return here(self.task, named(method), self.given)
        return apart(self.task, method, self.folder, seed=self.seed, days=self.days)


def here(task: str, method: Any, given: Any) -> Answered:
    """Ask a method in this process; its memory cannot be told from the rest."""
    started = time.perf_counter()
    method.fit(given.history)
    fitted = time.perf_counter()
    answers = _task(task).ask(method, given)
    return Answered(answers, fitted - started, time.perf_counter() - fitted, None)


def apart(task: str, method: str, data: Path, *, seed: int, days: Days | None = None) -> Answered:
    """Ask the method that ``package.module:ClassName`` names in a process of its own.

    Raises BadInputError where it fails; its own traceback stands on standard error.
    """
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "answered.json"
        given = [task, method, str(data.resolve()), str(seed), str(out), *map(str, days or ())]
        done = subprocess.run([sys.executable, "-m", "training.benchmarks.runner", *given], check=False)
        if done.returncode or not out.exists():
            raise BadInputError("the method failed", method, "see what it wrote above")
        return Answered(**json.loads(out.read_text(encoding="utf-8")))


def seal() -> None:
    """From here on this process opens nothing below a folder named truth."""
    sys.addaudithook(_refuse_the_truth)


def _refuse_the_truth(event: str, arguments: tuple[Any, ...]) -> None:
    if event in OPENING and SEALED in str(arguments[0]).replace("\\", "/").split("/"):
        raise BadInputError("a method may not open the truth", remedy="learn from the history")


def _task(name: str) -> Task:
    return cast("Task", importlib.import_module(TASKS[name]))


def main() -> None:
    """Answer for one method."""
    task, method, data, seed, out, *between = sys.argv[1:]
    chosen = named(method)  # and whatever it imports, before the clock starts
    days = {"days": (date.fromisoformat(between[0]), date.fromisoformat(between[1]))} if between else {}
    given = _task(task).split(datasets.load(Path(data)), seed=int(seed), **days)
    seal()
    forget_peak()
    before = resident_memory()
    answered = here(task, chosen, given)
    memory = max(0, peak_memory() - before)
    plain = vars(answered) | {"memory": memory}
    Path(out).write_text(json.dumps(plain), encoding="utf-8")


if __name__ == "__main__":
    main()
