"""Checks for one claim and for several, judged by the sealed truth, beside a rule and two ceilings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from features.match_keys import normalised
from features.stubs import Stub
from features.x12.records import Claim
from models.groups.trust import Trust
from training.benchmarks.groups.tally import Tally
from training.benchmarks.matching.truth import TrueMember
from training.groups.lumps import AnsweredCheck

MOST_WAYS = 2  # sets that come to an amount: more than one is all that matters


@dataclass(frozen=True)
class TrueCheck:
    """What a check truly gives, in cents by claim, and to claims that are not here."""

    claims: Mapping[str, int]
    parts: int  # claim payments with any money, of whatever system

    @staticmethod
    def of(members: Sequence[TrueMember]) -> TrueCheck:
        """A claim that is given and taken the same gets nothing, and cannot be seen on the check."""
        amounts: defaultdict[str, int] = defaultdict(int)
        for member in members:
            amounts[member.claim_id] += int(member.amount * 100)
        return TrueCheck(
            {claim: amount for claim, amount in amounts.items() if claim and amount},
            sum(member.amount != Decimal(0) for member in members),
        )

    @property
    def several(self) -> bool:
        """Whether more than one claim payment in it gives or takes money."""
        return self.parts > 1


Judged = Sequence[tuple[AnsweredCheck, TrueCheck]]


def ours(judged: Judged, trust: Trust, *, always: bool = False) -> Tally:
    """Answers that are sure enough to be stated, or always the likeliest."""
    tally = Tally(of=len(judged))
    for check, true in judged:
        if always or trust.states(check.answer):
            right = set(check.answer.claims) == set(true.claims)
            tally.right += right
            tally.wrong += not right
    return tally


def named(judged: Judged, claims: Mapping[str, Claim]) -> Tally:
    """The rule: the waiting claim that the stub's number names, else the only one of the named patient."""
    tally = Tally(of=len(judged))
    for check, true in judged:
        found = _named(check.stub, [claims[each] for group in check.answer.waiting for each in group])
        if found:
            tally.right += set(true.claims) == {found}
            tally.wrong += set(true.claims) != {found}
    return tally


def _named(stub: Stub, waiting: Sequence[Claim]) -> str | None:
    number = normalised(stub.reference)
    by_number = [claim for claim in waiting if number and normalised(claim.claim_id) == number]
    patient = (normalised(stub.patient_last), normalised(stub.patient_first))
    by_name = [claim for claim in waiting if all(patient)
               and (normalised(claim.patient_last), normalised(claim.patient_first)) == patient]  # fmt: skip
    only = by_number or by_name
    return only[0].claim_id if len(only) == 1 else None


def unique_by_true_amounts(judged: Judged, paid: Mapping[str, int]) -> int:
    """Checks that one set of waiting claims alone comes to, if one knew what each will be paid (``paid``, in cents).

    This is what no file says on the day; it bounds what any better knowledge of amounts could do without words.
    """
    return sum(
        set(true.claims) <= {each for group in check.answer.waiting for each in group}
        and sum(true.claims.values()) == int(check.stub.amount * 100)
        and _ways(check, paid) == 1
        for check, true in judged
    )


def reachable(judged: Judged) -> int:
    """Checks all of whose claims waited when they came: no other can be answered."""
    return sum(
        bool(true.claims) and set(true.claims) <= {each for group in check.answer.waiting for each in group}
        for check, true in judged
    )


def _ways(check: AnsweredCheck, paid: Mapping[str, int]) -> int:
    """How many sets of waiting claims of one payee come to the check's amount, up to two."""
    amount, ways = int(check.stub.amount * 100), 0
    for group in check.answer.waiting:
        sums = {0: 1}
        for cents in (paid.get(claim, 0) for claim in group):
            if cents > 0:
                more = [(total + cents, count) for total, count in sums.items() if total + cents <= amount]
                for total, count in more:
                    sums[total] = min(MOST_WAYS, sums.get(total, 0) + count)
        ways += sums.get(amount, 0)
    return min(MOST_WAYS, ways)
