"""The money that the next best action brings, beside what the clerks did, where the truth knows both.

It knows the chance of an appeal of every worked denial, but that of a correction only where one was sent. So the
comparison is over denials that clerks corrected: correct, appeal, or leave. Every choice's dollars are those of the
payer's usual ratio, and its costs those of the usual minutes, so that choices differ by their chances alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from features.recovery_columns import Floats
from models.recovery import RecoveryModel
from models.recovery_options import COST_A_MINUTE, Action
from training.benchmarks.denial.recovery_truth import Chances
from training.recovery import Learnt
from training.recovery_outcomes import Outcome

CORRECTED: Final = "corrected"
APPEAL: Final = "appeal"


@dataclass(frozen=True)
class Money:
    """Dollars net of work over some denials, by the true chances; ``changed`` is how often the choice was another."""

    denials: int
    ours: float
    clerks: float
    appeal_all: float
    oracle: float
    changed: float

    def figures(self) -> dict[str, float]:
        """By name."""
        return {
            "money_denials": float(self.denials),
            "money_ours": self.ours,
            "money_clerks": self.clerks,
            "money_appeal_all": self.appeal_all,
            "money_oracle": self.oracle,
            "money_ours_over_clerks": self.ours / self.clerks,
            "money_changed_share": self.changed,
        }

    def sentence(self) -> str:
        """In words."""
        return (
            f"network: over {self.denials} denials that clerks corrected the next best action is worth "
            f"{self.ours:,.0f} dollars net of work, the clerks' correction {self.clerks:,.0f}, an appeal of each "
            f"{self.appeal_all:,.0f}, the best by the truth {self.oracle:,.0f}; "
            f"it differs in {self.changed:.1%} of them"
        )


def realised(learnt: Learnt, test: Sequence[Outcome], chances: Chances) -> Money:
    """Expected dollars by the true chances of each way to choose."""
    places = [place for place, one in enumerate(test) if one.action == CORRECTED]
    model = learnt.model()
    worth: dict[str, Floats] = {
        CORRECTED: _net(model, test, chances.corrected, CORRECTED, places),
        APPEAL: _net(model, test, chances.appeal, APPEAL, places),
    }
    chosen = [
        model.assess([test[place].denial], at=test[place].denial.known)[0].best.action for place in places
    ]
    ours = sum(worth[action][row] for row, action in enumerate(chosen) if action in worth)
    best = np.maximum(np.maximum(worth[CORRECTED], worth[APPEAL]), 0.0)
    return Money(
        denials=len(places),
        ours=float(ours),
        clerks=float(worth[CORRECTED].sum()),
        appeal_all=float(worth[APPEAL].sum()),
        oracle=float(best.sum()),
        changed=float(np.mean([action != CORRECTED for action in chosen])),
    )


def _net(
    model: RecoveryModel, test: Sequence[Outcome], chance: Floats, action: Action, places: Sequence[int]
) -> Floats:
    """Dollars of an action net of its minutes, (places,)."""
    return np.array(
        [
            chance[place] * float(model.expected_amount(test[place].denial, action))
            - COST_A_MINUTE * model.expected_minutes(test[place].denial, action)
            for place in places
        ]
    )
