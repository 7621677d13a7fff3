"""Replay history under another policy or another model: what would have gone elsewhere, and would it have been right?

Each payment, claim and vendor invoice of the folder is decided twice, on its own day and with what was known then: as
the policy and the champion in force would have, and as the policy of --policy and the model of --model would. It says

  items and dollars of each lane and each cell, before and after
  how often the automatic lane was wrong, with intervals, and the difference on the same items
  reviewer hours by queue, and what they cost
  what changed, which rows of the policy did it, and examples by number

on the terminal, in whatif.html (plots), whatif.json (figures) and changes.csv (every item that goes elsewhere).

Nothing goes live by it: it reads the champions and writes to --out only. Days on which a model was fitted, calibrated
or certified tell nothing of how good it is, so the replay begins after them; ask for earlier ones with --from and they
are counted, marked, and left out of all error rates.

A policy that promises more (a smaller alpha or delta) or has other bands or groups of payers is covered by no
certificate in force. Then people see everything, and it is said how many checked items a new test wants; it is said,
too, where a policy leaves items to a certificate that was not tested on them. With --recertify the replay certifies
anew on the model's certification window: what could be had of today's labels, for this replay alone.

    python -m training whatif --policy new.toml --data network
    python -m training whatif --model 4 --kind remittance-match --data network
    python -m training whatif --policy new.toml --data network --from 2024-06-01 --until 2024-08-31 --out june

docs/what-if.md says more.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.console import Console

from features.commandline import day
from features.errors import BadInputError, MissingDataError
from features.files import folder_to_write
from features.settings import Settings

if TYPE_CHECKING:
    from training.datasets import Dataset
    from training.whatif.study import Question
    from training.whatif.version import Version

KINDS: Final = ("remittance-match", "denial-risk", "invoice-anomaly")
WIDTH: Final = 140  # characters: the table of changes needs as many
DOLLARS_AN_HOUR: Final = 35.0  # chosen: wage and what comes on top of it


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "--policy", type=Path, metavar="FILE", help="the policy to try (default: the one in force)"
    )
    parser.add_argument(
        "--model", metavar="M", help="a model to try: its folder, or its number in the registry; with --kind"
    )
    parser.add_argument(
        "--kind", choices=KINDS, help="replay this kind only (default: all that have a champion)"
    )
    parser.add_argument(
        "--data", type=Path, required=True, metavar="DIR", help="the folder whose history is replayed"
    )
    parser.add_argument("--from", dest="first", type=day, metavar="DAY", help="the first day (YYYY-MM-DD)")
    parser.add_argument("--until", type=day, metavar="DAY", help="the last day")
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="where it writes (default: what-if below CLEARLANE_HOME)"
    )
    parser.add_argument(
        "--recertify", action="store_true", help="certify cells that no certificate covers, for this replay"
    )
    parser.add_argument(
        "--hours-a-day",
        type=_positive,
        metavar="H",
        help="reviewer hours a working day for each kind (default: what today's work takes, and a tenth more)",
    )
    parser.add_argument(
        "--dollars-an-hour",
        type=_positive,
        default=DOLLARS_AN_HOUR,
        metavar="D",
        help=f"what an hour of a reviewer costs (default {DOLLARS_AN_HOUR:g}, chosen)",
    )
    parser.add_argument("--log", action="store_true", help="log figures and page in MLflow, too")
    parser.add_argument(
        "--seed", type=int, default=7, metavar="S", help="of the intervals' draws (default 7)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Replay, tell, and write."""
    _check(arguments)
    from training.whatif.output import log, reach_store, write
    from training.whatif.study import answer
    from training.whatif.tables import tables

    settings = Settings.from_environment()
    out = arguments.out or settings.home / "what-if"
    with tempfile.TemporaryDirectory() as scratch:
        question = _question(
            arguments, settings, Path(scratch)
        )  # first: what is wrong with it is known in a second
        folder_to_write(out)
        if arguments.log:
            reach_store(settings)
        found = answer(question, _data(arguments.data), settings)
    console = Console(file=sys.stdout)
    console.width = max(WIDTH, console.width)
    for table in tables(found.report):
        console.print(table)
    for note in found.report.notes:
        console.print(note, markup=False, highlight=False)
    written = write(out, found)
    if arguments.log:
        logged = log(found.report, written, settings)
        console.print(f"logged in MLflow: run {logged}", markup=False, highlight=False)
    console.print(f"written: {', '.join(path.as_posix() for path in written)}", markup=False, highlight=False)
    return 0


def _check(arguments: argparse.Namespace) -> None:
    """Raise BadInputError where the question makes no sense, before anything is imported for its answer."""
    if arguments.policy is None and arguments.model is None:
        raise BadInputError("there is nothing to try", remedy="give --policy FILE, or --model M with --kind")
    if arguments.model is not None and arguments.kind is None:
        raise BadInputError("--model wants to know of which kind it is", remedy=f"--kind {'|'.join(KINDS)}")
    if arguments.first and arguments.until and arguments.until < arguments.first:
        raise BadInputError("--until lies before --from")


def _question(arguments: argparse.Namespace, settings: Settings, scratch: Path) -> Question:
    from models.policy import load_policy
    from training.whatif.study import Question
    from training.whatif.version import challenger

    champions = _champions([arguments.kind] if arguments.kind else list(KINDS), settings)
    challengers = (
        {arguments.kind: challenger(arguments.model, arguments.kind, settings, scratch)}
        if arguments.model
        else {}
    )
    current = load_policy()
    return Question(
        policy=current,
        tried=load_policy(arguments.policy) if arguments.policy else current,
        champions=champions,
        challengers=challengers,
        first=arguments.first,
        last=arguments.until,
        minutes_a_day=arguments.hours_a_day * 60 if arguments.hours_a_day else None,
        dollars_an_hour=arguments.dollars_an_hour,
        recertify=arguments.recertify,
        seed=arguments.seed,
    )


def _champions(kinds: list[str], settings: Settings) -> dict[str, Version]:
    """Those that are there; raises MissingDataError where none is."""
    from training.whatif.version import champion

    found = {kind: version for kind in kinds if (version := champion(kind, settings))}
    if not found:
        raise MissingDataError(
            f"there is no champion of {' or '.join(kinds)}",
            str(settings.models),
            "train one with 'python -m training train --data DIR'",
        )
    return found


def _data(folder: Path) -> Dataset:
    from training.datasets import load

    return load(folder)


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError("write a number") from error
    if not 0 < value < 1e9:
        raise argparse.ArgumentTypeError("must be above 0")
    return value
