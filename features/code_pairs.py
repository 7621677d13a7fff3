"""What a claim's codes contradict, by tables that a user supplies: NCCI code pairs, unit limits, coverage by diagnosis.

Nothing here is known without a file: the tables change every quarter, and CPT codes are the AMA's. The pairs and
limits for practitioners are held against professional claims, those for outpatient hospitals against institutional
ones; dental claims have none.

Rules as in the NCCI policy manual for Medicare, chapter I: an edit looks at two codes of one patient, provider and day;
column 1 is eligible for payment, column 2 is not; modifier indicator 1 lets an NCCI-associated modifier pass, on either
code since July 2019 (CMS change request 11168), 0 lets none pass, and 9 marks an edit that was never in force. An
edit's deletion date is its last day.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import permutations
from pathlib import Path
from typing import Final, Literal

from msgspec import Struct

from features.code_pairs_reading import PairRow, Setting, about, day_number, files_of, read_edits
from features.code_pairs_table import PairTable, UnitLimits, code_number
from features.coverage import Coverage
from features.settings import Settings
from features.x12.records import Claim, ClaimLine

ConflictCode = Literal[
    "pair-not-allowed", "pair-needs-modifier", "units-above-limit", "diagnosis-not-covered"
]
CONFLICT_COLUMNS: Final = (
    "pairs_not_allowed",
    "pairs_without_modifier",
    "units_above_limit",
    "diagnoses_not_covered",
)
"""How many of each ``ConflictCode`` a claim has, in that order."""

# NCCI policy manual, chapter I, section E: modifiers that may pass an edit with indicator 1.
ASSOCIATED_MODIFIERS: Final = frozenset(
    {f"E{eyelid}" for eyelid in range(1, 5)}
    | {f"{limb}{digit}" for limb in "FT" for digit in "A123456789"}
    | {"LT", "RT", "LC", "LD", "RC", "LM", "RI"}  # sides and coronary arteries
    | {"24", "25", "57", "58", "78", "79"}  # global surgery
    | {"27", "59", "91", "XE", "XS", "XP", "XU"}
)
ANESTHESIA: Final = ("00100", "01999")  # CPT; billed in minutes, which are no units of service
SETTINGS: Final[dict[str, tuple[Setting, ...]]] = {"837P": ("practitioner", "dme"), "837I": ("hospital",)}


class Conflict(Struct, frozen=True):
    """A rule that a claim breaks, in words without patient data."""

    code: ConflictCode
    text: str
    lines: tuple[int, ...]  # ``ClaimLine.number``; the one that would be refused stands last
    procedures: tuple[str, ...]  # of those lines
    source: str  # the rule and since when


@dataclass(frozen=True)
class CodePairs:
    """The tables that were given; a part that was not given finds nothing and counts as unknown."""

    pairs: dict[Setting, PairTable] = field(default_factory=dict)
    units: dict[Setting, UnitLimits] = field(default_factory=dict)
    coverage: Coverage | None = None

    @staticmethod
    def load(*paths: Path, coverage: Sequence[Path] = ()) -> CodePairs:
        """The tables in files and folders of NCCI edits (PTP, MUE) and of coverage.

        Raises MissingDataError where there is none, and BadInputError where one cannot be read.
        """
        made = CodePairs(coverage=Coverage.load(*coverage) if coverage else None)
        for path in files_of(paths) if paths else ():
            made._read(path)
        for table in made.pairs.values():
            table.sort()
        for limits in made.units.values():
            limits.sort()
        return made

    @staticmethod
    def of_settings(settings: Settings) -> CodePairs | None:
        """The tables that ``CLEARLANE_CODE_PAIRS`` and ``CLEARLANE_COVERAGE`` name; None where neither is set."""
        if settings.code_pairs is None and settings.coverage is None:
            return None
        pairs = [settings.code_pairs] if settings.code_pairs else []
        return CodePairs.load(*pairs, coverage=[settings.coverage] if settings.coverage else [])

    @staticmethod
    def check_settings(settings: Settings) -> None:
        """Raise MissingDataError or BadInputError where a table is not there; code pairs are looked at from outside."""
        if settings.code_pairs is not None:
            for path in files_of([settings.code_pairs]):
                about(path)
        if settings.coverage is not None:
            Coverage.load(settings.coverage)

    def conflicts(self, claim: Claim) -> tuple[Conflict, ...]:
        """All that the claim's lines contradict, on their days of service."""
        settings = SETTINGS.get(claim.transaction, ())
        return (
            *self._pair_conflicts(claim, settings),
            *self._unit_conflicts(claim, settings),
            *self._coverage_conflicts(claim),
        )

    def numbers(self, claim: Claim) -> tuple[float, ...]:
        """The values of ``CONFLICT_COLUMNS``; NaN where the tables for such claims were not given."""
        counts = Counter(conflict.code for conflict in self.conflicts(claim))
        settings = SETTINGS.get(claim.transaction, ())
        pairs = any(setting in self.pairs for setting in settings)
        units = any(setting in self.units for setting in settings)
        return (
            float(counts["pair-not-allowed"]) if pairs else math.nan,
            float(counts["pair-needs-modifier"]) if pairs else math.nan,
            float(counts["units-above-limit"]) if units else math.nan,
            float(counts["diagnosis-not-covered"]) if self.coverage else math.nan,
        )

    def _read(self, path: Path) -> None:
        setting, since = about(path)
        for row in read_edits(path):
            if isinstance(row, PairRow):
                self.pairs.setdefault(setting, PairTable()).add(row)
            else:
                self.units.setdefault(setting, UnitLimits()).add(row, since=since)

    def _pair_conflicts(self, claim: Claim, settings: Sequence[Setting]) -> Iterator[Conflict]:
        tables = [self.pairs[setting] for setting in settings if setting in self.pairs]
        if not tables or len(claim.lines) < 2:
            return
        coded = [(line, code_number(line.procedure), _day(claim, line)) for line in claim.lines]
        known = [(line, code, day) for line, code, day in coded if code is not None and day is not None]
        for (first, code, day), (second, other, other_day) in permutations(known, 2):
            if day != other_day or code == other:
                continue
            edit = next(
                (found for table in tables if (found := table.find(code, other, day_number(day)))), None
            )
            if edit is None or (edit.modifier_allowed and _is_told_apart(first, second)):
                continue
            yield _pair_conflict(first, second, edit.modifier_allowed, edit.since, edit.rationale)

    def _unit_conflicts(self, claim: Claim, settings: Sequence[Setting]) -> Iterator[Conflict]:
        tables = [self.units[setting] for setting in settings if setting in self.units]
        if not tables:
            return
        on_day = _units_by_day(claim)
        for line in claim.lines:
            day, code = _day(claim, line), line.procedure
            if day is None or code is None or ANESTHESIA[0] <= code <= ANESTHESIA[1]:
                continue
            limit = next((found for table in tables if (found := table.find(code, day_number(day)))), None)
            if limit is None:
                continue
            most, by_day = limit
            numbers, units = on_day[code, day] if by_day else ((line.number,), float(line.units or 0))
            if units > most and line.number == numbers[-1]:
                yield _units_conflict(numbers, code, units, most, by_day=by_day)

    def _coverage_conflicts(self, claim: Claim) -> Iterator[Conflict]:
        if self.coverage is None:
            return
        payers = (claim.payer_id, claim.payer_name)
        for line in claim.lines:
            day, code = _day(claim, line), line.procedure
            if day is None or code is None:
                continue
            if self.coverage.refuses(code, diagnoses_of(claim, line), payers=payers, day=day):
                yield Conflict(
                    "diagnosis-not-covered",
                    f"None of the diagnoses of line {line.number} is covered for its procedure.",
                    (line.number,),
                    (code,),
                    "Coverage table",
                )


def conflict_numbers(claim: Claim, pairs: CodePairs | None) -> tuple[float, ...]:
    """The values of ``CONFLICT_COLUMNS``: counts of conflicts, NaN for all where no tables are given."""
    return (math.nan,) * len(CONFLICT_COLUMNS) if pairs is None else pairs.numbers(claim)


def diagnoses_of(claim: Claim, line: ClaimLine) -> tuple[str, ...]:
    """The diagnoses that a line points to; all of the claim's where it points to none that is there."""
    pointed = [claim.diagnoses[at - 1] for at in line.diagnosis_pointers if 1 <= at <= len(claim.diagnoses)]
    return tuple(pointed) or claim.diagnoses


def _day(claim: Claim, line: ClaimLine) -> date | None:
    return line.service_from or claim.service_from


def _is_told_apart(first: ClaimLine, second: ClaimLine) -> bool:
    return not ASSOCIATED_MODIFIERS.isdisjoint((*first.modifiers, *second.modifiers))


def _units_by_day(claim: Claim) -> dict[tuple[str, date], tuple[tuple[int, ...], float]]:
    """The numbers of the lines, and all units, of each code and day."""
    found: dict[tuple[str, date], tuple[tuple[int, ...], float]] = {}
    for line in claim.lines:
        day = _day(claim, line)
        if line.procedure is not None and day is not None:
            numbers, units = found.get((line.procedure, day), ((), 0.0))
            found[line.procedure, day] = ((*numbers, line.number), units + float(line.units or 0))
    return found


def _pair_conflict(
    first: ClaimLine, second: ClaimLine, modifier_allowed: bool, since: int, rationale: str
) -> Conflict:
    pair = f"Line {second.number} is not paid beside line {first.number} on the same day"
    more = ", unless a modifier tells them apart." if modifier_allowed else ", and no modifier changes that."
    day = f"{since // 10_000}-{since // 100 % 100:02}-{since % 100:02}"
    return Conflict(
        "pair-needs-modifier" if modifier_allowed else "pair-not-allowed",
        pair + more,
        (first.number, second.number),
        (first.procedure or "", second.procedure or ""),
        f"NCCI edit since {day}{': ' if rationale else ''}{rationale}",
    )


def _units_conflict(
    numbers: tuple[int, ...], code: str, units: float, most: int, *, by_day: bool
) -> Conflict:
    lines = f"Line {numbers[0]} has" if len(numbers) == 1 else f"Lines {', '.join(map(str, numbers))} have"
    text = f"{lines} {units:g} units, and at most {most} are likely on a {'day' if by_day else 'line'}."
    return Conflict("units-above-limit", text, numbers, (code,) * len(numbers), "NCCI unit limit (MUE)")
