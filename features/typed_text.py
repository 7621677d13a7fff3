"""What people type into a table: names in any order, amounts with signs of money, days in two notations, codes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from features.denial_codes import DENIALS, NO_DENIALS
from features.postings import amount

DAY_FORMATS = ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y")

_OTHERS = re.compile(r"[\s,]+(?:ET\.?\s*AL|(?:AND|&)\s+OTHERS)\.?$", re.IGNORECASE)
_CODE = re.compile(r"(?:(CO|PR|OA|PI|CR)[\s-]*)?([AB]?\d{1,3})", re.IGNORECASE)


@dataclass(frozen=True)
class TypedName:
    """A patient's name; ``others`` where more people stand behind it."""

    last: str | None
    first: str | None
    others: bool = False


def split_name(text: str) -> TypedName:
    """A name's parts: a comma or an initial tells which is which, otherwise the first word is the first name.

    The last is a guess, for "MARTIN ANDREW" may be either; who compares names must try them swapped too.

    >>> split_name("Chen, Jessi"), split_name("WEST E"), split_name("PAUL VAN DYKE ET AL")
    (TypedName(last='Chen', first='Jessi', others=False), TypedName(last='WEST', first='E', others=False), \
TypedName(last='VAN DYKE', first='PAUL', others=True))
    """
    name, others = _OTHERS.subn("", text.strip())
    last, first = _parts(name)
    return TypedName(last.strip() or None, first.strip(" .") or None, bool(others))


def _parts(name: str) -> tuple[str, str]:
    """Last and first name."""
    if "," in name:
        last, _, first = name.partition(",")
    elif _ends_in_initial(name):
        last, _, first = name.rpartition(" ")
    else:
        first, blank, last = name.partition(" ")
        if not blank:
            return name, ""
    return last, first


def _ends_in_initial(name: str) -> bool:
    words = name.split()
    return len(words) > 1 and len(words[-1].rstrip(".")) == 1 < len(words[0].rstrip("."))


def typed_day(text: str) -> date:
    """A day as YYYY-MM-DD or MM/DD/YY(YY); raises ValueError."""
    for notation in DAY_FORMATS:
        try:
            return datetime.strptime(text, notation).date()  # noqa: DTZ007 (a day has no time zone)
        except ValueError:
            continue
    raise ValueError("no day")


def typed_amount(text: str) -> Decimal:
    """An amount with or without signs of money; parentheses are a minus. Raises ValueError or InvalidOperation.

    >>> typed_amount("$1,249.14"), typed_amount("(12.50)")
    (Decimal('1249.14'), Decimal('-12.50'))
    """
    plain = text.replace("$", "").replace(",", "").replace(" ", "")
    if plain.startswith("(") and plain.endswith(")"):
        plain = "-" + plain[1:-1]
    return amount(plain)


def typed_code(text: str) -> tuple[str, str]:
    """Group and reason of an adjustment in a clerk's spelling; the group is '' where none stands there.

    Raises ValueError where the text is no code of X12's list 139.

    >>> typed_code("CO-16"), typed_code("OA 22"), typed_code("pr27"), typed_code("96")
    (('CO', '16'), ('OA', '22'), ('PR', '27'), ('', '96'))
    """
    found = _CODE.fullmatch(text.strip())
    reason = found[2].upper() if found else ""
    if found is None or not (reason in DENIALS or reason in NO_DENIALS):
        raise ValueError("no code")
    return (found[1] or "").upper(), reason


@dataclass
class TypedCells:
    """One row's cells; what cannot be read counts as absent, and its column is kept in ``unread``."""

    cells: Mapping[str, str]
    unread: list[str] = field(default_factory=list)

    def text(self, column: str) -> str | None:
        """The cell's text, None where it is empty."""
        return self.cells.get(column) or None

    def day(self, column: str) -> date | None:
        """The cell's day."""
        try:
            return typed_day(self.cells[column]) if self.text(column) else None
        except ValueError:
            self.unread.append(column)
            return None

    def amount(self, column: str) -> Decimal | None:
        """The cell's amount."""
        try:
            return typed_amount(self.cells[column]) if self.text(column) else None
        except (ValueError, InvalidOperation):
            self.unread.append(column)
            return None

    def code(self, column: str) -> tuple[str, str] | None:
        """The cell's adjustment code."""
        try:
            return typed_code(self.cells[column]) if self.text(column) else None
        except ValueError:
            self.unread.append(column)
            return None
