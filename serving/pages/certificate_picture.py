"""A certificate's curve as SVG: coverage to the right, error upwards, without script or inline style."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from models.certificate_curves import Curve, Point
from models.certificate_words import cell_name, rate_text

WIDTH, HEIGHT = 440, 268
LEFT, TOP, RIGHT, FOOT = 50, 14, 14, 40
ACROSS, UP = WIDTH - LEFT - RIGHT, HEIGHT - TOP - FOOT


def curve_svg(curve: Curve) -> Markup:
    """The picture, with its title and its description for those who do not see it."""
    name = curve.certificate
    parts = (
        f'<svg class="curve" role="img" aria-labelledby="{name}-title {name}-desc" viewBox="0 0 {WIDTH} {HEIGHT}">',
        f'<title id="{name}-title">{escape(cell_name(curve.cell))}: coverage against error</title>',
        f'<desc id="{name}-desc">{escape(described(curve))}</desc>',
        _axes(curve),
        f'<svg x="{LEFT}" y="{TOP}" width="{ACROSS}" height="{UP}" viewBox="0 0 {ACROSS} {UP}">{_lines(curve)}</svg>',
        _marks(curve),
        "</svg>",
    )
    return Markup("".join(parts))  # noqa: S704 - of numbers, and of texts that were escaped


def described(curve: Curve) -> str:
    """The picture in words."""
    said = [f"Allowed: {rate_text(curve.alpha)} wrong."]
    if curve.points:
        last = curve.points[-1]
        said.append(f"With no threshold {last.errors:,} of {last.n:,} would have been wrong.")
    for what, point in (
        ("Certified", curve.certified),
        ("The walk stopped", curve.stopped),
        ("What looked good when it was planned is", curve.naive.fresh if curve.naive else None),
    ):
        if point is not None:
            said.append(
                f"{what} at a coverage of {rate_text(point.coverage)}: {point.errors:,} wrong of {point.n:,}, "
                f"upper bound {rate_text(point.upper)}."
            )
    return " ".join(said)


def _axes(curve: Curve) -> str:
    """The frame, three figures at the foot, and at the left nought, what is allowed, and the top."""
    foot, top = HEIGHT - FOOT, rate_text(curve.ceiling)
    below = "".join(
        f'<text x="{_x(share) + LEFT:.1f}" y="{foot + 16}" text-anchor="{anchor}">{share * 100:.0f} %</text>'
        for share, anchor in ((0.0, "middle"), (0.5, "middle"), (1.0, "end"))
    )
    beside = "".join(
        f'<text x="{LEFT - 6}" y="{_y(rate, curve) + TOP + 4:.1f}" text-anchor="end"{extra}>{text}</text>'
        for rate, text, extra in (
            (0.0, "0 %", ""),
            (curve.alpha, rate_text(curve.alpha), ' class="allowed"'),
            (curve.ceiling, top, ""),
        )
    )
    return (
        f'<path class="axis" d="M{LEFT} {TOP}V{foot}H{WIDTH - RIGHT}"/>{below}{beside}'
        f'<text class="what" x="{LEFT + ACROSS / 2:.0f}" y="{HEIGHT - 6}" text-anchor="middle">'
        "share that would go without a look</text>"
    )


def _lines(curve: Curve) -> str:
    points = [point for point in curve.points if point.n]
    level = f"{_y(curve.alpha, curve):.1f}"
    rates = _path(points, [point.rate for point in points], curve)
    bounds = _path(points[::-1], [point.upper for point in points[::-1]], curve)
    band = f'<path class="band" d="M{rates}L{bounds}Z"/><path class="rate" d="M{rates}"/>' if points else ""
    return f'{band}<path class="alpha" d="M0 {level}H{ACROSS}"/>{_walk(curve)}'


def _walk(curve: Curve) -> str:
    passed = [point for point in curve.walked if point != curve.stopped]
    ticks = "".join(f"M{_x(point.coverage):.1f} {_y(point.upper, curve) - 4:.1f}v8" for point in passed)
    return f'<path class="walk" d="{ticks}"/>' if ticks else ""


def _marks(curve: Curve) -> str:
    """The points that matter; one above the picture stands at its top edge."""
    parts = []
    if curve.certified:
        x, y = _place(curve.certified, curve.certified.rate, curve)
        parts.append(f'<path class="chosen" d="M{x} {TOP}V{HEIGHT - FOOT}"/>')
        parts.append(f'<circle class="certified" cx="{x}" cy="{y}" r="5.5"/>')
    if curve.stopped and curve.stopped.n:
        x, y = _place(curve.stopped, curve.stopped.upper, curve)
        parts.append(f'<path class="stopped" d="M{x} {y}m-4.5 -4.5l9 9m0 -9l-9 9"/>')
    if curve.naive and curve.naive.fresh.n:
        x, y = _place(curve.naive.fresh, curve.naive.fresh.rate, curve)
        parts.append(f'<path class="naive" d="M{x} {y}m0 -6l6 6l-6 6l-6 -6z"/>')
    return "".join(parts)


def _path(points: Sequence[Point], rates: Sequence[float], curve: Curve) -> str:
    pairs = zip(points, rates, strict=True)
    return " ".join(f"{_x(point.coverage):.1f} {_y(rate, curve):.1f}" for point, rate in pairs)


def _place(point: Point, rate: float, curve: Curve) -> tuple[str, str]:
    y = max(0.0, _y(rate, curve))
    return f"{_x(point.coverage) + LEFT:.1f}", f"{y + TOP:.1f}"


def _x(coverage: float) -> float:
    return coverage * ACROSS


def _y(rate: float, curve: Curve) -> float:
    return UP * (1 - rate / curve.ceiling)
