"""Score and route past items again from what was kept of them, and compare bit by bit.

DECISION is the number of an entry of the audit log about an item, or the item's id. The model, the policy and the
certificates are those that were in force when the item was scored. A model is looked for by its version: among the
champions, in the registry's files below CLEARLANE_HOME, and in folders that --models names. Nothing is changed. The
exit status is 0 where all came out the same, 1 where something differs, and 2 where something that a replay needs is
not there any more.

    python -m serving replay 17
    python -m serving replay 0e9473f58f1b87ee90ee01c3 --models old-champions
    python -m serving replay --latest 1000
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.markup import escape

from features.errors import BadInputError
from features.progress import track
from features.settings import Settings
from serving.audit.model_finding import ModelFinder
from serving.audit.replaying import Field, Replayed, replay
from serving.store.looking import looked_at
from serving.store.replaying import ReplayStore

STATUS: Final = {"same": 0, "different": 1, "missing": 2}
WHOLE: Final = 5  # replays that are told field by field


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("what", nargs="*", metavar="DECISION", help="an entry's number or an item's id")
    parser.add_argument("--latest", type=int, metavar="N", help="also the N items that came last")
    parser.add_argument(
        "--models", type=Path, action="append", default=[], metavar="FOLDER", help="look for models here, too"
    )


def run(arguments: argparse.Namespace) -> int:
    """Replay and print what came of each; raises MissingDataError without a store, StoreError and BadInputError."""
    if not arguments.what and arguments.latest is None:
        raise BadInputError(
            "nothing to replay is named", remedy="give an entry's number, an item's id or --latest"
        )
    settings = Settings.from_environment()
    console = Console(highlight=False, soft_wrap=True)
    counts: Counter[str] = Counter()
    with looked_at(settings.database_url) as connections:
        kept = ReplayStore(connections)
        wanted = [*arguments.what, *(kept.ids(limit=arguments.latest) if arguments.latest else [])]
        finder = ModelFinder(settings, arguments.models)
        for name in track(wanted, "Replaying", total=len(wanted)):
            one = replay(kept.kept(name), finder, kept.configuration)
            counts[one.verdict] += 1
            for line in _lines(one, whole=len(wanted) <= WHOLE):
                console.print(escape(line))
    console.print(", ".join(f"{counts[verdict]:,} {verdict}" for verdict in STATUS))
    return max((STATUS[verdict] for verdict in counts), default=0)


def _lines(one: Replayed, *, whole: bool) -> Iterator[str]:
    """All of it, or what is not the same."""
    if not whole and one.verdict == "same":
        return
    yield f"{one.item} {one.kind}: {one.verdict}"
    if whole and one.versions:
        yield f"  in force then: {', '.join(f'{name} {value}' for name, value in one.versions.items())}"
    yield from (f"  missing    {why}" for why in one.missing)
    yield from (_line(field) for field in one.fields if whole or not field.same)
    yield from _runtime(one.runtime)


def _line(field: Field) -> str:
    if field.same:
        return f"  same       {field.name}: {_told(field.then)}"
    return f"  different  {field.name}: then {_told(field.then)}, now {_told(field.now)}"


def _told(value: Any) -> str:
    return "none" if value is None else f"{len(value)}" if isinstance(value, tuple) else str(value)


def _runtime(runtime: Sequence[Field]) -> Iterator[str]:
    for one in runtime:
        yield f"  computed by another {one.name}: {one.then} then, {one.now} now"
