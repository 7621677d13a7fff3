"""Export the champions of the registry whenever somebody moves the alias, so that the service goes over to them.

``promote`` exports by itself. This is for teams who set the alias ``champion`` in MLflow's own pages or by a program:
it looks every few seconds, and exports the version that has the alias to where the service loads it from. A running
service takes it within seconds; a version that cannot be read is told of and not exported.

    python -m training follow
    python -m training follow --every 60 --once
"""

from __future__ import annotations

import argparse
import time

from rich.console import Console

from features.errors import BadInputError, ClearlaneError
from features.settings import Settings
from training.train_command import KINDS


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("--every", type=float, default=15.0, metavar="SECONDS", help="between two looks (15)")
    parser.add_argument("--once", action="store_true", help="look once, and end")


def run(arguments: argparse.Namespace) -> int:
    """Follow until it is stopped; with ``--once`` the answer is 1 where a champion could not be exported."""
    if arguments.every < 1.0:
        raise BadInputError("--every is at least a second")
    follower = Follower(Settings.from_environment(), Console(highlight=False, soft_wrap=True))
    while True:
        whole = follower.look()
        if arguments.once:
            return 0 if whole else 1
        time.sleep(arguments.every)


class Follower:
    """Knows what it has exported of each kind; at first nothing, so that each champion is exported once."""

    def __init__(self, settings: Settings, console: Console) -> None:
        self._settings = settings
        self._console = console
        self._exported: dict[str, int] = {}

    def look(self) -> bool:
        """Export what has the alias now and had it not before; False where something could not be."""
        followed = [self._follow(kind) for kind in KINDS]  # one that fails keeps no other back
        return all(followed)

    def _follow(self, kind: str) -> bool:
        from training.registry import champion_of, export, no_store

        number = None if no_store(self._settings) else champion_of(kind, self._settings)
        if number is None or self._exported.get(kind) == number:
            return True
        try:
            folder = export(kind, number, self._settings)
        except ClearlaneError as error:
            self._console.print(f"{kind} version {number} is not exported: {error}")
            return False
        self._exported[kind] = number
        self._console.print(f"{kind} version {number} is the champion, exported to {folder}")
        return True
