"""The report's other two forms: JSON for programs, and tables for the terminal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import chain
from typing import Any

from rich.console import Console
from rich.table import Table

from training.fidelity.measured import Measurements
from training.fidelity.page import MARKS, Compared
from training.fidelity.verdicts import Row, Verdict, shown, shown_gap, shown_range, tally

STYLES = {Verdict.INSIDE: "green", Verdict.NEAR: "yellow", Verdict.OUTSIDE: "red", Verdict.UNJUDGED: "dim"}


def as_json(name: str, found: Measurements, compared: Compared) -> str:
    """Every row with its range, sources and verdict; shares and points are fractions."""
    rows = list(chain.from_iterable(rows for _, rows in compared))
    document = {
        "data": name,
        "digest": found.digest,
        "claims": found.claims,
        "judged_claims": found.judged,
        "claim_payments": found.claim_payments,
        "remittances": found.remittances,
        "from": str(found.first_day),
        "to": str(found.last_day),
        "verdicts": {verdict.value: count for verdict, count in tally(rows).items()},
        "figures": [_figure(section.name, row) for section, rows in compared for row in rows],
        "payers": [
            {"payer": p.payer, "kind": p.kind, "rate": p.rate.value, "low": p.rate.low, "high": p.rate.high,
             "claims": p.rate.of}
            for p in found.payers
        ],
        "replaced": _measured(found.figures.get("later.again")),
    }  # fmt: skip
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _figure(section: str, row: Row) -> dict[str, Any]:
    published = row.published
    return {
        "name": published.name,
        "section": section,
        "title": published.title,
        "unit": published.unit,
        "simulated": _measured(row),
        "published": {"low": published.low, "high": published.high, "basis": published.basis},
        "stated": published.stated,
        "caveat": published.caveat,
        "verdict": row.verdict.value,
        "sources": [
            {"title": one.title, "year": one.year, "url": one.url, "reading": one.how_read}
            for one in published.sources
        ],
    }


def _measured(of: Any) -> dict[str, float] | None:
    measured = of.measured if isinstance(of, Row) else of
    if measured is None:
        return None
    return {
        name: round(getattr(measured, name), 6) if name != "of" else measured.of
        for name in ("value", "low", "high", "of")
    }


def show(console: Console, compared: Compared) -> None:
    """A table a section, and the count of verdicts."""
    for section, rows in compared:
        console.print(_table(section.title, rows))
    counts = tally(chain.from_iterable(rows for _, rows in compared))
    console.print(", ".join(f"{count} {verdict.value}" for verdict, count in counts.items()))


def _table(title: str, rows: Sequence[Row]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for column in ("figure", "simulated", "95 % interval", "published", "verdict"):
        table.add_column(column, justify="left" if column in ("figure", "verdict") else "right")
    for row in rows:
        unit, measured = row.published.unit, row.measured
        table.add_row(
            row.published.title,
            shown(measured.value, unit) if measured else "",
            shown_range(measured.low, measured.high, unit) if measured else "",
            shown_range(row.published.low, row.published.high, unit),
            f"{MARKS[row.verdict]} {row.verdict.value} {shown_gap(row)}".rstrip(),
            style=STYLES[row.verdict] if row.verdict is not Verdict.INSIDE else "",
        )
    return table
