"""Edits to a claim's lines and diagnoses: modifiers, pointers, and which diagnosis stands first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from msgspec.structs import replace

from features.claim_edits.edit import Edit, Known
from features.claim_services import VISIT_PREFIXES, visit_without_25
from features.denial_risk import DISTINCT, REPEAT
from features.x12.records import Claim, ClaimLine

MOST_MODIFIERS: Final = 4  # SV101-3 to -6
LABORATORY: Final = "8"  # CPT 80047 to 89398


def line_edits(claim: Claim, known: Known) -> Iterator[Edit]:
    """All that apply, in a fixed order."""
    yield from _visit(claim)
    yield from _repeated(claim)
    yield from _paired(claim, known)
    yield from _pointers(claim)
    yield from _principal(claim)


def _visit(claim: Claim) -> Iterator[Edit]:
    places = _places(claim, lambda line: _is_visit(line) and "25" not in line.modifiers)
    if visit_without_25(claim) and _have_room(claim, places):
        yield Edit(
            "modifier-25",
            "visit",
            f"Add modifier 25 to the visit ({_named(claim, places)}).",
            "Only if the record shows a significant visit apart from what else was done that day.",
            _adding("25", places),
        )


def _repeated(claim: Claim) -> Iterator[Edit]:
    places = _repeats(claim)
    if not places or not _have_room(claim, places):
        return
    laboratory = all((claim.lines[place].procedure or "").startswith(LABORATORY) for place in places)
    modifier = "91" if laboratory else "76"
    yield Edit(
        f"modifier-{modifier}",
        "repeat",
        f"Add modifier {modifier} to the repeated service ({_named(claim, places)}).",
        "Only if it was done again that day; 77 instead of 76 where another provider repeated it.",
        _adding(modifier, places),
    )
    yield Edit(
        "modifier-59",
        "repeat",
        f"Add modifier 59 to the repeated service ({_named(claim, places)}).",
        "Only if the record shows another site or session; XS or XE say which, where the payer takes them.",
        _adding("59", places),
    )


def _paired(claim: Claim, known: Known) -> Iterator[Edit]:
    numbers = {one.lines[-1] for one in known.conflicts if one.code == "pair-needs-modifier"}
    places = _places(claim, lambda line: line.number in numbers and not _is_visit(line))
    if places and _have_room(claim, places):
        yield Edit(
            "modifier-59-pair",
            "pair",
            f"Add modifier 59 to the service that is bundled into another ({_named(claim, places)}).",
            "Only if the record shows another site, session or provider; XS, XE, XP or XU say which.",
            _adding("59", places),
        )


def _pointers(claim: Claim) -> Iterator[Edit]:
    """Professional lines alone point to diagnoses (SV107)."""
    if claim.transaction != "837P" or not claim.diagnoses:
        return
    places = _places(
        claim, lambda line: not line.diagnosis_pointers or _valid(line, claim) != line.diagnosis_pointers
    )
    if places:
        yield Edit(
            "diagnosis-pointer",
            "diagnosis-pointer",
            f"Point every line to a diagnosis on the claim ({_named(claim, places)}).",
            "Only to the diagnosis for which the service was done.",
            _pointing,
        )


def _principal(claim: Claim) -> Iterator[Edit]:
    for place in range(2, len(claim.diagnoses) + 1):
        yield Edit(
            f"diagnosis-first-{place}",
            "principal-diagnosis",
            f"List diagnosis {place} of the claim first.",
            "Only if the record shows it as the main reason for the service; diagnoses are never chosen for payment.",
            _first(place),
            alone=True,
        )


def _adding(modifier: str, places: Sequence[int]) -> Callable[[Claim], Claim]:
    """A change that puts a modifier first on the lines at these places, where there is room for it."""

    def added(line: ClaimLine) -> ClaimLine:
        takes = modifier not in line.modifiers and len(line.modifiers) < MOST_MODIFIERS
        return replace(line, modifiers=(modifier, *line.modifiers)) if takes else line

    def change(claim: Claim) -> Claim:
        lines = tuple(added(line) if place in places else line for place, line in enumerate(claim.lines))
        return replace(claim, lines=lines)

    return change


def _pointing(claim: Claim) -> Claim:
    lines = tuple(replace(line, diagnosis_pointers=_valid(line, claim) or (1,)) for line in claim.lines)
    return replace(claim, lines=lines)


def _first(place: int) -> Callable[[Claim], Claim]:
    """A change after which every line still points to the diagnoses that it pointed to."""

    def moved(pointer: int) -> int:
        return 1 if pointer == place else pointer + 1 if pointer < place else pointer

    def change(claim: Claim) -> Claim:
        codes = claim.diagnoses
        lines = tuple(
            replace(line, diagnosis_pointers=tuple(map(moved, line.diagnosis_pointers)))
            for line in claim.lines
        )
        return replace(claim, diagnoses=(codes[place - 1], *codes[: place - 1], *codes[place:]), lines=lines)

    return change


def _valid(line: ClaimLine, claim: Claim) -> tuple[int, ...]:
    return tuple(pointer for pointer in line.diagnosis_pointers if 1 <= pointer <= len(claim.diagnoses))


def _places(claim: Claim, fits: Callable[[ClaimLine], bool]) -> list[int]:
    """Where lines stand, from 0: their numbers come out of the file and may repeat."""
    return [place for place, line in enumerate(claim.lines) if fits(line)]


def _repeats(claim: Claim) -> list[int]:
    """Where lines say the same as an earlier one, and nothing tells them apart."""
    seen: set[tuple[object, ...]] = set()
    found = []
    for place, line in enumerate(claim.lines):
        key = (line.procedure, line.modifiers, line.service_from)
        if line.procedure and key in seen and (DISTINCT | REPEAT).isdisjoint(line.modifiers):
            found.append(place)
        seen.add(key)
    return found


def _is_visit(line: ClaimLine) -> bool:
    return (line.procedure or "").startswith(VISIT_PREFIXES)


def _have_room(claim: Claim, places: Sequence[int]) -> bool:
    return all(len(claim.lines[place].modifiers) < MOST_MODIFIERS for place in places)


def _named(claim: Claim, places: Sequence[int]) -> str:
    numbers = ", ".join(str(claim.lines[place].number) for place in places)
    return f"{'line' if len(places) == 1 else 'lines'} {numbers}"
