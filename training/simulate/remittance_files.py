"""Writes 835 (005010X221A1) transactions."""

from __future__ import annotations

from training.simulate.batches import Batch
from training.simulate.claim_files import place_code
from training.simulate.payers import SUPPLEMENT_ID, SUPPLEMENT_NAME
from training.simulate.payments import PaidLine, Payment
from training.simulate.x12_text import day, money, segment

VERSION = "005010X221A1"
RECEIVER = "NORTHBEND"


def transaction(batch: Batch, *, by_check: bool) -> list[str]:
    """The segments of one 835 between ST and SE."""
    out = [*_payment(batch, by_check), *_parties(batch), segment("LX", "1")]
    for payment in batch.payments:
        out += _claim(payment)
    if batch.provider_adjustments:
        pairs = [
            x
            for reason, ref, amount in batch.provider_adjustments
            for x in (f"{reason}:{ref}", money(amount))
        ]
        out.append(segment("PLB", batch.payee.npi, f"{batch.day.year}1231", *pairs))
    return out


def _payment(batch: Batch, by_check: bool) -> list[str]:
    payer, amount = batch.payer, batch.amount
    originator = f"1{payer.tax_id}"
    if amount and by_check:
        bpr = segment("BPR", "I", money(amount), "C", "CHK", *([""] * 11), day(batch.day))
    elif amount:
        accounts = ("01", "041000124", "DA", "7700" + payer.payer_id, originator, "", "01", "044000037", "DA",
                    "3300" + batch.payee.tax_id[:6])  # fmt: skip
        bpr = segment("BPR", "I", money(amount), "C", "ACH", "CCP", *accounts, day(batch.day))
    else:
        bpr = segment("BPR", "H", "0", "C", "NON", *([""] * 11), day(batch.day))
    return [bpr, segment("TRN", "1", batch.trace_number, originator), segment("DTM", "405", day(batch.day))]


def _parties(batch: Batch) -> list[str]:
    payer, payee = batch.payer, batch.payee
    return [
        segment("N1", "PR", payer.name),
        segment("N3", f"PO BOX {payer.payer_id}"),
        segment("N4", *payer.town),
        segment("REF", "2U", payer.payer_id),
        segment("PER", "BL", "EDI SUPPORT", "TE", "8005550100"),
        segment("N1", "PE", payee.name, "XX", payee.npi),
        segment("REF", "TJ", payee.tax_id),
    ]


def _claim(payment: Payment) -> list[str]:
    claim = payment.claim
    out = [
        segment("CLP", payment.claim_id, payment.status, money(payment.charge), money(payment.paid),
                money(payment.responsibility), _indicator(payment),
                payment.payer_claim_number, place_code(claim), payment.frequency),
        *_adjustments(payment.adjustments),
*_people(payment),
    ]  # fmt: skip
    if claim.rendering_shown and claim.form == "P":
        who = claim.physician
        out.append(segment("NM1", "82", "1", who.last, who.first, "", "", "", "XX", who.npi))
    if payment.status == "19":
        out.append(segment("NM1", "TT", "2", SUPPLEMENT_NAME, "", "", "", "", "PI", SUPPLEMENT_ID))
    if payment.remarks:
        out.append(segment("MOA", "", "", *payment.remarks))
    out += [
        segment("DTM", "232", day(payment.service_from)),
        segment("DTM", "233", day(payment.service_to)),
        segment("DTM", "050", day(claim.submitted)),
    ]
    for line in payment.lines:
        out += _line(line)
    return out


def _people(payment: Payment) -> list[str]:
    """The patient, and with some payers the subscriber, who then bears the member id."""
    family = payment.claim.patient.family
    if not payment.payer.shows_subscriber or payment.claim.patient is family.members[0]:
        return [segment("NM1", "QC", "1", payment.last, payment.first, "", "", "", "MI", payment.member_id)]
    head = family.members[0]
    return [
        segment("NM1", "QC", "1", payment.last, payment.first),
        segment("NM1", "IL", "1", head.last, head.first, "", "", "", "MI", payment.member_id),
    ]


def _indicator(payment: Payment) -> str:
    """CLP06, which knows no CI: commercial payers say 12 (preferred provider organization)."""
    claim = payment.claim
    indicator = payment.payer.indicator if claim.form == "P" else payment.payer.indicator_institutional
    return "12" if indicator == "CI" else indicator


def _adjustments(adjustments: list[tuple[str, str, int]]) -> list[str]:
    groups: dict[str, list[str]] = {}
    for group, reason, amount in adjustments:
        groups.setdefault(group, []).extend((reason, money(amount), ""))
    return [segment("CAS", group, *triplets) for group, triplets in groups.items()]


def _line(line: PaidLine) -> list[str]:
    revenue = line.revenue or ""
    procedure = ":".join(("HC", line.procedure, *line.modifiers)) if line.procedure else f"NU:{revenue}"
    original = f"HC:{line.original}" if line.original else ""
    shown_revenue = revenue if line.procedure else ""
    out = [
        segment(
            "SVC", procedure, money(line.charge), money(line.paid), shown_revenue, str(line.units), original
        )
    ]
    if line.day_from == line.day_to:
        out.append(segment("DTM", "472", day(line.day_from)))
    else:
        out += [segment("DTM", "150", day(line.day_from)), segment("DTM", "151", day(line.day_to))]
    out += _adjustments(line.adjustments)
    if line.control:
        out.append(segment("REF", "6R", line.control))
    if line.allowed:
        out.append(segment("AMT", "B6", money(line.allowed)))
    out += [segment("LQ", "HE", remark) for remark in line.remarks]
    return out
