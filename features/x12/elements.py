"""Elements of a segment that may be shorter than its guide, and the composites in them."""

from __future__ import annotations

from typing import NamedTuple

from features.x12.values import REMEMBERED


def at(elements: list[str], index: int) -> str:
    """The element, or nothing where the segment is shorter.

    >>> at(["REF", "6R"], 2)
    ''
    """
    return elements[index] if len(elements) > index else ""


class Procedure(NamedTuple):
    """A composite medical procedure identifier: SV101, SV202, SV301, SVC01, SVC06."""

    code: str | None
    modifiers: tuple[str, ...]
    revenue_code: str | None  # where the qualifier is NU: the payer adjudicated by revenue code


class Procedures(dict[str, Procedure]):
    """Composite texts to procedures, remembered.

    >>> Procedures(":")["HC:99213:25:GT"]
    Procedure(code='99213', modifiers=('25', 'GT'), revenue_code=None)
    >>> Procedures(":")["NU:0250"].revenue_code
    '0250'
    >>> Procedures(":")["99213"].code  # without its qualifier: kept as it is
    '99213'
    """

    def __init__(self, component: str) -> None:
        super().__init__()
        self.component = component

    def __missing__(self, text: str) -> Procedure:
        if len(self) >= REMEMBERED:
            self.clear()
        parts = text.split(self.component) if self.component else [text]
        code = (parts[1] if len(parts) > 1 else text if len(text.strip()) > 2 else "").strip() or None
        modifiers = tuple(part.strip() for part in parts[2:6] if part.strip())
        procedure = (
            Procedure(None, (), code) if parts[0].strip() == "NU" else Procedure(code, modifiers, None)
        )
        self[text] = procedure
        return procedure


def components(text: str, separator: str) -> list[str]:
    """The parts of a composite; an interchange without a component separator has composites of one part."""
    return text.split(separator) if separator else [text]
