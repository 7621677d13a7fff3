"""What goes wrong when a person, or a scanner, reads print and types it: numbers, names, amounts and days.

The kinds of error are those of pseudopeople's noise (University of Washington, IHME) and its tables; its default
rate, 1 % of the cells for a kind, is the measure for the rates here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from training.simulate.draws import Draws
from training.simulate.names import NICKNAMES

Change = Callable[[Draws, str], str]

# Characters that look alike in print, in both directions.
ALIKE = {"0": "OQD", "O": "0Q", "1": "IL7", "I": "1L", "L": "1I", "2": "Z", "Z": "2", "5": "S", "S": "5", "6": "GB",
         "G": "6C", "8": "B3", "B": "8", "4": "A9", "A": "4", "9": "4G", "3": "8", "7": "1", "D": "0", "Q": "0",
         "U": "V", "V": "UY", "M": "N", "N": "M"}  # fmt: skip
# Spellings that sound alike.
SOUNDS = (
    ("PH", "F"), ("CK", "K"), ("EE", "I"), ("IE", "Y"), ("TH", "T"), ("LL", "L"), ("NN", "N"), ("RR", "R"),
    ("SCH", "SH"), ("KN", "N"), ("C", "K"), ("Z", "S"), ("S", "Z"), ("Y", "I"), ("B", "P"), ("T", "D"),
)  # fmt: skip
KEYBOARD = ("QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM")

AMOUNT_WRONG = 0.004  # amounts with one wrong digit: below names, as totals are checked; chosen
DAY_WRONG = 0.012  # days of service


def transposed(draws: Draws, text: str) -> str:
    """Two neighbours change places."""
    places = [at for at in range(len(text) - 1) if text[at] != text[at + 1]]
    if not places:
        return text
    at = draws.pick(places)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def misread(draws: Draws, text: str) -> str:
    """One character is taken for another that looks like it."""
    places = [at for at, character in enumerate(text) if character in ALIKE]
    if not places:
        return text
    at = draws.pick(places)
    return text[:at] + draws.pick(ALIKE[text[at]]) + text[at + 1 :]


def wrong_digit(draws: Draws, text: str) -> str:
    """One digit becomes another."""
    places = [at for at, character in enumerate(text) if character.isdigit()]
    if not places:
        return text
    at = draws.pick(places)
    return text[:at] + str((int(text[at]) + draws.between(1, 9)) % 10) + text[at + 1 :]


def mistyped(draws: Draws, name: str) -> str:
    """A letter is left out, typed twice, or its neighbour on the keyboard typed; the first letter is right."""
    if len(name) < 3:
        return name
    at = draws.between(1, len(name) - 1)
    row = next((row for row in KEYBOARD if name[at] in row), name[at])
    place = row.index(name[at]) + draws.pick((-1, 1))
    beside = row[place] if 0 <= place < len(row) else name[at]
    return name[:at] + draws.pick(("", name[at] * 2, beside)) + name[at + 1 :]


def misheard(draws: Draws, name: str) -> str:
    """It is spelt as another spelling of the same sound."""
    usable = [(spelt, heard) for spelt, heard in SOUNDS if spelt in name[1:]]
    if not usable:
        return name
    spelt, heard = draws.pick(usable)
    return name[0] + name[1:].replace(spelt, heard, 1)


def nickname(_: Draws, name: str) -> str:
    """Bill for William, where there is one."""
    return NICKNAMES.get(name, name)


NUMBER_ERRORS: tuple[tuple[float, Change], ...] = ((0.01, transposed), (0.012, misread), (0.006, wrong_digit))
NAME_ERRORS: tuple[tuple[float, Change], ...] = (
    (0.02, mistyped), (0.008, misheard), (0.008, misread), (0.006, transposed),
)  # fmt: skip
FIRST_NAME_ERRORS = (
    *NAME_ERRORS,
    (0.04, nickname),
)  # people are known by them, so that more are typed; chosen


def number(draws: Draws, text: str) -> str:
    """A number as it was typed."""
    return _changed(draws, text, NUMBER_ERRORS)


def last_name(draws: Draws, name: str) -> str:
    """A last name as it was typed."""
    return _changed(draws, name, NAME_ERRORS)


def first_name(draws: Draws, name: str) -> str:
    """A first name as it was typed."""
    return _changed(draws, name, FIRST_NAME_ERRORS)


def amount(draws: Draws, cents: int) -> int:
    """An amount as it was typed, rarely with a wrong digit; 0 is left alone."""
    if not cents or not draws.chance(AMOUNT_WRONG):
        return cents
    typed = int(wrong_digit(draws, str(abs(cents))))
    return typed if cents > 0 else -typed


def day(draws: Draws, value: date) -> date:
    """A day as it was typed: rarely a neighbour, another year, or with month and day changed."""
    if not draws.chance(DAY_WRONG):
        return value
    if draws.chance(0.2) and value.day <= 12:
        return date(value.year, value.day, value.month)
    return value + timedelta(draws.pick((-1, 1, -1, 1, 10, -10, 365)))


def _changed(draws: Draws, text: str, errors: tuple[tuple[float, Change], ...]) -> str:
    for rate, change in errors:
        if draws.chance(rate):
            text = change(draws, text)
    return text
