"""The recovery model: what a corrected claim or an appeal of a denial is likely to bring, and what to do next.

The chances of a corrected claim and of an appeal are learnt from what became of such work, the amounts from what the
payer pays of the charge for such a procedure, the minutes from the work itself. Billing another payer or the patient
has no labels in these files; those options carry neutral rates and say so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from features.errors import ModelFileError
from features.match_keys import payer_key
from features.recovery import Denial
from features.recovery_rows import COLUMNS, main_procedure, rows_of
from models.files import Parts, load_parts, save_parts
from models.recovery_chance import Chance
from models.recovery_choice import CENT, Estimate, assessment, possible
from models.recovery_limits import Limits
from models.recovery_means import Means
from models.recovery_neutral import MINUTES, PAID_OF_CHARGE, neutral
from models.recovery_options import Action, Assessment

KIND: Final = "denial-recovery"
LEARNT: Final[tuple[Action, ...]] = ("corrected", "appeal")
WORK_OF: Final[Mapping[str, str]] = {"write-off-proposal": "write-off"}  # its name in the list of work


@dataclass(frozen=True)
class RecoveryModel:
    """``paid_of_charge`` by payer and procedure; ``minutes`` by action and category; ``kept`` by action, what was
    gained of what the payer's ratio promised."""

    version: str
    chance: Chance
    paid_of_charge: Means
    minutes: Means
    kept: Mapping[str, float]
    limits: Limits = field(default_factory=Limits)

    @staticmethod
    def load(folder: Path, *, limits: Limits | None = None) -> RecoveryModel:
        """Load a saved model; raises ModelFileError where it is damaged or made for other columns."""
        return RecoveryModel.from_parts(load_parts(folder, kind=KIND), limits=limits or Limits())

    @staticmethod
    def from_parts(parts: Parts, *, limits: Limits) -> RecoveryModel:
        """A model out of its checked parts; raises ModelFileError as ``load``."""
        try:
            plain = parts.manifest
            model = RecoveryModel(
                version=parts.version,
                chance=Chance.from_parts(plain["chance"], parts.arrays, parts.boosters),
                paid_of_charge=Means.from_plain(plain["paid_of_charge"]),
                minutes=Means.from_plain(plain["minutes"]),
                kept={str(action): float(share) for action, share in plain["kept"].items()},
                limits=limits,
            )
        except (KeyError, TypeError, ValueError) as error:
            remedy = "train it again with this release"
            raise ModelFileError("a part of the model is missing", remedy=remedy) from error
        if model.chance.columns != COLUMNS:
            remedy = "train it again with this release"
            raise ModelFileError("the model was trained on other columns", remedy=remedy)
        return model

    def assess(self, denials: Sequence[Denial], *, at: date) -> list[Assessment]:
        """An assessment for each denial, in their order, as of a day; all are scored in one go."""
        actions = [possible(denial) for denial in denials]
        learnt = self._learnt(denials, actions)
        return [
            assessment(
                denial,
                {action: learnt.get((place, action)) or self._neutral(denial, action) for action in open_},
                self.limits,
                at=at,
            )
            for place, (denial, open_) in enumerate(zip(denials, actions, strict=True))
        ]

    def expected_amount(self, denial: Denial, action: Action) -> Decimal:
        """Dollars that the payer is likely to pay of the refused amount where the action succeeds."""
        share = Decimal(str(self._ratio(denial) * self.kept.get(action, 1.0)))
        return (denial.amount * min(Decimal(1), share)).quantize(CENT)

    def expected_minutes(self, denial: Denial, action: Action) -> float:
        """Minutes of a person's work."""
        mean = self.minutes.at((WORK_OF.get(action, action), denial.category))
        seen = self.minutes.cells.get(WORK_OF.get(action, action))
        return mean if mean is not None and seen else MINUTES[action]

    def _learnt(
        self, denials: Sequence[Denial], actions: Sequence[Sequence[Action]]
    ) -> dict[tuple[int, Action], Estimate]:
        asked = [
            (place, action) for place, open_ in enumerate(actions) for action in open_ if action in LEARNT
        ]
        if not asked:
            return {}
        rows = rows_of([denials[place] for place, _ in asked], [action for _, action in asked])
        ends = zip(*(values.tolist() for values in self.chance.with_intervals(rows)), strict=True)
        return {
            (place, action): Estimate(
                chance,
                low,
                high,
                self.expected_amount(denials[place], action),
                self.expected_minutes(denials[place], action),
                "history",
            )
            for (place, action), (chance, low, high) in zip(asked, ends, strict=True)
        }

    def _neutral(self, denial: Denial, action: Action) -> Estimate:
        """Neutral chances, but amounts and minutes as they were learnt."""
        estimate = neutral(denial, action, paid_of_charge=Decimal(str(self._ratio(denial))))
        return estimate._replace(minutes=self.expected_minutes(denial, action))

    def _ratio(self, denial: Denial) -> float:
        parts = (payer_key(denial.claim), main_procedure(denial.claim) or "")
        ratio = self.paid_of_charge.at(parts)
        return float(PAID_OF_CHARGE) if ratio is None else ratio


def save(
    folder: Path,
    *,
    chance: Chance,
    paid_of_charge: Means,
    minutes: Means,
    kept: Mapping[str, float],
    facts: Mapping[str, Any],
) -> str:
    """Save a model and return its version; ``facts`` are what is known of its training, in plain values."""
    return save_parts(
        folder,
        kind=KIND,
        manifest={
            "chance": chance.to_plain(),
            "paid_of_charge": paid_of_charge.to_plain(),
            "minutes": minutes.to_plain(),
            "kept": dict(kept),
            "facts": dict(facts),
        },
        boosters=chance.boosters(),
        arrays=chance.to_arrays(),
    )
