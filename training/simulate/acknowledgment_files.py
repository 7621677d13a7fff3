"""Writes 277CA (005010X214) transactions: what a front end took in and what it turned away."""

from __future__ import annotations

from datetime import date
from itertools import groupby

from training.simulate.front_end import Answer
from training.simulate.network import Organization
from training.simulate.payers import Payer
from training.simulate.x12_text import day, money, segment

VERSION = "005010X214"
RECEIVER = "NORTHBEND"


def transaction(payer: Payer, answers: list[Answer], *, reference: str, sent: date) -> list[str]:
    """The segments of one 277CA between ST and SE: a payer's answers to the claims of one day."""
    total = sum(answer.claim.charge for answer in answers)
    out = [
        segment("BHT", "0085", "08", reference, day(sent), "0600", "TH"),
        segment("HL", "1", "", "20", "1"),
        segment("NM1", "PR", "2", payer.name, "", "", "", "", "PI", payer.payer_id),
        segment("TRN", "1", reference),
        segment("DTP", "050", "D8", day(sent)),
        segment("DTP", "009", "D8", day(sent)),
        segment("HL", "2", "1", "21", "1"),
        segment("NM1", "41", "2", RECEIVER, "", "", "", "", "46", RECEIVER),
        segment("TRN", "2", reference),
        segment("STC", "A1:19:PR", day(sent), "WQ", money(total)),
    ]
    level = 2
    for owner, group in groupby(answers, key=lambda answer: answer.claim.facility.owner):
        level += 1
        provider = level
        own = list(group)
        out += _provider(owner, level, sum(answer.claim.charge for answer in own))
        for answer in own:
            level += 1
            out += _claim(answer, level, provider, sent)
    return out


def _provider(owner: Organization, level: int, total: int) -> list[str]:
    return [
        segment("HL", str(level), "2", "19", "1"),
        segment("NM1", "85", "2", owner.name, "", "", "", "", "XX", owner.npi),
        segment("TRN", "1", "0"),  # the guide asks for it, and a 0 where the provider gave no number
        segment("STC", "A1:19:PR", "", "WQ", money(total)),
    ]


def _claim(answer: Answer, level: int, provider: int, sent: date) -> list[str]:
    claim = answer.claim
    patient = claim.patient
    status = ":".join((answer.category, answer.status, answer.entity)).rstrip(":")
    action = "WQ" if answer.accepted else "U"
    out = [
        segment("HL", str(level), str(provider), "PT"),
        segment("NM1", "QC", "1", patient.last, patient.first, "", "", "", "MI", claim.subscriber_id),
        segment("TRN", "2", claim.claim_id),
        segment("STC", status, day(sent), action, money(claim.charge)),
    ]
    if claim.service_from == claim.service_to:
        out.append(segment("DTP", "472", "D8", day(claim.service_from)))
    else:
        out.append(segment("DTP", "472", "RD8", f"{day(claim.service_from)}-{day(claim.service_to)}"))
    return out
