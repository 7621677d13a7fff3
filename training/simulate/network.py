"""The provider: its organizations, facilities with habits of their own, and physicians; and the payers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from training.simulate import payers
from training.simulate.draws import Draws
from training.simulate.identifiers import npi
from training.simulate.names import FEMALE, MALE, SURNAMES, TOWNS
from training.simulate.payers import Payer
from training.simulate.services import TAXONOMY


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
    since: date = date.min  # the day on which it joined
    share_of_visits: float = 0.0  # of all visits from then on, beside those of families that know it


@dataclass(slots=True)
class Network:
    """Everyone but the patients."""

    organizations: list[Organization]
    facilities: list[Facility]
    payers: list[Payer]
    supplement: Payer


SPECIALTIES = tuple(TAXONOMY)
HOSPITALS, CLINICS = 12, 10
NUMBERS_APART = 1_000_000  # between facilities whose numbers bear no prefix
STYLES = ("plain", "prefixed", "dated", "account", "mixed", "long", "long", "prefixed")


def build(draws: Draws, start: date, end: date) -> Network:
    """The network that a seed gives."""
    organizations = [_organization(draws, name) for name in ("NORTH BEND", "LAKE COUNTY", "STONE RIVER")]
    facilities = [
        new_facility(draws, number, organizations[number % 3], hospital=number < HOSPITALS)
        for number in range(HOSPITALS + CLINICS)
    ]
    for clinic in facilities[HOSPITALS:]:  # acquired over five years, most of them before the first day
        clinic.since = start - timedelta(730) + timedelta(draws.below(5 * 365))
    return Network(
        organizations, facilities, payers.build(draws, start, end), payers.supplement(draws, start, end)
    )


def _organization(draws: Draws, name: str) -> Organization:
    return Organization(
        name=f"{name} HEALTH SYSTEM",
        npi=npi(draws.between(120_000_000, 199_999_999)),
        tax_id=draws.digits(9),
        street=f"{draws.between(1, 900)} MEDICAL CENTER DR",
        town=draws.pick(TOWNS),
    )


def new_facility(draws: Draws, number: int, owner: Organization, *, hospital: bool) -> Facility:
    """A hospital or clinic that is number so many of the network."""
    letters = "ABCDEFGHJKLMNPRSTUVWXY"
    place = draws.pick(("MERCY", "ST LUKE", "GENERAL", "MEMORIAL", "COMMUNITY", "UNIVERSITY", "SACRED HEART"))
    first = owner.name.partition(" HEALTH")[0]
    style = STYLES[number % len(STYLES)]
    apart = NUMBERS_APART * (number // len(STYLES)) if style == "plain" else 0
    return Facility(
        name=f"{first} {place} {'HOSPITAL' if hospital else 'CLINIC'} {number + 1}",
        npi=npi(draws.between(120_000_000, 199_999_999)),
        hospital=hospital,
        owner=owner,
        street=f"{draws.between(1, 900)} HOSPITAL WAY",
        town=draws.pick(TOWNS),
        prefix=letters[number % 22] + letters[(number * 7 + 3) % 22],
        style=style,
        charge_factor=draws.uniform(0.8, 1.45),
        intake=draws.lognormal(0.45),
        delay=draws.uniform(3, 9),
        weight=draws.lognormal(0.6),
        physicians={s: [_physician(draws, s) for _ in range(draws.between(1, 3))] for s in SPECIALTIES},
        sequence=draws.between(10_000, 60_000) + apart,
    )


def _physician(draws: Draws, specialty: str) -> Physician:
    return Physician(
        last=draws.pick(SURNAMES),
        first=draws.pick(FEMALE if draws.chance(0.5) else MALE),
        npi=npi(draws.between(120_000_000, 199_999_999)),
        specialty=specialty,
    )
