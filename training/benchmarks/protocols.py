"""The two protocols by which any method enters the benchmark, and what it is given.

A method is a class without arguments. It is fitted once on the history, which is what a provider has on the first day
of the test window, and asked once about the records of that window.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

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
class DenialHistory:
    """Claims whose answer was due and known before the test window; all tuples run in parallel, in order of sending."""

    claims: tuple[Claim, ...]
    denied: tuple[bool, ...]  # at the payer's first answer, in whole or in part, as the remittances tell
    sent: tuple[date, ...]
    answered: tuple[date, ...]
    batch: tuple[str, ...]  # trace number of the remittance that decided
    seed: int


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
