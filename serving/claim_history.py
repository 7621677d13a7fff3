"""The denial-risk model with what the store knows of a claim's patient: earlier claims, plans, denials, second bills.

The rates of many claims go on from those of the model's training with the answers that came since. What is of one
patient is never saved with a model, so it is looked up for the claims that are asked about.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from features.denial_history.facts import Patient
from features.denial_history.history import DenialHistory
from features.denial_history.precedents import HistoryPrecedents
from features.denial_history.replay import Answered, first_answer, replay, sent_on
from features.evidence import Reason
from features.x12.records import Claim, ClaimPayment
from models.denial_outlook import DenialOutlook
from models.denial_risk import DenialRiskModel, DenialRiskScore
from serving.current_rates import Answers, CurrentRates

Known = NDArray[np.float64]


class Past(Protocol):
    """Where earlier claims are kept: ``serving.store.store.Store``, or a test's own."""

    def claims_of_patients(self, asked: Sequence[Claim], /) -> Sequence[tuple[Claim, list[ClaimPayment]]]:
        """All stored claims of their patients, oldest first, with what was posted to each."""


class GivenPast:
    """Claims that were given together, as in the files of one command; nothing was posted to them."""

    def __init__(self, claims: Iterable[Claim]) -> None:
        self._by_patient: defaultdict[Patient, list[Claim]] = defaultdict(list)
        for claim in claims:
            self._by_patient[_patient(claim)].append(claim)

    def claims_of_patients(self, asked: Sequence[Claim], /) -> list[tuple[Claim, list[ClaimPayment]]]:
        """Those of the same patients."""
        patients = dict.fromkeys(map(_patient, asked))
        return [(claim, []) for patient in patients for claim in self._by_patient[patient]]


@dataclass(frozen=True)
class InformedDenialRisk:
    """Implements ``serving.champions.DenialScorer``: each claim with what was known before it was sent."""

    model: DenialRiskModel
    past: Past
    rates: Callable[[], DenialHistory]  # as they are now

    @staticmethod
    def over(model: DenialRiskModel, past: Past) -> InformedDenialRisk:
        """By the model's rates; gone on with, where the past holds answers."""
        if not isinstance(past, Answers):
            return InformedDenialRisk(model, past, lambda: model.history)
        return InformedDenialRisk(model, past, CurrentRates(model.history, past).get)

    @property
    def version(self) -> str:
        """The model's."""
        return self.model.version

    def score(self, claims: Sequence[Claim], /, known: Known | None = None) -> Sequence[DenialRiskScore]:
        """A score for each claim, in their order; those before it in the request count as sent.

        ``known`` is what ``known`` has said of them, where it was asked before.
        """
        return self.model.score(claims, self.known(claims) if known is None else known)

    def explain(self, claim: Claim, /) -> tuple[Reason, ...]:
        """The reasons of one claim's score."""
        return self.model.explain(claim, self.known([claim]), precedents=HistoryPrecedents(self.rates()))

    def outlook(self, claim: Claim, /) -> DenialOutlook:
        """What a denial of it would be about."""
        return self.model.outlook(claim, self.known([claim]))

    def known(self, claims: Sequence[Claim]) -> Known:
        """What history says of each, (n, len(COLUMNS)): of the claims of one day the first in the request come first.

        Where all have one number they are versions of one claim, and none of them counts as sent for the others.
        """
        past, answers = self._earlier(claims)
        view = self.rates().for_patients()
        if len(claims) == 1 or len({claim.claim_id for claim in claims}) > 1:
            return replay([*past, *claims], answers, history=view).rows[len(past) :]
        replay(past, answers, history=view)
        return np.array([view.columns(claim) for claim in claims])

    def _earlier(self, claims: Sequence[Claim]) -> tuple[list[Claim], list[Answered]]:
        """The patients' claims that were sent by the last day that is asked about, and the answers that came before."""
        own = {(claim.claim_id, claim.submitted) for claim in claims}
        until = max((sent_on(claim) for claim in claims), default=date.min)
        past: list[Claim] = []
        answers = []
        for claim, payments in self.past.claims_of_patients(claims):
            if (claim.claim_id, claim.submitted) in own or sent_on(claim) > until:
                continue
            past.append(claim)
            answer = first_answer(len(past) - 1, claim, payments)
            if answer is not None and answer.day < until:
                answers.append(answer)
        return past, answers


def _patient(claim: Claim) -> Patient:
    return claim.patient_last, claim.patient_first, claim.patient_birth_date
