"""The provider's facilities and physicians, and the payers with their policies and habits."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from math import exp

from training.simulate import rates
from training.simulate.draws import Draws
from training.simulate.identifiers import npi
from training.simulate.names import FEMALE, MALE, SURNAMES, TOWNS
from training.simulate.services import AUTHORIZABLE, DOUBTFUL_PAIRS, TAXONOMY


@dataclass(slots=True)
class Physician:
    """Someone who renders services."""

    last: str
    first: str
    npi: str
    specialty: str


@dataclass(slots=True)
class Organization:
    """A legal entity that payers pay: the payee of remittances and the billing provider of professional claims."""

    name: str
    npi: str
    tax_id: str
    street: str
    town: tuple[str, str, str]


@dataclass(slots=True)
class Facility:
    """A hospital or clinic with habits of its own."""

    name: str
    npi: str
    hospital: bool
    owner: Organization
    street: str
    town: tuple[str, str, str]
    prefix: str
    style: str  # how it numbers claims
    charge_factor: float
    intake: float  # 1 usual; above it more is forgotten at registration
    delay: float  # median days from service to submission
    weight: float
    physicians: dict[str, list[Physician]]
    sequence: int = 0


@dataclass(slots=True)
class Policies:
    """A payer's rules, dated where they start within the simulated years."""

    authorization: dict[str, date]  # procedure -> first day
    doubtful: dict[tuple[str, str], date]  # (procedure, diagnosis) -> first day
    filing_days: int
    referral: bool
    strictness: float
    base: float  # unseen part of its denials
    duplicates: float
    bundles: bool
    telehealth_ends: date | None
    line_level: float  # share of denials written at line level


@dataclass(slots=True)
class Payer:
    """A payer: kind, identifiers, policies, pay days, and the rates of its quirks."""

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
    numbering: str
    member_style: str
    tax_id: str
    town: tuple[str, str, str]
    quirks: dict[str, float] = field(default_factory=dict)
    sequence: int = 0
    trace: int = 0
    carry: int = 0  # cents that the payer still has to recover


@dataclass(slots=True)
class Network:
    """Everyone but the patients."""

    organizations: list[Organization]
    facilities: list[Facility]
    payers: list[Payer]
    supplement: Payer


# kind: (names, claim filing indicator 837P, 837I, share of claims, base of unseen denials)
KINDS: dict[str, tuple[str, str, str, float, float]] = {
    "medicare": ("LAKES MAC|VALLEY MAC|SOUTHERN MAC", "MB", "MA", 0.20, 0.02),
    "advantage": (
        "SILVER PATH ADVANTAGE|EVERCARE BLUE ADVANTAGE|GOLDEN LAKE MA|HARBOR SENIOR|SUMMIT ADVANTAGE|UNITY SENIOR PLAN"
        "|PINNACLE MA|MERIDIAN GOLD",
        "16", "16", 0.17, 0.055,
    ),
    "medicaid": ("STATE MEDICAID EAST|STATE MEDICAID WEST", "MC", "MC", 0.06, 0.05),
    "managed": (
        "BUCKEYE COMMUNITY PLAN|FIRST STEP HEALTH|CARE BRIDGE MCO|OPEN DOOR HEALTH|RIVER COMMUNITY PLAN|NEIGHBOR CARE"
        "|TRUE NORTH MCO",
        "HM", "HM", 0.14, 0.065,
    ),
    "commercial": (
        "BLUE RIVER|NATIONAL MUTUAL|TRI-STATE HEALTH|AMBER LIFE|CROWN BENEFITS|DELTA EMPLOYERS|EAGLE HEALTH PLANS"
        "|FOUNDERS GROUP|GREAT PLAINS LIFE|HEARTLAND PPO|IRONWOOD BENEFITS|JUNIPER HEALTH",
        "CI", "CI", 0.33, 0.045,
    ),
    "exchange": (
        "BRIGHT LAKE EXCHANGE|COMMON GROUND PLAN|OAKMARK MARKETPLACE|PREMIER CHOICE|VISTA MARKETPLACE|SELECT ONE",
        "HM", "HM", 0.08, 0.1,
    ),
    "military": ("UNIFORMED SERVICES EAST", "CH", "CH", 0.02, 0.04),
}  # fmt: skip

SPECIALTIES = tuple(TAXONOMY)
STYLES = ("plain", "prefixed", "dated", "account", "mixed", "long", "long", "prefixed")


def build(draws: Draws, start: date, end: date) -> Network:
    """The network that a seed gives."""
    organizations = [_organization(draws, name) for name in ("NORTH BEND", "LAKE COUNTY", "STONE RIVER")]
    facilities = [_facility(draws, number, organizations[number % 3]) for number in range(22)]
    payers = [
        _payer(draws, name, kind, position, len(spec[0].split("|")), start, end)
        for kind, spec in KINDS.items()
        for position, name in enumerate(spec[0].split("|"))
    ]
    supplement = _payer(draws, "GUARDIAN SUPPLEMENT", "commercial", 5, 12, start, end)
    supplement.indicator = supplement.indicator_institutional = "CI"
    return Network(organizations, facilities, payers, supplement)


def _organization(draws: Draws, name: str) -> Organization:
    return Organization(
        name=f"{name} HEALTH SYSTEM",
        npi=npi(draws.between(120_000_000, 199_999_999)),
        tax_id=draws.digits(9),
        street=f"{draws.between(1, 900)} MEDICAL CENTER DR",
        town=draws.pick(TOWNS),
    )


def _facility(draws: Draws, number: int, owner: Organization) -> Facility:
    hospital = number < 12
    letters = "ABCDEFGHJKLMNPRSTUVWXY"
    place = draws.pick(("MERCY", "ST LUKE", "GENERAL", "MEMORIAL", "COMMUNITY", "UNIVERSITY", "SACRED HEART"))
    first = owner.name.partition(" HEALTH")[0]
    return Facility(
        name=f"{first} {place} {'HOSPITAL' if hospital else 'CLINIC'} {number + 1}",
        npi=npi(draws.between(120_000_000, 199_999_999)),
        hospital=hospital,
        owner=owner,
        street=f"{draws.between(1, 900)} HOSPITAL WAY",
        town=draws.pick(TOWNS),
        prefix=letters[number % 22] + letters[(number * 7 + 3) % 22],
        style=STYLES[number % len(STYLES)],
        charge_factor=draws.uniform(0.8, 1.45),
        intake=draws.lognormal(0.45),
        delay=draws.uniform(3, 9),
        weight=draws.lognormal(0.6),
        physicians={s: [_physician(draws, s) for _ in range(draws.between(1, 3))] for s in SPECIALTIES},
        sequence=draws.between(10_000, 60_000),
    )


def _physician(draws: Draws, specialty: str) -> Physician:
    return Physician(
        last=draws.pick(SURNAMES),
        first=draws.pick(FEMALE if draws.chance(0.5) else MALE),
        npi=npi(draws.between(120_000_000, 199_999_999)),
        specialty=specialty,
    )


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
        days_to_answer=draws.uniform(9, 28),
        ratio=draws.uniform(0.32, 0.45)
        if kind in ("medicare", "medicaid", "managed")
        else draws.uniform(0.4, 0.68),
        numbering=draws.pick(("dated", "lettered", "plain")),
        member_style=draws.pick(("suffix", "lettered-suffix", "plain")) if kind != "medicare" else "mbi",
        tax_id=draws.digits(9),
        town=draws.pick(TOWNS),
        quirks={
            quirk: draws.uniform(*bounds)
            for quirk, (having, bounds) in rates.QUIRKS.items()
            if draws.chance(having)
        },
    )


def _policies(draws: Draws, kind: str, base: float, start: date, end: date) -> Policies:
    strictness = min(1.35, 0.8 * exp(0.35 * draws.normal())) * (
        0.7 if kind in ("medicare", "military") else 1.0
    )
    listed = 0.08 if kind in ("medicare", "military") else 0.45
    return Policies(
        authorization={code: _first_day(draws, start, end) for code in AUTHORIZABLE if draws.chance(listed)},
        doubtful={
            pair: _first_day(draws, start, end) for pair in DOUBTFUL_PAIRS if draws.chance(0.25 * strictness)
        },
        filing_days={"medicare": 365, "medicaid": 365, "military": 365}.get(kind)
        or draws.pick((90, 90, 120, 180)),
        referral=kind in ("managed", "exchange") or (kind == "advantage" and draws.chance(0.5)),
        strictness=strictness,
        base=base * draws.lognormal(0.75),
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
