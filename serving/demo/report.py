"""What happened to the day: files taken, items and dollars a lane, what is certified, and where to go on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from models.certificates import load_certificates

LANES = ("auto", "review", "specialist", "escalate")
DENIED = "denied-claim"


@dataclass(frozen=True)
class Answer:
    """What the service said to one file."""

    name: str
    status: int
    body: dict[str, Any]


def show(
    console: Console, day: date | None, answers: Sequence[Answer], *, address: str, models: Path
) -> None:
    """Print the day's table, the certificates and the next steps."""
    console.print()
    _files(console, day, answers)
    rows = list(_items(address))
    console.print(_lanes([row for row in rows if row["kind"] != DENIED]))
    for line in denied(rows):
        console.print(line)
    for line in _certified(models):
        console.print(line)
    console.print(f"\nThe reviewers' page:  [bold]{address}/[/bold]")
    console.print("Try the API:")
    console.print(f"  curl -s '{address}/v1/items?lane=review&limit=3'", soft_wrap=True)


def _files(console: Console, day: date | None, answers: Sequence[Answer]) -> None:
    taken = sum(answer.status < httpx.codes.BAD_REQUEST for answer in answers)
    when = f" of {day:%d %B %Y}" if day else ""
    console.print(f"{taken} of {len(answers)} files{when} were taken.")
    for answer in answers:
        if answer.status >= httpx.codes.BAD_REQUEST:
            console.print(
                f"  [red]{answer.name}: {answer.body.get('detail') or answer.body.get('title')}[/red]"
            )


def _items(address: str) -> Iterator[dict[str, Any]]:
    """Every item of the queue, whatever its status."""
    after: dict[str, str] = {}
    with httpx.Client(base_url=address, timeout=60) as client:
        while True:
            response = client.get("/v1/items", params={"status": "all", "limit": 200, **after})
            page = response.raise_for_status().json()
            yield from page["rows"]
            if page["next"] is None:
                return
            after = {"after": page["next"]}


def _lanes(rows: Sequence[dict[str, Any]]) -> Table:
    table = Table(title="Where the day went", title_justify="left")
    table.add_column("lane")
    for heading in ("claims", "payments", "rejected, unreadable", "dollars", "of all items"):
        table.add_column(heading, justify="right", no_wrap=heading == "dollars")
    for lane in LANES:
        inside = [row for row in rows if row["lane"] == lane]
        kinds = [row["kind"] for row in inside]
        dollars = sum((Decimal(row["amount"] or 0) for row in inside), Decimal())
        claims, payments = kinds.count("denial-risk"), kinds.count("remittance-match")
        table.add_row(
            lane,
            f"{claims:,}",
            f"{payments:,}",
            f"{len(kinds) - claims - payments:,}",
            f"{dollars:,.2f}",
            f"{len(inside) / len(rows):.0%}" if rows else "-",
        )
    return table


def denied(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    """What denied claims wait and what they are worth, one sentence for all and one a queue; none where none wait.

    ``rows`` are items as the API lists them.
    """
    waiting = [row for row in rows if row["kind"] == DENIED and row["status"] == "open"]
    if not waiting:
        return
    claims = "denied claim waits" if len(waiting) == 1 else "denied claims wait"
    yield f"{len(waiting):,} {claims} for a person, {_worth(waiting)}."
    for queue in sorted({str(row["queue"]) for row in waiting}):
        own = [row for row in waiting if row["queue"] == queue]
        nearest = min((row["deadline"] for row in own if row["deadline"]), default=None)
        until = f"; nearest deadline {nearest}" if nearest else ""
        yield f"  {queue.replace('-', ' ')}: {len(own):,}, {_worth(own)}{until}."


def _worth(rows: Sequence[dict[str, Any]]) -> str:
    refused, expected = (sum(Decimal(row[key] or 0) for row in rows) for key in ("amount", "expected"))
    hours = sum(float(row["minutes"] or 0) for row in rows) / 60
    return f"{refused:,.2f} dollars refused, {expected:,.2f} expected back for {hours:,.1f} hours of work"


def _certified(models: Path) -> Iterator[str]:
    """One sentence a certificate: what it allows and how sure that is."""
    for kind in ("remittance-match", "denial-risk"):
        certificates = [c for c in load_certificates(models / kind) if c.threshold is not None]
        if not certificates:
            yield f"{kind}: nothing is certified, so a person sees every item."
        for held in certificates:
            yield (
                f"{kind}, {held.cell.value_band}: automatic from confidence {held.threshold:.4f}; precision at least "
                f"{1 - held.alpha:.1%} at {1 - held.delta:.1%} confidence "
                f"({held.errors} errors in {held.n:,} held-out items)."
            )
