"""Look at the store's tables and bring them to this release.

The service and the other commands bring a store up when they open it; 'upgrade' does so before a release is started.
Back the store up before: there is no way back (docs/store.md).

    python -m serving store version   # the store's revision, and this release's
    python -m serving store upgrade
    python -m serving store check     # the tables against this release's; status 1 where they differ
    python -m serving store purge --older-than 2555 --dry-run   # remove patients' data that is no longer to be kept
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from rich.console import Console

from features.errors import MissingDataError
from features.settings import Settings
from serving import retention_command
from serving.store.connections import Connections
from serving.store.migrations.comparing import differences
from serving.store.migrations.running import of_this_release, standing_of


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    verbs = parser.add_subparsers(dest="what", metavar="VERB", required=True)
    for name, text in TEXTS.items():
        verbs.add_parser(name, help=text)
    retention_command.configure(verbs.add_parser("purge", help=retention_command.TEXT))


def run(arguments: argparse.Namespace) -> int:
    """Do it; raises StoreError, BadInputError, and MissingDataError where there is no store to look at."""
    console = Console(highlight=False, soft_wrap=True)
    address = Settings.from_environment().database_url
    if arguments.what != "upgrade":
        _check_file(address)
    if arguments.what == "purge":
        return retention_command.run(arguments, console)
    with closing(Connections(address)) as connections:
        return WHAT[arguments.what](connections, console)


def _check_file(address: str) -> None:
    """To look makes no store."""
    prefix, _, path = address.partition("sqlite:///")
    if not prefix and not Path(path).is_file():
        raise _no_store()


def _no_store() -> MissingDataError:
    return MissingDataError("there is no store yet", remedy="python -m serving store upgrade makes it")


def _version(connections: Connections, console: Console) -> int:
    migrations = of_this_release()
    with connections.reading() as connection:
        standing = standing_of(connection)
    if standing.version is None:
        raise _no_store()
    console.print(f"store    {standing.revision or 'none: it was made before migrations'}")
    console.print(f"release  {migrations.newest}")
    return 1 if migrations.lacking(standing) else 0


def _upgrade(connections: Connections, console: Console) -> int:
    with connections.altering() as connection:
        got = of_this_release().bring_up(connection)
    console.print(f"brought up: {', '.join(got)}" if got else "nothing to do")
    return 0


def _check(connections: Connections, console: Console) -> int:
    with connections.reading() as connection:
        if standing_of(connection).version is None:
            raise _no_store()
        found = differences(connection)
    for line in found:
        console.print(line)
    console.print(f"{len(found)} differences" if found else "the store is as this release has it")
    return 1 if found else 0


WHAT: dict[str, Callable[[Connections, Console], int]] = {
    "version": _version,
    "upgrade": _upgrade,
    "check": _check,
}

TEXTS = {
    "version": "the store's revision, and this release's",
    "upgrade": "bring the store to this release",
    "check": "hold the tables against this release's",
}
