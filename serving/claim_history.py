"""The denial-risk model with what the store knows of a claim's patient: earlier claims, plans, denials, second bills.

The rates of many claims go on from those of the model's training with the answers that came since. What is of one
patient is never saved with a model, so it is looked up for the claims that are asked about.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
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
from serving.patient_keys import patient_key

Known = NDArray[np.float64]
Earlier = tuple[Claim, list[ClaimPayment]]
"""A claim with what was posted to it."""


class Past(Protocol):
    """Where earlier claims are kept: ``serving.store.store.Store``, or a test's own."""

    def claims_of_patients(self, asked: Sequence[Claim], /) -> Sequence[Earlier]:
        """All stored claims of their patients, oldest first, with what was posted to each."""


class GivenPast:
    """Claims that were given together, as in the files of one command; nothing was posted to them."""

    def __init__(self, claims: Iterable[Claim]) -> None:
        self._by_patient: defaultdict[Patient, list[Claim]] = defaultdict(list)
        for claim in claims:
            self._by_patient[_patient(claim)].append(claim)

    def claims_of_patients(self, asked: Sequence[Claim], /) -> list[Earlier]:
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
        """By the model's rates; gone on with, where the past holds answers: those that are there are counted now."""
        if not isinstance(past, Answers):
            return InformedDenialRisk(model, past, lambda: model.history)
        rates = CurrentRates(model.history, past)
        rates.get()
        return InformedDenialRisk(model, past, rates.get)

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
        return self._told(claims, self.past.claims_of_patients(claims))

    def known_apart(self, requests: Sequence[Sequence[Claim]]) -> list[Known]:
        """The same for requests that know nothing of one another, of which the past is asked at once."""
        if len(requests) == 1:
            return [self.known(requests[0])]
        asked = [claim for claims in requests for claim in claims]
        by_patient: defaultdict[str, list[tuple[int, Earlier]]] = defaultdict(list)
        for place, earlier in enumerate(self.past.claims_of_patients(asked)):
            by_patient[patient_key(earlier[0])].append((place, earlier))
        return [self._told(claims, _of_patients(claims, by_patient)) for claims in requests]

    def _told(self, claims: Sequence[Claim], stored: Iterable[Earlier]) -> Known:
        past, answers = _before(claims, stored)
        view = self.rates().for_patients()
        if len(claims) == 1 or len({claim.claim_id for claim in claims}) > 1:
            return replay([*past, *claims], answers, history=view).rows[len(past) :]
        replay(past, answers, history=view)
        return np.array([view.columns(claim) for claim in claims])


def _before(claims: Sequence[Claim], stored: Iterable[Earlier]) -> tuple[list[Claim], list[Answered]]:
    """The stored claims that were sent by the last day that is asked about, and the answers that came before."""
    own = {(claim.claim_id, claim.submitted) for claim in claims}
    until = max((sent_on(claim) for claim in claims), default=date.min)
    past: list[Claim] = []
    answers = []
    for claim, payments in stored:
        if (claim.claim_id, claim.submitted) in own or sent_on(claim) > until:
            continue
        past.append(claim)
        answer = first_answer(len(past) - 1, claim, payments)
        if answer is not None and answer.day < until:
            answers.append(answer)
    return past, answers


def _of_patients(
    claims: Sequence[Claim], by_patient: Mapping[str, list[tuple[int, Earlier]]]
) -> list[Earlier]:
    """What is stored of the patients of a request, in the order of the past."""
    keys = {patient_key(claim) for claim in claims if claim.patient_birth_date}
    found = sorted((one for key in keys for one in by_patient.get(key, ())), key=itemgetter(0))
    return [earlier for _, earlier in found]


def _patient(claim: Claim) -> Patient:
    return claim.patient_last, claim.patient_first, claim.patient_birth_date
