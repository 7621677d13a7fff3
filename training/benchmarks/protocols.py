"""The two protocols by which any method enters the benchmark, and what it is given.

A method is a class without arguments. It is fitted once on the history, which is what a provider has on the first day
of the test window, and asked once about the records of that window. A method for denial risk may be asked day by day
instead, and is then told each day what has become known since.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from features.denials import denial_reasons, is_denial
from features.errors import BadInputError
from features.x12.records import Claim, ClaimPayment
from training.match_labels import NOWHERE

Ranked = Sequence[tuple[str, float]]  # (claim_id, confidence), best first
NONE = NOWHERE  # as a claim_id: the payment is of no claim here


@dataclass(frozen=True)
class MatchHistory:
    """Payments before the test window with the claim that each was posted to; the tuples of payments run in parallel.

    The ledger is a clerk's, with the errors that clerks make.
    """

    claims: tuple[Claim, ...]  # submitted before the test window
    payments: tuple[ClaimPayment, ...]  # in the order of their days
    posted: tuple[str, ...]  # a claim_id; NONE where no claim here was found
    paid_on: tuple[date, ...]
    batch: tuple[str, ...]  # the remittance: payer and trace number
    seed: int  # for whatever a method draws


@dataclass(frozen=True)
class Answer:
    """A payer's first decision on a claim: its payments of one day, for a claim may be split over several."""

    claim: int  # its place among all claims in the order in which they were sent, from 0
    day: date  # of payment; a provider knows it on the next
    payments: tuple[ClaimPayment, ...]

    @property
    def denied(self) -> bool:
        """Whether it denies the claim or a part of it."""
        return any(is_denial(payment) for payment in self.payments)

    @property
    def reasons(self) -> tuple[str, ...]:
        """The group and CARC of its denials, as in ``("CO-197",)``; each once, in order."""
        return tuple(dict.fromkeys(code for payment in self.payments for code in denial_reasons(payment)))


@dataclass(frozen=True)
class DenialDay:
    """A day on which claims are sent, and what has become known since the one before.

    ``answers`` are those of earlier days that no earlier day told, ``rejected`` the places of earlier claims that have
    been turned away before a payer decided. ``claims`` are all that are sent on this day, the first of them at
    ``place`` among all claims; ``asked`` are the indices in them of those that are asked about.
    """

    day: date
    answers: tuple[Answer, ...]
    claims: tuple[Claim, ...]
    place: int
    asked: tuple[int, ...]
    rejected: tuple[int, ...] = ()


@dataclass(frozen=True)
class DenialHistory:
    """What a provider has on the first day of the test window.

    The first tuples run in parallel, in order of sending: claims whose answer was due and known by then, which is
    what to learn from. ``all_sent`` are all claims before the window, those too young for an answer among them;
    ``all_answers`` all first answers that came before it, by day; ``all_rejected`` the places of claims that were
    turned away before a payer decided.
    """

    claims: tuple[Claim, ...]
    denied: tuple[bool, ...]  # at the payer's first answer, in whole or in part, as the remittances tell
    sent: tuple[date, ...]
    answered: tuple[date, ...]
    batch: tuple[str, ...]  # trace number of the remittance that decided
    seed: int
    all_sent: tuple[Claim, ...] = ()
    all_answers: tuple[Answer, ...] = ()
    all_rejected: tuple[int, ...] = ()


class Matcher(Protocol):
    """Finds the claim that each payment pays."""

    def fit(self, history: MatchHistory) -> None:
        """Learn; a method without anything to learn does nothing."""

    def rank(self, payments: Sequence[ClaimPayment], claims: Sequence[Claim]) -> Sequence[Ranked]:
        """For each payment the claims that it may pay, best first, each with a confidence of 0..1.

        ``("", p)`` says that it pays none of them; so does an empty list. The payment is posted to the first entry.
        ``claims`` are all there are: one submitted after the day of the payment cannot be meant and is struck out.
        """


class RiskModel(Protocol):
    """Says how likely claims are to be denied."""

    def fit(self, history: DenialHistory) -> None:
        """Learn; a method without anything to learn does nothing."""

    def risk(self, claims: Sequence[Claim]) -> Sequence[float]:
        """For each claim the probability 0..1 that its payer's first answer denies it, in whole or in part."""


class DailyRiskModel(Protocol):
    """The same, asked day by day, as a provider would; a method that has ``risk_on`` is asked so."""

    def fit(self, history: DenialHistory) -> None:
        """Learn; a method without anything to learn does nothing."""

    def risk_on(self, day: DenialDay) -> Sequence[float]:
        """For each claim that is asked about the probability, in their order; days come in order, each once."""


def named(method: str) -> Any:
    """A new object of the class that ``package.module:ClassName`` names; raises BadInputError where there is none.

    >>> type(named("training.benchmarks.matching.methods:Rule")).__name__
    'Rule'
    """
    module, _, name = method.partition(":")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise BadInputError(
            "there is no such method", method, "name a class as package.module:ClassName"
        ) from error
    if not inspect.isclass(found):
        raise BadInputError("a method is a class", method, "name a class as package.module:ClassName")
    try:
        return found()
    except TypeError as error:
        raise BadInputError("a method's class takes no arguments", method, "give them defaults") from error
