"""Invoice numbers: how vendors write them, and how someone who types one again gets it slightly wrong."""

from __future__ import annotations

import re
from datetime import date

from training.simulate.draws import Draws

STYLES = ("plain", "plain", "padded", "prefixed", "letters", "dated", "slash")
ALIKE = str.maketrans("O0I1", "0O1I")


def write(style: str, prefix: str, sequence: int, day: date) -> str:
    """A vendor's invoice number.

    >>> write("prefixed", "INV", 4711, date(2024, 3, 5)), write("dated", "", 4711, date(2024, 3, 5))
    ('INV-004711', '240305-711')
    """
    if style == "padded":
        return f"{sequence:010d}"
    if style == "prefixed":
        return f"{prefix}-{sequence:06d}"
    if style == "letters":
        return f"{prefix}{sequence}"
    if style == "dated":
        return f"{day:%y%m%d}-{sequence % 1000:03d}"
    return f"{sequence}/{day:%y}" if style == "slash" else str(sequence)


def retype(draws: Draws, number: str) -> str:
    """Another writing of the same number, never the same text: zeros, a hyphen or a letter for a digit.

    >>> _retypings("INV-0047")
    ['INV-47', 'INV0047', 'INV-0-047', 'INV-O047', '1NV-0047']
    """
    return draws.pick(_retypings(number))


def _retypings(number: str) -> list[str]:
    """Every retyping that changes the number, in a fixed order."""
    tries = (
        re.sub(r"(^|\D)0+(?=\d)", r"\1", number),
        "00" + number if number[0].isdigit() else number,
        re.sub(r"[-/]", "", number),
        re.sub(r"([A-Z])(?=\d)", r"\1-", number),
        re.sub(r"(?<=\d)(?=\d{3}$)", "-", number),
        re.sub("[O0]", lambda found: found[0].translate(ALIKE), number, count=1),
        re.sub("[I1]", lambda found: found[0].translate(ALIKE), number, count=1),
    )
    return [text for text in dict.fromkeys(tries) if text != number] or [f"0{number}"]
