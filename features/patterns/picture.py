"""A pattern's quarters as a small picture (SVG): how many claims were denied, beside how many were expected."""

from __future__ import annotations

from features.patterns.report import Pattern

WIDTH, HEIGHT, FOOT = 168, 44, 2
FEWEST = 5  # claims in a quarter: of fewer the rate says nothing and is not drawn


def quarters_svg(pattern: Pattern) -> str:
    """Bars are the rate that was denied, marks across them the rate expected; the last bar is the last quarter."""
    count = max(1, len(pattern.quarters))
    step = WIDTH / count
    top = max([0.05, *(max(denied, expected) / claims for _, claims, denied, expected in _told(pattern))])
    parts = []
    for place, (_, claims, denied, expected) in enumerate(pattern.quarters):
        if claims < FEWEST:
            continue
        left, width = place * step + 1, step - 2
        high = denied / claims / top * (HEIGHT - FOOT)
        usual = HEIGHT - FOOT - expected / claims / top * (HEIGHT - FOOT)
        parts.append(
            f'<rect class="seen" x="{left:.1f}" y="{HEIGHT - FOOT - high:.1f}" width="{width:.1f}" '
            f'height="{high:.1f}"/><rect class="usual" x="{left:.1f}" y="{usual:.1f}" width="{width:.1f}" height="2"/>'
        )
    return (
        f'<svg class="quarters" role="img" aria-label="{described(pattern)}" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}"><line class="ground" x1="0" x2="{WIDTH}" y1="{HEIGHT - 1}" '
        f'y2="{HEIGHT - 1}"/>{"".join(parts)}</svg>'
    )


def described(pattern: Pattern) -> str:
    """The picture in words."""
    rates = (
        ", ".join(f"{denied} of {claims}" for _, claims, denied, _ in _told(pattern)) or "too few a quarter"
    )
    return f"denied by quarter, oldest first: {rates}"


def _told(pattern: Pattern) -> list[tuple[object, int, int, float]]:
    return [
        (day, claims, denied, usual) for day, claims, denied, usual in pattern.quarters if claims >= FEWEST
    ]
