"""All that is known of claims so far: told of each claim as it is sent and of each answer as it comes.

The same object serves training, which replays years of files through it, and the service, which goes on with what it
was given. Nothing in it looks ahead: a claim's columns depend on what it was told before, and on nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import date
from typing import Any, Final

from features.denial_history import limits, links, patients, practice, rate_history
from features.denial_history.facts import Facts
from features.denial_history.limits import Limits
from features.denial_history.links import Links
from features.denial_history.outcome import Outcome
from features.denial_history.patients import Patients
from features.denial_history.practice import Practice
from features.denial_history.rate_history import RateHistory
from features.denial_history.tally import cells_from_plain, cells_to_plain
from features.x12.records import Claim

COLUMNS: Final = (
    *rate_history.COLUMNS,
    *practice.COLUMNS,
    *limits.COLUMNS,
    *patients.COLUMNS,
    *links.COLUMNS,
)

OF_MANY: Final = len(rate_history.COLUMNS) + len(practice.COLUMNS) + len(limits.COLUMNS)
"""The first columns are of many claims, which a model brings along; the others of the patient and of relatives."""
SAME_CHARGE: Final = COLUMNS.index("same_charge_claims")
DUPLICATES: Final = COLUMNS.index("duplicate_rate")


class DenialHistory:
    """Rates, practice and limits are of many claims and are saved with a model; patients and links are not."""

    def __init__(self) -> None:
        self.rates = RateHistory()
        self.practice = Practice()
        self.limits = Limits()
        self.patients = Patients()
        self.links = Links()
        self.last: date | None = None  # the day of the newest answer

    def columns(self, claim: Claim) -> tuple[float, ...]:
        """The values of ``COLUMNS`` for a claim that is about to be sent."""
        return self._columns(claim, Facts.of(claim))

    def in_place_of(self, other: Sequence[float], claim: Claim) -> tuple[float, ...]:
        """A row that another history gave of a claim (len(COLUMNS),), as this one would have given it.

        What it tells of many claims is this history's; what it tells of the patient and of the claim's relatives is the
        same whichever history was asked at the time, so that stays.
        """
        facts = Facts.of(claim)
        own = [*self._of_many(facts), *other[OF_MANY:]]
        own[DUPLICATES] = self.links.duplicate_rate(facts) if other[SAME_CHARGE] else 0.0
        return tuple(own)

    def take(self, claim: Claim) -> tuple[float, ...]:
        """The same, and then the claim counts as sent."""
        facts = Facts.of(claim)
        row = self._columns(claim, facts)
        self._sent(claim, facts)
        return row

    def sent(self, claim: Claim) -> None:
        """A claim was sent."""
        self._sent(claim, Facts.of(claim))

    def answered(self, claim: Claim, outcome: Outcome, day: date) -> None:
        """A payer's first answer to a claim came: days come in order, but for a few late ones."""
        facts, ordinal = Facts.of(claim), day.toordinal()
        self.rates.answered(facts, outcome, ordinal)
        self.limits.answered(facts, outcome)
        self.links.counted(claim, facts, outcome, ordinal)
        self._patient_answered(facts, outcome, ordinal)
        self.last = day if self.last is None else max(self.last, day)

    def rejected(self, claim_id: str) -> None:
        """A claim was turned away before a payer decided."""
        self.links.rejected(claim_id)

    def forget_patients(self) -> None:
        """Keep what is of many claims alone, as a manifest does."""
        self.patients, self.links = Patients(), Links(self.links.duplicates)

    def of_many(self) -> HistoryOfMany:
        """A copy without patients, to go on with."""
        return HistoryOfMany(self)

    def for_patients(self) -> PatientView:
        """Its rates, with patients of one's own."""
        return PatientView(self)

    def to_plain(self) -> dict[str, Any]:
        """For a manifest: nothing of a single patient."""
        return {
            "rates": self.rates.to_plain(),
            "practice": self.practice.to_plain(),
            "limits": self.limits.to_plain(),
            "duplicates": cells_to_plain(self.links.duplicates),
            "last": self.last.isoformat() if self.last else None,
        }

    @staticmethod
    def from_plain(plain: Mapping[str, Any]) -> DenialHistory:
        """The inverse of ``to_plain``, with nobody's patients."""
        history = DenialHistory()
        history.rates = RateHistory.from_plain(plain["rates"])
        history.practice = Practice.from_plain(plain["practice"])
        history.limits = Limits.from_plain(plain["limits"])
        history.links.duplicates.cells = cells_from_plain(plain["duplicates"])
        history.last = date.fromisoformat(plain["last"]) if plain["last"] else None
        return history

    def _patient_answered(self, facts: Facts, outcome: Outcome, day: int) -> None:
        self.patients.answered(facts, outcome)
        self.links.answered(facts, outcome, day)

    def _columns(self, claim: Claim, facts: Facts) -> tuple[float, ...]:
        return (
            *self._of_many(facts),
            *self.patients.columns(facts),
            *self.links.columns(claim, facts),
        )

    def _of_many(self, facts: Facts) -> tuple[float, ...]:
        return (*self.rates.columns(facts), *self.practice.columns(facts), *self.limits.columns(facts))

    def _sent(self, claim: Claim, facts: Facts) -> None:
        self.practice.sent(facts)
        self.patients.sent(claim, facts)
        self.links.sent(claim, facts)


class PatientView(DenialHistory):
    """A history that tells only of the patients that it is told of, beside the rates of another, which it leaves alone.

    So a request is answered: many claims in the rates, and the earlier claims of the few patients that are asked about.
    """

    def __init__(self, beside: DenialHistory) -> None:
        # Not the other's own beginning: to make tallies that nobody asks takes as long as to look the patient up.
        self.rates, self.practice, self.limits = beside.rates, beside.practice, beside.limits
        self.patients, self.links = Patients(), Links(beside.links.duplicates)
        self.last = beside.last

    def answered(self, claim: Claim, outcome: Outcome, day: date) -> None:
        """A payer's first answer to an earlier claim of a patient; the rates do not count it."""
        self._patient_answered(Facts.of(claim), outcome, day.toordinal())

    def _sent(self, claim: Claim, facts: Facts) -> None:
        self.patients.sent(claim, facts)
        self.links.sent(claim, facts)


class HistoryOfMany(DenialHistory):
    """A copy of another history that counts on for many claims, and of patients holds only what tells duplicates."""

    def __init__(self, beside: DenialHistory) -> None:
        self.rates, self.practice, self.limits = deepcopy((beside.rates, beside.practice, beside.limits))
        self.patients, self.links = Patients(), Links(deepcopy(beside.links.duplicates))
        self.last = beside.last

    def _patient_answered(self, facts: Facts, outcome: Outcome, day: int) -> None:
        pass

    def _sent(self, claim: Claim, facts: Facts) -> None:
        self.practice.sent(facts)
        self.links.sent(claim, facts)
