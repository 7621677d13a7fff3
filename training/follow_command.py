"""Export champions and challengers of the registry whenever somebody moves an alias, so that the service takes them.

``promote`` exports by itself. This is for teams who set the alias ``champion`` in MLflow's own pages or by a program:
it looks every few seconds, and exports the version that has the alias to where the service loads it from. A running
service takes it within seconds; a version that cannot be read is told of and not exported.

Where CLEARLANE_CHALLENGERS names a folder, the versions with the alias ``challenger`` go there, for denial risk and
remittance match: the service has them score live traffic in the shadow of the champions (docs/operations.md). One that
has lost the alias is taken away again.

    python -m training follow
    python -m training follow --every 60 --once
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Final

from rich.console import Console

from features.errors import BadInputError, ClearlaneError
from features.settings import Settings
from training.train_command import KINDS

CHAMPION, CHALLENGER = (
    "champion",
    "challenger",
)  # as ``training.registry`` has them, which takes MLflow to import
SHADOWING: Final = ("denial-risk", "remittance-match")  # the kinds whose challengers the service asks


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("--every", type=float, default=15.0, metavar="SECONDS", help="between two looks (15)")
    parser.add_argument("--once", action="store_true", help="look once, and end")


def run(arguments: argparse.Namespace) -> int:
    """Follow until it is stopped; with ``--once`` the answer is 1 where a version could not be exported."""
    if arguments.every < 1.0:
        raise BadInputError("--every is at least a second")
    follower = Follower(Settings.from_environment(), Console(highlight=False, soft_wrap=True))
    while True:
        whole = follower.look()
        if arguments.once:
            return 0 if whole else 1
        time.sleep(arguments.every)


class Follower:
    """Knows what it has exported of each kind; at first nothing, so that each version is exported once."""

    def __init__(self, settings: Settings, console: Console) -> None:
        self._settings = settings
        self._console = console
        self._exported: dict[tuple[str, str], int] = {}

    def look(self) -> bool:
        """Export what has an alias now and had it not before; False where something could not be."""
        wanted = [(kind, CHAMPION, self._settings.models) for kind in KINDS]
        if self._settings.challengers is not None:
            wanted += [(kind, CHALLENGER, self._settings.challengers) for kind in SHADOWING]
        followed = [self._follow(*one) for one in wanted]  # one that fails keeps no other back
        return all(followed)

    def _follow(self, kind: str, alias: str, folder: Path) -> bool:
        from training.registry import export, no_store, take_away, version_of

        if no_store(self._settings):
            return True
        number = version_of(kind, alias, self._settings)
        if number is None and alias == CHALLENGER:
            self._exported.pop((kind, alias), None)
            gone = take_away(kind, folder, self._settings)
            if gone:
                self._console.print(f"{gone} is a {alias} no longer, and was taken out of {folder / kind}")
        if number is None or self._exported.get((kind, alias)) == number:
            return True
        try:
            target = export(kind, number, self._settings, into=folder)
        except ClearlaneError as error:
            self._console.print(f"{kind} version {number} is not exported: {error}")
            return False
        self._exported[kind, alias] = number
        self._console.print(f"{kind} version {number} is the {alias}, exported to {target}")
        return True
