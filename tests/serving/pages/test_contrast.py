"""Text stands out from its ground by WCAG AA in light and in dark."""

from __future__ import annotations

import re

import pytest

from serving.pages.rendering import FOLDER

CSS = (FOLDER / "static" / "pages.css").read_text(encoding="utf-8")
TONES = ("good", "fair", "bad", "special")
TEXT = [(ink, ground) for ink in ("text", "quiet", "accent", *TONES) for ground in ("ground", "card")]
PAIRS = [
    *TEXT,
    *((tone, f"{tone}-soft") for tone in (*TONES, "accent")),
    ("quiet", "sunken"),
    ("text", "sunken"),
    ("quiet", "accent-soft"),
    ("text", "accent-soft"),
    ("quiet", "bad-soft"),
    ("text", "bad-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("on-marked", "marked"),
]


def colours(scheme: str) -> dict[str, str]:
    blocks = re.findall(r":root \{(.*?)\}", CSS, flags=re.DOTALL)
    light, dark = (dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block)) for block in blocks[:2])
    assert light.keys() == dark.keys()
    return light if scheme == "light" else dark


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2, 0..1."""
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_text_is_readable_on_its_ground(scheme: str, ink: str, ground: str) -> None:
    used = colours(scheme)
    assert contrast(used[ink], used[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_bar_and_the_borders_of_fields_stand_out(scheme: str) -> None:
    used = colours(scheme)
    assert contrast(used["accent"], used["line"]) >= 3
    assert contrast(used["quiet"], used["card"]) >= 3
