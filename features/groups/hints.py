"""What a check's stub says of the claims that it pays: a patient, a number, a day of service, how many they are.

Each answer is a likelihood ratio: how much likelier the stub's words are if the claim is among those paid than if it is
none of them. 1 says nothing.
"""

from __future__ import annotations

from rapidfuzz import fuzz

from features.match_keys import normalised
from features.stubs import Stub
from features.x12.records import Claim

# Chosen, in whole orders: a name that is equal belongs to one patient in some hundred, a number to one claim.
SAME_NAME, LIKE_NAME, FAR_NAME, OTHER_NAME = 100.0, 30.0, 5.0, 0.03
SAME_NUMBER, LIKE_NUMBER, OTHER_NUMBER = 300.0, 50.0, 0.25
SAME_DAY, OTHER_DAY = 20.0, 0.1
SAME, LIKE, FAR = 95.0, 85.0, 75.0  # of 100, by RapidFuzz
CUT_LAST, CUT_FIRST = 8, 5  # letters that some payers keep of names
TAIL = 8  # characters at the end of a number, behind a prefix
ONE_OF_SEVERAL = 0.3  # how often "et al." stands on a check for one patient that we know of
TOO_FEW = 0.02  # how often a memo counts fewer claims than are paid
NOTHING_PAID = 0.4  # each further claim of the count is one that was paid nothing
SHORTEST = 5  # characters of a number that can name something


def claim_hint(stub: Stub, claim: Claim) -> tuple[float, ...]:
    """Ratios for the name, the day of service and each number, on their own: one claim need not bear all of them."""
    return _name(stub, claim), _day(stub, claim), *(_number(each, claim) for each in stub.references)


def count_hint(stub: Stub, paid: int) -> float:
    """The ratio for how many claims the stub speaks of, if it pays so many (at least one)."""
    ratio = ONE_OF_SEVERAL if stub.several and paid == 1 else 1.0
    if len(stub.references) > max(1, paid):
        ratio *= TOO_FEW
    if stub.claims is None:
        return ratio
    more = stub.claims - paid
    return ratio * (TOO_FEW if more < 0 else (1 - NOTHING_PAID) * NOTHING_PAID**more)


def _name(stub: Stub, claim: Claim) -> float:
    if not stub.patient_last:
        return 1.0
    said = f"{stub.patient_last} {stub.patient_first or ''}".upper().strip()
    last, first = (claim.patient_last or "").upper(), (claim.patient_first or "").upper()
    spelled = (f"{last} {first}", f"{last[:CUT_LAST]} {first[:CUT_FIRST]}", f"{last} {first[:1]}")
    score = max(fuzz.token_sort_ratio(said, each) for each in spelled)
    return _graded(score, SAME_NAME, LIKE_NAME, OTHER_NAME, FAR_NAME)


def _number(reference: str, claim: Claim) -> float:
    said = normalised(reference)
    if not said:
        return 1.0
    own = [number for number in map(normalised, (claim.claim_id, claim.subscriber_id)) if number]
    score = max((_alike(said, number) for number in own), default=0.0)
    return _graded(score, SAME_NUMBER, LIKE_NUMBER, OTHER_NUMBER)


def _alike(said: str, number: str) -> float:
    """How alike two numbers are, 0 to 100: one may be cut, or stand behind a prefix."""
    begins = len(said) >= SHORTEST and number.startswith(said)
    ends = len(number) >= SHORTEST and said.endswith(number[-TAIL:])
    return 100.0 if begins or ends else fuzz.ratio(said, number)


def _day(stub: Stub, claim: Claim) -> float:
    if stub.service_from is None:
        return 1.0
    return SAME_DAY if stub.service_from in (claim.service_from, claim.service_to) else OTHER_DAY


def _graded(score: float, same: float, like: float, other: float, far: float | None = None) -> float:
    if score >= SAME:
        return same
    if score >= LIKE:
        return like
    return far if far is not None and score >= FAR else other
