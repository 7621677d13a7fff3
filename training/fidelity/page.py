"""The report as one page that stands alone: no script, no font, no picture from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from training.denial_labels import MATURES_AFTER
from training.fidelity import charts
from training.fidelity.figures import TOLERANCE, Section
from training.fidelity.measured import FEW, FEW_OF_PAYER, Measurements
from training.fidelity.published import BESIDE
from training.fidelity.sources import Source
from training.fidelity.verdicts import Row, Verdict, misses, shown, shown_gap, shown_range, tally

FOLDER = Path(__file__).parent
Compared = Sequence[tuple[Section, Sequence[Row]]]
MARKS = {Verdict.INSIDE: "●", Verdict.NEAR: "◆", Verdict.OUTSIDE: "✕", Verdict.UNJUDGED: "○"}
WORDS = {
    Verdict.INSIDE: "inside",
    Verdict.NEAR: "near: outside, but the interval reaches the range",
    Verdict.OUTSIDE: "outside, interval and all",
    Verdict.UNJUDGED: "not judged: too few, or absent",
}
BASES = {
    "several": "from one reading to another",
    "one": "one reading and a tolerance",
    "rule": "a rule",
    "samples": "95 % interval of the samples",
}
COLUMNS = (
    "Figure",
    "Simulated",
    "Published range",
    "Verdict",
    "What was published, and what it does not say",
)
METHOD = (
    f"A claim counts once its answer has had time to come: it was sent {MATURES_AFTER.days} days before the data's end "
    "or earlier, and a remittance answers it. Claims rejected before adjudication or answered on paper do not count.",
    "A denial is judged by the group and reason codes of the adjustments, at claim or line level, never by nothing "
    "having been paid.",
    "Rates have the exact interval of Clopper and Pearson at 95 %; medians and means over files a bootstrap of 1,000 "
    "draws. The interval says how well this folder's rate is known, not how well the published one is.",
    f"Where one publication alone gives a figure, it is taken as ±{TOLERANCE * 100:.0f} %: readings of the same thing "
    "in other years and samples differ by about as much.",
    f"Figures that rest on fewer than {FEW} are not judged; payers with fewer than {FEW_OF_PAYER} claims are left out "
    "of the spread.",
    "Medicaid managed care and exchange plans file under the same indicator (HM), so that they are one group here.",
)


def render(name: str, measurements: Measurements, compared: Compared) -> str:
    """The page as HTML."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        finalize=unbroken,
    )
    environment.filters["slug"] = slug
    rows = list(chain.from_iterable(rows for _, rows in compared))
    counts = tally(rows)
    return environment.get_template("page.html").render(
        name=name,
        css=(FOLDER / "page.css").read_text(encoding="utf-8"),
        facts=_facts(measurements),
        tally=counts,
        inside=Verdict.INSIDE,
        judged=len(rows) - counts[Verdict.UNJUDGED],
        misses=misses(compared),
        sections=[(section, rows, _charts(section, rows, measurements)) for section, rows in compared],
        beside=BESIDE,
        method=METHOD,
        numbers=_numbered(rows),
        digest=measurements.digest,
        marks=MARKS,
        words=WORDS,
        columns=COLUMNS,
        bases=BASES,
        shown=shown,
        shown_range=shown_range,
        gap=shown_gap,
    )


def unbroken(value: object) -> object:
    """Text whose numbers no line end parts from their per cent sign; anything else as it is."""
    return value.replace(" %", "\N{NO-BREAK SPACE}%") if isinstance(value, str) else value


def slug(text: str) -> str:
    """A name as an identifier or a class.

    >>> slug("reason.untimely filing"), slug("not judged")
    ('reason-untimely-filing', 'not-judged')
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _facts(found: Measurements) -> list[tuple[str, str]]:
    return [
        ("claims", f"{found.claims:,}"),
        ("with a matured decision", f"{found.judged:,}"),
        ("claim payments", f"{found.claim_payments:,}"),
        ("remittances", f"{found.remittances:,}"),
        ("rejected before adjudication", f"{found.rejected:,}"),
        ("X12 files", f"{found.files:,}"),
        ("problems that the reader found", f"{found.problems:,}"),
        ("days", f"{found.first_day} to {found.last_day}"),
    ]


def _charts(section: Section, rows: Sequence[Row], found: Measurements) -> list[str]:
    """The plots of a section: one of its ranges for each unit that its figures have, and what it has beside."""
    drawn = [row for row in rows if row.measured]
    if section.name == "spread":
        low, high = drawn[0].published.low if drawn else 0.0, drawn[-1].published.high if drawn else 1.0
        return [charts.payers(found.payers, lowest=low, highest=high, name="payers")] if drawn else []
    shares = [row for row in drawn if row.published.unit in ("share", "points")]
    numbers = [row for row in drawn if row.published.unit == "number"]
    pictures = [
        charts.ranges(some, name=f"{section.name}-{unit}", title=f"{section.title}: {unit}")
        for unit, some in (("shares", shares), ("numbers", numbers))
        if some
    ]
    if section.name == "days" and found.days:
        published = {
            int(row.published.name.removeprefix("days.")): (row.published.low, row.published.high)
            for row in rows
            if row.published.name in ("days.15", "days.30")
        }
        pictures.insert(0, charts.waiting(found.days, published=published, name="waiting"))
    return pictures


def _numbered(rows: Iterable[Row]) -> dict[Source, int]:
    """Every source with its number, in the order in which the page names it."""
    named = [source for row in rows for source in row.published.sources] + [one.source for one in BESIDE]
    return {source: number for number, source in enumerate(dict.fromkeys(named), start=1)}
