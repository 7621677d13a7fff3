"""Figures of matplotlib as SVG that stands inside a page: the page's own colours, no files, no clashing names."""

from __future__ import annotations

import io
import re
from typing import Any, cast
from xml.sax.saxutils import quoteattr

import matplotlib
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

# Drawn with these, shown in the page's custom properties of the same name, which follow the reader's light or dark
# mode. No two of them may be equal.
COLOURS = {
    "text": "#010203", "quiet": "#040506", "line": "#070809", "accent": "#0a0b0c", "band": "#0d0e0f",
    "good": "#101112", "fair": "#131415", "bad": "#161718", "card": "#191a1b",
}  # fmt: skip
TEXT, QUIET, LINE, ACCENT, BAND, GOOD, FAIR, BAD, CARD = COLOURS.values()
SETTINGS: dict[str, Any] = {
    "svg.fonttype": "none",  # text stays text, for readers of the page and for screen readers
    "svg.hashsalt": "clearlane",  # same figure, same bytes
    "text.parse_math": False,  # a payer's name may hold a dollar sign
    "font.size": 10.5,
    "text.color": TEXT,
    "axes.edgecolor": LINE,
    "axes.labelcolor": QUIET,
    "xtick.color": LINE,
    "xtick.labelcolor": QUIET,
    "ytick.color": LINE,
    "ytick.labelcolor": TEXT,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
}


def inline(figure: Figure, *, name: str, title: str, description: str) -> str:
    """The figure as an ``svg`` element with a title and a description; ``name`` keeps its identifiers apart."""
    FigureCanvasSVG(figure)
    stream = io.StringIO()
    figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    text = stream.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"<!--.*?-->\s*", "", text, flags=re.DOTALL)
    text = _identifiers(text, name)
    for colour, code in COLOURS.items():
        text = text.replace(code, f"var(--{colour})")
    text = re.sub(r"font: ([\d.]+)px [^;\"]*", r"font-size: \1px", text)
    opening = _opening(text, name)
    labels = f"<title id={quoteattr(name + '-title')}>{_escaped(title)}</title>"
    labels += f"<desc id={quoteattr(name + '-desc')}>{_escaped(description)}</desc>"
    return opening + labels + text[text.index(">") + 1 :]


def figure(width: float, height: float) -> Figure:
    """An empty figure in inches; draw and save it within ``settings``."""
    return Figure(figsize=(width, height), layout="constrained")


def settings() -> Any:
    """The look of every figure, as a context."""
    return matplotlib.rc_context(cast("Any", SETTINGS))


def _opening(text: str, name: str) -> str:
    box = re.search(r'viewBox="([^"]+)"', text)
    view = box.group(1) if box else "0 0 100 100"
    names = f"aria-labelledby={quoteattr(f'{name}-title {name}-desc')}"
    return f'<svg class="chart" role="img" {names} viewBox="{view}" xmlns="http://www.w3.org/2000/svg">'


def _identifiers(text: str, name: str) -> str:
    """Those that something refers to get the figure's name before them, the rest go."""
    used = set(re.findall(r'(?:url\(#|href="#)([^")]+)', text))
    text = re.sub(
        r' id="([^"]+)"', lambda m: f' id="{name}-{m.group(1)}"' if m.group(1) in used else "", text
    )
    text = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", text)
    return re.sub(r'xlink:href="#([^"]+)"', rf'href="#{name}-\1"', text)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
