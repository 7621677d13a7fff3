"""The report as one page that stands alone: no script, no font, no picture from elsewhere."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from features.patterns.picture import quarters_svg
from features.patterns.report import Pattern, Report
from training.page_template import page_template
from training.patterns.tables import described, dollars

FOLDER = Path(__file__).parent


def write_page(report: Report, folder: Path) -> Path:
    """Write ``patterns.html``."""
    path = folder / "patterns.html"
    path.write_text(render(report), encoding="utf-8")
    return path


def render(report: Report) -> str:
    """The page as HTML."""
    most = max((one.amount_at_stake for one in report.patterns), default=1) or 1
    return page_template(FOLDER).render(
        report=report,
        described=described(report),
        dollars=dollars,
        share=lambda one: float(one.amount_at_stake / most * 100),
        picture=picture,
    )


def picture(pattern: Pattern) -> Markup:
    """The quarters of a pattern; its numbers are our own."""
    return Markup(quarters_svg(pattern))  # noqa: S704
