"""Make, list and revoke the API keys by which programs and people use the service.

A key is shown once, when it is made; the store keeps a digest of it. From the first key on the service asks everyone
who it is (docs/access.md), when it is next started; running workers take notice of a new or revoked key within
five seconds.

    python -m serving access add-key billing-engine --role engine
    python -m serving access add-key ann --role reviewer --facility 1234567893 --expires 90
    python -m serving access list
    python -m serving access revoke ann --by "Ann Lead"
"""

from __future__ import annotations

import argparse
from datetime import datetime, timedelta

from rich.console import Console
from rich.table import Table

from features.errors import BadInputError
from features.settings import Settings
from serving.access.actor import ROLES, acting_as
from serving.access.key_ring import FRESH_SECONDS
from serving.access.keys import ApiKey, make_key
from serving.access.operators import BY, operator
from serving.clock import utc_now
from serving.opening import open_store
from serving.store.access import AccessStore

LONGEST_DAYS = 3660


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    adding = verbs.add_parser("add-key", help="make a key and print it, once")
    adding.add_argument(
        "name", metavar="NAME", help="who it is for: stands in decisions and in the audit log"
    )
    adding.add_argument(
        "--role", action="append", required=True, choices=sorted(ROLES), help="may be given more than once"
    )
    adding.add_argument(
        "--facility",
        action="append",
        metavar="NPI",
        help="limits the key to items of this billing provider or payee; may be given more than once",
    )
    adding.add_argument("--expires", type=int, metavar="DAYS", help="days from now; never by default")
    verbs.add_parser("list", help="show all keys that were made, without their secrets")
    revoking = verbs.add_parser("revoke", help="make a key useless")
    revoking.add_argument("key", metavar="KEY", help="its id, or its name")
    for verb in (adding, revoking):
        verb.add_argument(
            BY, metavar="NAME", help="who does it, for the audit log; by default the system's name of you"
        )


def run(arguments: argparse.Namespace) -> int:
    """Do it on the store that the environment names."""
    store = open_store(Settings.from_environment())
    try:
        keys, console = AccessStore.of(store), Console(highlight=False, soft_wrap=True)
        match arguments.verb:
            case "add-key":
                _add(keys, arguments, console, utc_now())
            case "revoke":
                with acting_as(operator(arguments.by)):
                    gone = keys.revoke(arguments.key, utc_now())
                console.print(
                    f"Revoked {gone.id} ({gone.name}); running workers refuse it within {FRESH_SECONDS:.0f} s."
                )
            case _:
                console.print(_listed(keys.every_key(), utc_now()))
    finally:
        store.close()
    return 0


def _add(keys: AccessStore, arguments: argparse.Namespace, console: Console, at: datetime) -> None:
    days = arguments.expires
    if days is not None and not 1 <= days <= LONGEST_DAYS:
        raise BadInputError("a key is good for a day or more", "--expires", f"give 1 to {LONGEST_DAYS} days")
    facilities = None if arguments.facility is None else frozenset(arguments.facility)
    expires = None if days is None else at + timedelta(days=days)
    key, kept = make_key(arguments.name, frozenset(arguments.role), facilities, at=at, expires_at=expires)
    with acting_as(operator(arguments.by)):
        keys.add(kept)
    console.print(f"Made {kept.id} for {kept.name}. Keep this key now, it is not shown again:")
    console.print(key, markup=False)


def _listed(keys: list[ApiKey], at: datetime) -> Table:
    table = Table("Id", "Name", "Roles", "Facilities", "Made", "Expires", "Last used", "State")
    for key in keys:
        table.add_row(
            key.id,
            key.name,
            ", ".join(sorted(key.roles)),
            "all" if key.facilities is None else ", ".join(sorted(key.facilities)),
            f"{key.made_at:%Y-%m-%d}",
            f"{key.expires_at:%Y-%m-%d}" if key.expires_at else "never",
            f"{key.last_used}" if key.last_used else "never",
            key.state(at),
        )
    return table
