"""The rates that a denial risk is learnt from: of which claims, of which denials, and what a thin one leans on.

One definition for training and for serving. A rate is shrunken: (denials + strength x prior) / (claims + strength),
where the prior is a rate of wider claims, or the product of two of them over what both have in common.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Final

from features.denial_history.facts import Facts

Keys = Callable[[Facts], tuple[Hashable, ...]]

YEAR: Final = 365.0
PAYERS_CHANGE: Final = 240.0  # days until half of what was known of a payer's demands is forgotten
RECENT: Final = 60.0


@dataclass(frozen=True, slots=True)
class Rate:
    """The share of claims, or of lines with a service, that were denied, in 0..1.

    ``keys`` are one a claim, or with ``by_service`` one for each of ``Facts.services``; none where the rate does not
    apply, which reads as 0. ``about`` narrows the denials to a category. A ``personal`` rate is of one patient or
    member: it is never saved with a model.
    """

    name: str
    keys: Keys
    prior: tuple[str, ...] = ()  # none: ``start``; one rate; or (a, b, over) for a * b / over
    about: str | None = None
    by_service: bool = False
    strength: float = 20.0  # claims that the prior counts for
    half_life: float = YEAR
    start: float = 0.02  # a rate that leans on no other leans on this
    personal: bool = False


@cache
def _claim(*fields: str) -> Keys:
    """One key out of fields of the facts; the same function for the same fields, so that its keys are made once."""
    parts = _parts(*fields)
    return lambda facts: (parts(facts),)


@cache
def _services(*fields: str) -> Keys:
    """A key a service, with fields of the facts beside it."""
    parts = _parts(*fields)

    def keys(facts: Facts) -> tuple[Hashable, ...]:
        beside = parts(facts)
        return tuple([(service, *beside) for service in facts.services])

    return keys


def _parts(*fields: str) -> Callable[[Facts], tuple[Hashable, ...]]:
    """Fields as a tuple; in C where there are several, for this is most of the work."""
    if not fields:
        return lambda _: ()
    get = attrgetter(*fields)
    return get if len(fields) > 1 else lambda facts: (get(facts),)


def _only(applies: Callable[[Facts], bool], keys: Keys) -> Keys:
    return lambda facts: keys(facts) if applies(facts) else ()


ANY: Final = (
    Rate("all", _claim(), start=0.12, strength=50),
    Rate("payer", _claim("payer"), ("all",)),
    Rate("payer_recent", _claim("payer"), ("payer",), half_life=RECENT),
    Rate("service", _services(), ("all",), by_service=True),
    Rate("payer_service", _services("payer"), ("payer", "service", "all"), by_service=True),
    Rate("largest_service", _claim("service"), ("all",)),
    Rate("payer_largest_service", _claim("payer", "service"), ("payer", "largest_service", "all")),
    Rate("diagnosis", _claim("diagnosis_category"), ("all",)),
    Rate("payer_diagnosis", _claim("payer", "diagnosis_category"), ("payer", "diagnosis", "all")),
    Rate("service_diagnosis", _services("diagnosis"), ("service",), by_service=True),
    Rate(
        "payer_service_diagnosis",
        _services("payer", "diagnosis"),
        ("payer_service",),
        by_service=True,
        strength=10,
    ),
    Rate("facility", _claim("facility"), ("all",)),
    Rate("payer_facility", _claim("payer", "facility"), ("payer", "facility", "all")),
    Rate("provider", _claim("provider"), ("facility",)),
    Rate("payer_modifiers", _claim("payer", "modifiers"), ("payer",)),
    Rate("service_modifiers", _claim("service", "modifiers"), ("largest_service",)),
    Rate("payer_place", _claim("payer", "place"), ("payer",)),
    Rate("payer_plan", _claim("payer", "plan"), ("payer",)),
    Rate("payer_frequency", _claim("payer", "frequency"), ("payer",)),
    Rate("patient", _claim("patient"), ("all",), strength=8, personal=True),
    Rate("member", _claim("payer", "subscriber"), ("payer",), strength=8, personal=True),
)
"""Of any denial."""

ABOUT: Final = (
    Rate("authorization", _claim("authorized"), about="authorization", strength=50),
    Rate(
        "authorization_payer",
        _claim("payer", "authorized"),
        ("authorization",),
        about="authorization",
        strength=30,
        half_life=PAYERS_CHANGE,
    ),
    Rate(
        "authorization_payer_service",
        _services("payer", "authorized"),
        ("authorization_payer",),
        about="authorization",
        by_service=True,
        strength=6,
        half_life=PAYERS_CHANGE,
    ),
    Rate("eligibility", _claim(), about="eligibility", strength=30),
    Rate("eligibility_payer", _claim("payer"), ("eligibility",), about="eligibility", strength=30),
    Rate("eligibility_month", _claim("month"), ("eligibility",), about="eligibility", strength=30),
    Rate(
        "eligibility_payer_month",
        _claim("payer", "month"),
        ("eligibility_payer", "eligibility_month", "eligibility"),
        about="eligibility",
        strength=50,
    ),
    Rate(
        "eligibility_recent",
        _claim("payer"),
        ("eligibility_payer",),
        about="eligibility",
        half_life=RECENT,
    ),
    Rate(
        "necessity_pair",
        _services("diagnosis"),
        about="medical-necessity",
        by_service=True,
        strength=10,
        start=0.01,
    ),
    Rate(
        "necessity_payer_pair",
        _services("payer", "diagnosis"),
        ("necessity_pair",),
        about="medical-necessity",
        by_service=True,
        strength=4,
    ),
    Rate(
        "bundling",
        _only(lambda facts: facts.visit_without_25, _claim("payer")),
        about="bundling",
        strength=10,
    ),
    Rate("late", _claim("payer", "lag_step"), about="timely-filing", strength=5, start=0.0),
    Rate("provider_named", _claim("provider_named"), about="information", strength=30, start=0.05),
    Rate(
        "payer_provider_named",
        _claim("payer", "provider_named"),
        ("provider_named",),
        about="information",
        strength=15,
    ),
    Rate("referral", _claim("payer", "referred"), about="information", start=0.03),
    Rate(
        "referral_service",
        _services("payer", "referred"),
        ("referral",),
        about="information",
        by_service=True,
        strength=8,
    ),
    Rate("information", _claim("payer"), about="information"),
    Rate(
        "information_service",
        _services("payer"),
        ("information",),
        about="information",
        by_service=True,
        strength=15,
    ),
    Rate("coverage", _claim("payer"), about="non-covered"),
    Rate(
        "coverage_service",
        _services("payer"),
        ("coverage",),
        about="non-covered",
        by_service=True,
        strength=15,
    ),
    Rate("coordination", _claim("payer"), about="coordination"),
    Rate("bundled", _services("payer", "modifiers"), about="bundling", by_service=True, strength=10),
)
"""Of denials for one thing, among the claims that could be denied for it."""

RATES: Final[tuple[Rate, ...]] = (*ANY, *ABOUT)
