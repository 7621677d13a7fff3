"""The report as one page that stands alone: no script, no font, no picture from elsewhere."""

from __future__ import annotations

from pathlib import Path

from training.fidelity import svg
from training.page_template import page_template
from training.whatif import charts
from training.whatif.report import Count, KindReport, Report
from training.whatif.tables import dollars, figures, named, percent, told

FOLDER = Path(__file__).parent
FILE = "whatif.html"
STYLE = Path(svg.__file__).with_name("page.css")
MOST = 40  # transitions shown; changes.csv has every item


def write_page(folder: Path, report: Report) -> Path:
    """Write ``whatif.html``."""
    path = folder / FILE
    path.write_text(render(report), encoding="utf-8")
    return path


def render(report: Report) -> str:
    """The page as HTML."""
    return page_template(FOLDER).render(
        report=report,
        css=STYLE.read_text(encoding="utf-8"),
        kinds=[(kind, figures(kind, report.dollars_an_hour), _pictures(kind)) for kind in report.kinds],
        dollars=dollars,
        percent=percent,
        told=told,
        named=named,
        share=_share,
        most=MOST,
    )


def _share(automatic: Count, everything: Count) -> str:
    """How many of a cell went without a look; a dash where there is no such cell.

    >>> _share(Count(5), Count(1200)), _share(Count(), Count())
    ('5 of 1,200', '–')
    """
    return f"{automatic.items:,} of {everything.items:,}" if everything.items else "–"


def _pictures(kind: KindReport) -> list[tuple[str, str]]:
    """Each plot with its heading."""
    drawn = [
        ("Lanes: items and dollars", charts.lanes(kind)),
        ("Error of what went without a look, with 95 % intervals", charts.error(kind)),
        ("Share that goes without a look, by month", charts.coverage(kind)),
    ]
    return [*drawn, ("Reviewer hours by queue", charts.hours(kind))] if kind.queues else drawn
