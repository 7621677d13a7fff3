"""What an 835 says, a rule at a time."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from features.x12.reader import read_bytes
from features.x12.records import Adjustment, ClaimPayment, Problem, ProviderAdjustment, Remittance
from tests.support.x12_files import PAYMENT, one


def payments(*body: str) -> list[ClaimPayment]:
    records = read_bytes(one("835", *PAYMENT, *body), file="a.835")
    return [record for record in records if isinstance(record, ClaimPayment)]


def remittance(*body: str, head: tuple[str, ...] = PAYMENT) -> Remittance:
    records = read_bytes(one("835", *head, *body), file="a.835")
    return next(record for record in records if isinstance(record, Remittance))


def codes(*body: str) -> list[str]:
    return [r.code for r in read_bytes(one("835", *PAYMENT, *body), file="a.835") if isinstance(r, Problem)]


def test_a_claim_payment_says_what_its_segments_say() -> None:
    (payment,) = payments(
        "CLP*C1*1*100*80*20*12*P1*11*1",
        "CAS*PR*1*20",
        "NM1*QC*1*DOE*JANE****MI*M1",
        "NM1*IL*1*DOE*JOHN****MI*M0",
        "NM1*82*1*SMITH*ANNA****XX*1245319599",
        "NM1*74*1*DOE*JOHN****C*M9",
        "MOA***MA01*MA18",
        "DTM*232*20251201",
        "DTM*233*20251202",
        "SVC*HC:99213:25:GT*100*80**2*HC:99214",
        "DTM*472*20251201",
        "REF*6R*L1",
        "AMT*B6*100",
        "LQ*HE*N130",
    )
    assert (payment.claim_id, payment.status, payment.payer_claim_number) == ("C1", "1", "P1")
    assert (payment.charge, payment.paid, payment.patient_responsibility) == (
        Decimal(100),
        Decimal(80),
        Decimal(20),
    )
    assert (payment.trace_number, payment.payer_id, payment.payee_npi) == ("TRACE1", "12345", "1234567893")
    assert (payment.patient_first, payment.subscriber_id, payment.rendering_npi) == (
        "JANE",
        "M0",
        "1245319599",
    )
    assert payment.corrected_subscriber_id == "M9"
    assert (payment.service_from, payment.service_to) == (date(2025, 12, 1), date(2025, 12, 2))
    assert payment.adjustments == (Adjustment("PR", "1", Decimal(20)),)
    assert payment.remarks == ("MA01", "MA18", "N130")
    (line,) = payment.lines
    assert (line.procedure, line.modifiers, line.original_procedure) == ("99213", ("25", "GT"), "99214")
    assert (line.units, line.allowed, line.control_number) == (Decimal(2), Decimal(100), "L1")
    assert line.remarks == ("N130",)


@pytest.mark.parametrize(
    ("claim", "claim_balanced", "lines_balanced"),
    [
        (("CLP*C*1*100*80", "CAS*CO*45*20"), True, []),
        (("CLP*C*1*100*80", "CAS*CO*45*19.99"), False, []),
        (("CLP*C*1*100*80", "SVC*HC:1*100*80", "CAS*CO*45*20"), True, [True]),
        (("CLP*C*1*100*70", "CAS*PR*1*10", "SVC*HC:1*100*80", "CAS*CO*45*20"), True, [True]),
        (("CLP*C*1*100*70", "SVC*HC:1*100*80", "CAS*CO*45*20"), False, [True]),
        (("CLP*C*1*100*80", "SVC*HC:1*60*50", "CAS*CO*45*20", "SVC*HC:2*40*30"), True, [False, False]),
        (("CLP*C*22*-100*-80", "CAS*CO*45*-20"), True, []),
        (("CLP*C*1*.5*0", "CAS*CO*45*.25**96*.25"), True, []),
        (("CLP*C*1*100*80", "CAS*CO*45*15*1*97*5"), True, []),
        (("CLP*C*4*100*0", "CAS*CO*16*100"), True, []),
        (("CLP*C*4*100*", "CAS*CO*16*100"), True, []),
    ],
)
def test_a_claim_balances_when_charge_less_all_adjustments_is_paid(
    claim: tuple[str, ...], claim_balanced: bool, lines_balanced: list[bool]
) -> None:
    (payment,) = payments(*claim)
    assert payment.balanced is claim_balanced
    assert [line.balanced for line in payment.lines] == lines_balanced
    assert ("claim-unbalanced" in codes(*claim)) is not claim_balanced
    assert codes(*claim).count("line-unbalanced") == lines_balanced.count(False)


@pytest.mark.parametrize(
    ("amount", "provider", "balanced"),
    [
        ("80", (), True),
        ("79.99", (), False),
        ("70", ("PLB*1*20251231*WO:REF1*10",), True),  # a positive amount reduces the payment
        ("90", ("PLB*1*20251231*L6*-10",), True),
        ("75", ("PLB*1*20251231*WO:A*10*FB*-5",), True),
        ("70", ("PLB*1*20251231*WO*4", "PLB*2*20251231*72*6"), True),
    ],
)
def test_a_payment_balances_when_it_is_what_the_claims_say_less_the_provider_adjustments(
    amount: str, provider: tuple[str, ...], balanced: bool
) -> None:
    head = (f"BPR*I*{amount}*C*ACH************20260105", *PAYMENT[1:])
    assert remittance("CLP*C*1*100*80", "CAS*CO*45*20", *provider, head=head).balanced is balanced


def test_a_remittance_says_who_pays_whom_and_when() -> None:
    found = remittance("DTM*405*20260104", "CLP*C*1*80*80", "PLB*1*20251231*WO:REF1*0")
    assert (found.payment_amount, found.credit_debit, found.method) == (Decimal(80), "C", "ACH")
    assert (found.payment_date, found.trace_number, found.originator) == (
        date(2026, 1, 5),
        "TRACE1",
        "1512345678",
    )
    assert (found.payer_name, found.payer_id, found.payee_npi) == ("PLAN", "12345", "1234567893")
    assert (found.claim_payments, found.balanced) == (1, True)
    assert found.provider_adjustments == (ProviderAdjustment("WO", "REF1", Decimal(0)),)


def test_the_payer_is_known_by_ref_2u_where_n1_has_no_identifier() -> None:
    head = (*PAYMENT[:2], "N1*PR*PLAN", "REF*2U*777", "N1*PE*CLINIC*FI*123456789")
    found = remittance("CLP*C*1*80*80", head=head)
    assert (found.payer_id, found.payee_npi) == ("777", None)


def test_a_reversal_and_its_correction_are_both_kept() -> None:
    found = payments("CLP*C*22*-100*-80**12*P1", "CAS*CO*45*-20", "CLP*C*1*100*90**12*P2", "CAS*CO*45*10")
    assert [(p.status, p.paid, p.payer_claim_number) for p in found] == [
        ("22", Decimal(-80), "P1"),
        ("1", Decimal(90), "P2"),
    ]


def test_a_cas_holds_up_to_six_triplets_with_or_without_quantities() -> None:
    (payment,) = payments("CLP*C*1*21*0", "CAS*CO*1*1**2*2*7*3*3**4*4**5*5**6*6")
    assert [(a.reason, a.amount, a.quantity) for a in payment.adjustments] == [
        ("1", 1, None),
        ("2", 2, 7),
        ("3", 3, None),
        ("4", 4, None),
        ("5", 5, None),
        ("6", 6, None),
    ]


@pytest.mark.parametrize(
    ("claim", "service", "claim_span", "line_span"),
    [
        (["DTM*232*20260101", "DTM*233*20260103"], [], ("01", "03"), ("01", "03")),
        (["DTM*232*20260101"], [], ("01", "01"), ("01", "01")),
        ([], ["DTM*472*20260102"], ("02", "02"), ("02", "02")),
        ([], ["DTM*150*20260102", "DTM*151*20260104"], ("02", "04"), ("02", "04")),
        (["DTM*232*20260101", "DTM*233*20260109"], ["DTM*472*20260102"], ("01", "09"), ("02", "02")),
        (["DTM*232*20260199"], ["DTM*472*20260102"], ("02", "02"), ("02", "02")),
    ],
)
def test_a_service_without_dates_has_the_claims_and_a_claim_without_dates_its_services(
    claim: list[str], service: list[str], claim_span: tuple[str, str], line_span: tuple[str, str]
) -> None:
    (payment,) = payments("CLP*C*1*1*1", *claim, "SVC*HC:1*1*1", *service)
    assert (payment.service_from, payment.service_to) == tuple(date(2026, 1, int(day)) for day in claim_span)
    (line,) = payment.lines
    assert (line.service_from, line.service_to) == tuple(date(2026, 1, int(day)) for day in line_span)


@pytest.mark.parametrize(
    ("claim", "service", "span"),
    [
        ([], ["DTP*472*D8*20260105"], ("05", "05")),
        ([], ["DTM*472*D8*20260105"], ("05", "05")),
        ([], ["DTP*472*RD8*20260105-20260107"], ("05", "07")),
        ([], ["DTP*150*D8*20260105", "DTM*151*D8*20260107"], ("05", "07")),
        (["DTP*232*D8*20260105", "DTM*233*D8*20260107"], [], ("05", "07")),
        (["DTP*472*RD8*20260105-20260107"], [], ("05", "07")),
    ],
)
def test_a_service_date_in_the_form_of_an_837_is_read_and_reported(
    claim: list[str], service: list[str], span: tuple[str, str]
) -> None:
    body = ("CLP*C*1*80*80", *claim, "SVC*HC:1*80*80", *service)
    (payment,) = payments(*body)
    (line,) = payment.lines
    days = tuple(date(2026, 1, int(day)) for day in span)
    assert (line.service_from, line.service_to) == days
    assert (payment.service_from, payment.service_to) == days
    assert codes(*body) == ["date-form-differs"] * len(claim + service)


def test_another_date_in_the_form_of_an_837_is_no_service_date() -> None:
    body = ("CLP*C*1*80*80", "SVC*HC:1*80*80", "DTM*472*20260105", "DTP*573*D8*20260109", "DTP*472")
    (payment,) = payments(*body)
    assert payment.service_to == date(2026, 1, 5)
    assert codes(*body) == []


def test_a_service_adjudicated_by_revenue_code_has_no_procedure() -> None:
    (payment,) = payments("CLP*C*1*2*2", "SVC*NU:0250*1*1", "SVC*HC:99213*1*1*0450")
    assert [(line.procedure, line.revenue_code) for line in payment.lines] == [
        (None, "0250"),
        ("99213", "0450"),
    ]


@pytest.mark.parametrize("text", ["1e3", "NaN", "Infinity", "1,000", "--1", "0x1", "\u0663"])
def test_an_amount_that_is_no_decimal_number_is_left_out_and_reported(text: str) -> None:
    (payment,) = payments(f"CLP*C*1*{text}*0")
    assert payment.charge is None
    assert "amount-malformed" in codes(f"CLP*C*1*{text}*0")


def test_a_problem_says_where_it_stands_and_quotes_nothing() -> None:
    records = list(read_bytes(one("835", *PAYMENT, "CLP*SECRET*99*7*8"), file="a.835"))
    problems = [record for record in records if isinstance(record, Problem)]
    assert {p.code for p in problems} == {"unknown-code", "claim-unbalanced", "payment-unbalanced"}
    assert problems[0].source.segment == 8
    assert (problems[0].source.interchange, problems[0].source.group) == ("000000007", "3")
    assert not any("SECRET" in p.message for p in problems)


@pytest.mark.parametrize("name", ["DTM", "DTP", "REF", "AMT", "LQ", "NM1", "MOA"])
@pytest.mark.parametrize("short", ["", "*", "*472"])
def test_a_segment_cut_short_costs_nothing_else_of_its_claim(name: str, short: str) -> None:
    claim = ("CLP*C1*1*10*10", f"{name}{short}", "SVC*HC:99213*10*10", f"{name}{short}", "DTM*472*20260105")
    (payment,) = payments(*claim)
    assert payment.paid == Decimal(10)
    assert [line.service_from for line in payment.lines] == [date(2026, 1, 5)]
