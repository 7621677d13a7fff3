"""The payers: kinds, identifiers, pay days, dated policies, and the rates of their quirks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from math import exp

from training.simulate import rates
from training.simulate.draws import Draws
from training.simulate.names import TOWNS
from training.simulate.services import AUTHORIZABLE, DOUBTFUL_PAIRS, TAXONOMY

# What payers that send their files themselves write in place of the asterisk, the colon and the line end; the
# clearing house writes the usual ones for all others.
DELIMITERS: tuple[dict[str, str], ...] = (
    {"\n": ""}, {"\n": "\r\n"}, {"*": "|"}, {"*": "|", ":": ">", "\n": ""}, {":": ">"},
)  # fmt: skip
SUPPLEMENT_NAME, SUPPLEMENT_ID = "GUARDIAN SUPPLEMENT", "GSUP1"

# kind: (names, claim filing indicator 837P, 837I, share of claims, base of unseen denials)
KINDS: dict[str, tuple[str, str, str, float, float]] = {
    "medicare": ("LAKES MAC|VALLEY MAC|SOUTHERN MAC", "MB", "MA", 0.20, 0.028),
    "advantage": (
        "SILVER PATH ADVANTAGE|EVERCARE BLUE ADVANTAGE|GOLDEN LAKE MA|HARBOR SENIOR|SUMMIT ADVANTAGE|UNITY SENIOR PLAN"
        "|PINNACLE MA|MERIDIAN GOLD",
        "16", "16", 0.17, 0.085,
    ),
    "medicaid": ("STATE MEDICAID EAST|STATE MEDICAID WEST", "MC", "MC", 0.06, 0.19),
    "managed": (
        "BUCKEYE COMMUNITY PLAN|FIRST STEP HEALTH|CARE BRIDGE MCO|OPEN DOOR HEALTH|RIVER COMMUNITY PLAN|NEIGHBOR CARE"
        "|TRUE NORTH MCO",
        "HM", "HM", 0.14, 0.06,
    ),
    "commercial": (
        "BLUE RIVER|NATIONAL MUTUAL|TRI-STATE HEALTH|AMBER LIFE|CROWN BENEFITS|DELTA EMPLOYERS|EAGLE HEALTH PLANS"
        "|FOUNDERS GROUP|GREAT PLAINS LIFE|HEARTLAND PPO|IRONWOOD BENEFITS|JUNIPER HEALTH",
        "CI", "CI", 0.33, 0.03,
    ),
    "exchange": (
        "BRIGHT LAKE EXCHANGE|COMMON GROUND PLAN|OAKMARK MARKETPLACE|PREMIER CHOICE|VISTA MARKETPLACE|SELECT ONE",
        "HM", "HM", 0.08, 0.08,
    ),
    "military": ("UNIFORMED SERVICES EAST", "CH", "CH", 0.02, 0.03),
}  # fmt: skip


HIGHEST_BASE = 0.4
NUMBERINGS = ("dated", "lettered", "plain")


@dataclass(slots=True)
class Policies:
    """A payer's rules, dated where they start within the simulated years."""

    authorization: dict[str, date]  # procedure -> first day
    doubtful: dict[tuple[str, str], date]  # (procedure, diagnosis) -> first day
    filing_days: int
    referral: bool
    strictness: float
    base: float  # unseen part of its denials
    specialties: dict[str, float]  # factors on it
    duplicates: float
    bundles: bool
    telehealth_ends: date | None
    line_level: float  # share of denials written at line level


@dataclass(frozen=True, slots=True)
class Habits:
    """How a payer numbers claims (CLP07), and the rates of its quirks."""

    numbering: str
    quirks: dict[str, float]


@dataclass(slots=True, eq=False)
class Payer:
    """A payer: kind, identifiers, policies, pay days and habits."""

    name: str
    payer_id: str
    kind: str
    indicator: str
    indicator_institutional: str
    weight: float
    policies: Policies
    pay_days: tuple[int, ...]
    days_to_answer: float
    ratio: float  # allowed amount over charge
    usual: Habits
    member_style: str
    shows_subscriber: bool  # names the subscriber of a dependent in its remittances (NM1*IL)
    delimiters: dict[int, str]  # what its remittances have in place of the usual ones
    denial_status: str  # CLP02 of a wholly denied claim: many payers say 1
    tax_id: str
    town: tuple[str, str, str]
    lenience: float  # factor on the odds that an appeal wins
    changed: tuple[date, Habits] | None = None  # from a day on it has other habits
    since: date = date.min  # the day from which it has members
    received: dict[date, int] = field(default_factory=dict)  # the last number that it gave on a day
    trace: int = 0

    def habits(self, day: date) -> Habits:
        """Those of the day."""
        return self.changed[1] if self.changed and self.changed[0] <= day else self.usual


def build(draws: Draws, start: date, end: date) -> list[Payer]:
    """About 40 payers; within a kind their shares of the claims fall as 1 over their rank."""
    payers = [
        _payer(draws, name, kind, position, len(spec[0].split("|")), start, end)
        for kind, spec in KINDS.items()
        for position, name in enumerate(spec[0].split("|"))
    ]
    for number, payer in enumerate(payers):  # the last two digits keep them apart
        payer.payer_id = f"{payer.payer_id[:3]}{number:02d}"
    _level(payers)
    return payers


def supplement(draws: Draws, start: date, end: date) -> Payer:
    """The plan that pays what Medicare leaves."""
    payer = _payer(draws, SUPPLEMENT_NAME, "commercial", 5, 12, start, end)
    payer.payer_id = SUPPLEMENT_ID
    return payer


def newcomer(draws: Draws, start: date, end: date) -> Payer:
    """A commercial payer that is new from a day on."""
    payer = _payer(draws, "NEWBRIDGE HEALTH", "commercial", 0, 12, start, end)
    payer.payer_id = f"{payer.payer_id[:3]}99"
    payer.since = start
    return payer


def _level(payers: list[Payer]) -> None:
    """Scale the payers' bases so that their mean over each kind's claims is the stated one, whatever the seed."""
    for kind, (*_, base) in KINDS.items():
        some = [payer for payer in payers if payer.kind == kind]
        mean = sum(p.weight * p.policies.base for p in some) / sum(p.weight for p in some)
        for payer in some:
            payer.policies.base = min(HIGHEST_BASE, payer.policies.base * base / mean)


def _payer(draws: Draws, name: str, kind: str, position: int, count: int, start: date, end: date) -> Payer:
    _, professional, institutional, share, base = KINDS[kind]
    weights = [1 / (place + 1.5) for place in range(count)]
    low, high = rates.PAY_DAYS_A_WEEK
    days = sorted(range(5), key=lambda _: draws.random())[: draws.between(low, high)]
    return Payer(
        name=name,
        payer_id=draws.digits(5),
        kind=kind,
        indicator=professional,
        indicator_institutional=institutional,
        weight=share * weights[position] / sum(weights),
        policies=_policies(draws, kind, base, start, end),
        pay_days=tuple(sorted(days)),
        days_to_answer=draws.uniform(*rates.USUAL_DAYS_TO_ANSWER),
        ratio=draws.uniform(0.32, 0.45)
        if kind in ("medicare", "medicaid", "managed")
        else draws.uniform(0.4, 0.68),
        usual=habits(draws),
        lenience=draws.lognormal(rates.LENIENCE_SPREAD),
        member_style=draws.pick(("suffix", "lettered-suffix", "plain")) if kind != "medicare" else "mbi",
        shows_subscriber=draws.chance(rates.SHOWS_SUBSCRIBER),
        delimiters=str.maketrans(draws.pick(DELIMITERS) if draws.chance(rates.OWN_FILES) else {}),
        denial_status=draws.pick(("4", "4", "1")),
        tax_id=draws.digits(9),
        town=draws.pick(TOWNS),
    )


def habits(draws: Draws) -> Habits:
    """Of some payer."""
    return Habits(
        numbering=draws.pick(NUMBERINGS),
        quirks={
            quirk: draws.uniform(*bounds)
            for quirk, (having, bounds) in rates.QUIRKS.items()
            if draws.chance(having)
        },
    )


def _policies(draws: Draws, kind: str, base: float, start: date, end: date) -> Policies:
    strictness = min(1.3, 0.88 * exp(0.25 * draws.normal())) * (
        0.7 if kind in ("medicare", "military") else 1.0
    )
    listed = 0.12 if kind in ("medicare", "military") else 1.0
    return Policies(
        authorization={
            code: _first_day(draws, start, end)
            for code, share in AUTHORIZABLE.items()
            if draws.chance(share * listed)
        },
        doubtful={
            pair: _first_day(draws, start, end)
            for place, pair in enumerate(DOUBTFUL_PAIRS)
            if draws.chance(rates.DOUBTED_BY_MOST if place % 3 == 0 else rates.DOUBTED_BY_FEW)
        },
        filing_days={"medicare": 365, "medicaid": 365, "military": 365}.get(kind)
        or draws.pick((90, 90, 120, 180)),
        referral=kind in ("managed", "exchange") or (kind == "advantage" and draws.chance(0.5)),
        strictness=strictness,
        base=base * draws.lognormal(rates.BASE_SPREAD),
        specialties={
            name: rates.SPECIALTY_FACTORS.get(name, 1.0) * draws.lognormal(rates.SPECIALTY_SPREAD)
            for name in TAXONOMY
        },
        duplicates=rates.DENIED_DUPLICATE * draws.uniform(0.3, 1.7),
        bundles=draws.chance(0.7),
        telehealth_ends=start + timedelta(draws.between(200, 1300)) if draws.chance(0.4) else None,
        line_level=draws.uniform(0.2, 1.0),
    )


def _first_day(draws: Draws, start: date, end: date) -> date:
    """Two thirds of the rules are older than the data; the others begin within it."""
    if draws.chance(0.67):
        return date(2000, 1, 1)
    return start + timedelta(draws.below((end - start).days))
