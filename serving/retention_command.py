"""``python -m serving store purge``: remove patients' data of what is over and older than so many days.

What is removed and what is kept stands in docs/store.md. The service may run meanwhile. On SQLite the file is then
written anew, so that nothing of it stays readable there; requests that write wait for that.
"""

from __future__ import annotations

import argparse
from typing import get_args

from rich.console import Console

from features.settings import Settings
from models.recovery_limits import Limits
from serving.access.actor import SERVICE, Actor, acting_as
from serving.access.operators import BY, named
from serving.clock import utc_now
from serving.items import Kind
from serving.opening import open_store
from serving.retention.limit import check_limit
from serving.retention.purge import Purge, Purged

TEXT = "remove patients' data of what is over and older than so many days"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("--older-than", type=int, required=True, metavar="DAYS")
    parser.add_argument("--kind", choices=get_args(Kind), help="items of this kind alone, and no claims")
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would be removed, and change nothing"
    )
    parser.add_argument(
        BY,
        metavar="NAME",
        help="who does it, for the audit log; by default the service's own name stands there",
    )
    parser.add_argument(
        "--keep-space",
        action="store_true",
        help="SQLite: overwrite what is removed, but leave the file as large as it is",
    )


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Do it; raises BadInputError for a limit that is too short or a name that is none, and StoreError."""
    settings = Settings.from_environment()
    limits = None if settings.denial_limits is None else Limits.read(settings.denial_limits)
    check_limit(arguments.older_than, limits)
    who = SERVICE if arguments.by is None else named(arguments.by)
    store = open_store(settings)
    try:
        purge = Purge(store, arguments.older_than, utc_now(), kind=arguments.kind)
        done = purge.preview() if arguments.dry_run else _done(purge, who)
        clean = arguments.dry_run or store.give_back(whole=not arguments.keep_space)
    finally:
        store.close()
    console.print(_said(done, "would be removed" if arguments.dry_run else "removed"))
    if not clean:
        console.print(
            "The journal beside the database is in use and may hold some of it still; run this once more."
        )
    return 0 if clean else 1


def _done(purge: Purge, who: Actor) -> Purged:
    done = Purged()
    with acting_as(who):
        for one in purge.steps():
            done.add(one)
    return done


def _said(done: Purged, verb: str) -> str:
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(done.items.items()))
    items = f"{done.items.total():,} items" + (f" ({kinds})" if kinds else "")
    return f"{verb}: the data of {items}, {done.claims:,} claims, {done.files:,} file names"
