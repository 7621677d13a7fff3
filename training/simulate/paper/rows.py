"""One row of a paper explanation of benefits, as a clerk types it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from string import capwords

from features.denial_codes import DENIALS
from training.simulate.bank.channels import Channel
from training.simulate.draws import Draws
from training.simulate.paper import typing_noise
from training.simulate.payments import Payment
from training.simulate.tables import dollars

COLUMNS = ("row_id", "typed_date", "check_number", "payer_name", "patient_name", "member_id", "claim_number",
           "service_date", "billed", "allowed", "paid", "patient_responsibility", "denial_code",
           "typed_by")  # fmt: skip
# Fields that a clerk leaves out, as a share of the rows. Posting needs the amount paid and the check, which are never
# missing; the others are chosen.
MISSING = {"member_id": 0.12, "claim_number": 0.04, "service_date": 0.015, "billed": 0.03, "allowed": 0.1,
           "patient_responsibility": 0.05, "denial_code": 0.2}  # fmt: skip
SUFFIX_LOST = 0.1  # member ids without what stands behind the nine digits; chosen


@dataclass(frozen=True, slots=True)
class Clerk:
    """Someone who types, with habits: the order of a name, its capitals, how a code is written."""

    initials: str
    name: str
    capitals: bool
    code: str


CLERKS = (
    Clerk("LMEYER", "{last}, {first}", True, "{group}-{reason}"),
    Clerk("TOKAFOR", "{first} {last}", True, "{reason}"),
    Clerk("RSILVA", "{last} {first}", True, "{group}{reason}"),
    Clerk("JDUNN", "{first} {last}", False, "{group} {reason}"),
)


def typed(
    draws: Draws, channel: Channel, clerk: Clerk, payment: Payment, *, on: date, check_number: str
) -> tuple[str, ...]:
    """The cells of one claim payment, without ``row_id``; amounts in dollars with two decimals."""
    printed = payment.payer_claim_number if channel.own_number else payment.claim_id
    cells = {
        "typed_date": on.isoformat(),
        "check_number": check_number,
        "payer_name": payment.payer.name,
        "patient_name": _name(draws, clerk, payment),
        "member_id": typing_noise.number(draws, _member_id(draws, payment.member_id)),
        "claim_number": typing_noise.number(draws, printed),
        "service_date": typing_noise.day(draws, payment.service_from).isoformat(),
        "billed": dollars(typing_noise.amount(draws, payment.charge)),
        "allowed": dollars(typing_noise.amount(draws, sum(line.allowed for line in payment.lines))),
        "paid": dollars(typing_noise.amount(draws, payment.paid)),
        "patient_responsibility": dollars(typing_noise.amount(draws, payment.responsibility)),
        "denial_code": _denial_code(clerk, payment),
        "typed_by": clerk.initials,
    }
    for name, share in MISSING.items():
        if draws.chance(share):
            cells[name] = ""
    return tuple(cells[name] for name in COLUMNS[1:])


def _name(draws: Draws, clerk: Clerk, payment: Payment) -> str:
    last = typing_noise.last_name(draws, payment.last)
    first = typing_noise.first_name(draws, payment.first)
    name = clerk.name.format(last=last, first=first)
    return name if clerk.capitals else capwords(name)


def _member_id(draws: Draws, member_id: str) -> str:
    kept = member_id.partition("-")[0].removesuffix("01") if draws.chance(SUFFIX_LOST) else member_id
    return kept or member_id


def _denial_code(clerk: Clerk, payment: Payment) -> str:
    """The first denial that takes money away, written as the clerk writes it; empty where there is none."""
    for group, reason, cents in payment.all_adjustments:
        if cents > 0 and reason in DENIALS:
            return clerk.code.format(group=group, reason=reason)
    return ""
