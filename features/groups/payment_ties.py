"""Reversals tied to the payment that they take back, corrections to the reversal beside them, and second payments.

Payments are given in the order in which they came and each is looked at once, with what came before it. Nothing is
forced to be one to one: a payment can be reversed twice, and the second time is said to be one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from features.groups.facts import (
    CHARGE,
    CLAIM,
    DATE,
    MEMBER,
    NAME,
    NOTHING,
    NUMBER,
    PAID,
    REST,
    Brief,
    Pattern,
    pattern,
    weight,
)
from features.groups.known_payments import KnownPayments
from features.groups.ties import Kind, Tie, evidence_of
from features.x12.records import ClaimPayment

LATER_PAYERS = ("2", "3", "20", "21")  # CLP02: secondary, tertiary, and forwarded as such


class Ties:
    """Finds the ties of payments as they come, each among those before it."""

    def __init__(self) -> None:
        self.known = KnownPayments()
        self.statuses: list[str] = []
        self.responsibilities: list[int] = []
        self.reversed_by: dict[int, list[int]] = {}

    def add(self, payment: ClaimPayment) -> list[Tie]:
        """Take in the next payment; the answer is what it is tied to among those before it."""
        brief = Brief.of(payment)
        place = self.known.add(brief)
        self.statuses.append(payment.status or "")
        self.responsibilities.append(int((payment.patient_responsibility or 0) * 100))
        if brief.negative:
            return self._reversal(place, brief)
        if payment.status in LATER_PAYERS:
            return self._secondary(place, brief)
        return self._correction(place, brief) or self._again(place, brief)

    def _reversal(self, place: int, brief: Brief) -> list[Tie]:
        rows = [
            (row, facts)
            for row, facts in self._alike(place, brief)
            if not self.known.briefs[row].negative and (CHARGE in facts or PAID in facts)
        ]
        fresh = [(row, facts) for row, facts in rows if row not in self.reversed_by]
        found = _best("reversal", place, brief, fresh or rows, self.known)
        if found:
            original = found[0].to[0]
            self.reversed_by.setdefault(original, []).append(place)
        return found

    def _correction(self, place: int, brief: Brief) -> list[Tie]:
        """A payment beside a reversal of the same charge, in the same remittance."""
        rows = [
            (row, facts)
            for row, facts in self._alike(place, brief)
            if self.known.briefs[row].negative
            and _same_remittance(self.known.briefs[row], brief)
            and CHARGE in facts
            and NUMBER not in facts
            and _same_claim(facts)
        ]
        return _best("correction", place, brief, rows, self.known)

    def _again(self, place: int, brief: Brief) -> list[Tie]:
        """The same terms another time: under the same number it was sent again, under another the claim was paid again.

        Two alike in one remittance are two claims alike.
        """
        rows = [
            (row, facts)
            for row, facts in self._alike(place, brief)
            if not self.known.briefs[row].negative
            and row not in self.reversed_by
            and CHARGE in facts
            and (PAID in facts or NOTHING in facts)
            and self.statuses[row] == self.statuses[place]
            and (NUMBER in facts or self.known.briefs[row].trace != brief.trace)
            and _same_claim(facts)
        ]
        sent = [(row, facts) for row, facts in rows if NUMBER in facts]
        kind: Kind = "sent-again" if sent else "paid-again"
        return _best(kind, place, brief, sent or rows, self.known)

    def _secondary(self, place: int, brief: Brief) -> list[Tie]:
        """What an earlier payer left to the patient is paid by the next one."""
        rows = [
            (row, facts)
            for row, facts in self._alike(place, brief, other_payers=True)
            if self.known.briefs[row].payer != brief.payer
            and not self.known.briefs[row].negative
            and self.statuses[row] not in LATER_PAYERS
            and CHARGE in facts
            and _same_claim(facts)
        ]
        rows = [(row, self._with_rest(row, brief, facts)) for row, facts in rows]
        return _best("secondary", place, brief, rows, self.known)

    def _with_rest(self, row: int, brief: Brief, facts: Pattern) -> Pattern:
        rest = brief.paid == self.responsibilities[row]
        return tuple(fact for fact in facts if fact not in (PAID, NOTHING)) + ((REST,) if rest else ())

    def _alike(
        self, place: int, brief: Brief, *, other_payers: bool = False
    ) -> Iterable[tuple[int, Pattern]]:
        for row in self.known.alike(brief, other_payers=other_payers):
            if row != place:
                yield row, pattern(self.known.briefs[row], brief)


def ties_of(payments: Iterable[ClaimPayment]) -> list[Tie]:
    """All ties of payments in the order in which they came."""
    ties = Ties()
    return [tie for payment in payments for tie in ties.add(payment)]


def _same_remittance(one: Brief, two: Brief) -> bool:
    """By trace number; of typed rows without one, by the day on which they were typed."""
    return one.trace == two.trace and (bool(one.trace) or one.paid_on == two.paid_on)


def _same_claim(facts: Pattern) -> bool:
    """Whether the facts speak of one claim: its id, or the patient on one service date."""
    return CLAIM in facts or (DATE in facts and (MEMBER in facts or NAME in facts)) or NUMBER in facts


def _best(
    kind: Kind, place: int, brief: Brief, rows: Sequence[tuple[int, Pattern]], known: KnownPayments
) -> list[Tie]:
    """The latest of those that agree in most; others that agree in as much are its rivals."""
    if not rows:
        return []
    most = max(weight(facts) for _, facts in rows)
    first = [(row, facts) for row, facts in rows if weight(facts) == most]
    row, facts = first[-1]
    evidence = evidence_of(brief, known.briefs[row], facts)
    return [Tie(kind, place, (row,), facts, evidence, tuple(other for other, _ in first[:-1]))]
