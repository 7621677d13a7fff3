"""Verify that the audit log is whole, and print its head.

'verify' asks of every entry that its hash follows from what it holds and from the entry before it, of anchors that the
log still holds what they say, and with CLEARLANE_AUDIT_KEY (or _FILE) that its MAC is right. It changes nothing. The
exit status is 0 for a whole log, 1 for one that is not, with the first bad entry and what was done by its looks, and 2
where it cannot be verified.

    python -m serving audit verify --anchor anchors.jsonl
    python -m serving audit head >> anchors.jsonl   # an anchor, as the service writes them (CLEARLANE_AUDIT_ANCHOR)
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from rich.console import Console
from rich.markup import escape

from features.errors import MissingDataError
from features.progress import track
from features.settings import Settings
from serving.audit.anchors import Anchors, anchor, read_anchors
from serving.audit.keys import audit_key
from serving.audit.verifying import Report, verify
from serving.store.audit import moment
from serving.store.audit_reading import AuditStore
from serving.store.looking import looked_at


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    checks = verbs.add_parser("verify", help="whether the log is whole")
    checks.add_argument("--anchor", type=Path, metavar="FILE", help="anchors, one JSON object a line")
    checks.add_argument(
        "--keyed-from", type=int, default=1, metavar="N", help="the first entry that was made with the key"
    )
    verbs.add_parser("head", help="the last entry's number and hash, as an anchor")


def run(arguments: argparse.Namespace) -> int:
    """Do what the verb says; raises MissingDataError, StoreError and BadInputError."""
    settings = Settings.from_environment()
    key = audit_key(settings)
    # Anchors are read before the log: it may grow meanwhile, and must hold all that they speak of.
    known = read_anchors(arguments.anchor) if arguments.verb == "verify" and arguments.anchor else None
    with looked_at(settings.database_url) as connections:
        log = AuditStore(connections)
        return _head(log, key) if arguments.verb == "head" else _verify(log, key, known, arguments.keyed_from)


def _verify(log: AuditStore, key: bytes | None, known: Anchors | None, keyed_from: int) -> int:
    begun = time.perf_counter()
    entries = track(log.entries(), "Verifying", total=log.count())
    report = verify(
        entries, log.entries, anchors=known.found if known else (), key=key, keyed_from=keyed_from
    )
    seconds = time.perf_counter() - begun
    for line in (*told(report, has_key=key is not None), *_of_file(known), _rate(report, seconds)):
        _console().print(escape(line))
    return 0 if report.whole else 1


def told(report: Report, *, has_key: bool) -> list[str]:
    """A report in lines."""
    lines = [f"{report.verdict}: {report.entries:,} entries"]
    if report.entries:
        lines[0] += f" from {report.first_at} to {report.last_at}"
        lines.append(f"head: entry {report.last:,}, {report.hash}")
    lines += [f"entry {fault.number:,}: {fault.attack}: {fault.text}" for fault in report.faults]
    if report.further:
        lines.append(f"and {report.further:,} more")
    if not report.anchors:
        lines.append("no anchors were given: a tail that was cut off cannot be seen without them")
    elif report.whole:
        lines.append(f"{report.anchors:,} anchors hold, up to entry {report.anchored:,}")
    if not has_key:
        macs = f"; {report.unchecked_macs:,} MACs were not checked" if report.unchecked_macs else ""
        lines.append(f"no key was given: entries behind the last anchor could have been written anew{macs}")
    return lines


def _of_file(known: Anchors | None) -> Iterator[str]:
    for line in known.unreadable if known else ():
        yield f"line {line} of the anchors cannot be read, and was passed over"


def _rate(report: Report, seconds: float) -> str:
    return f"{seconds:,.1f} s, {report.entries / max(seconds, 1e-9):,.0f} entries a second"


def _head(log: AuditStore, key: bytes | None) -> int:
    head = log.head()
    if head is None:
        raise MissingDataError("the audit log is empty")
    made = anchor(head.number, head.hash, moment(datetime.now(UTC)), key=key)
    print(msgspec.json.encode(made).decode())  # noqa: T201 - a line for a file, as it is
    return 0


def _console() -> Console:
    return Console(highlight=False, soft_wrap=True)
