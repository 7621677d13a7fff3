"""Envelopes: delimiters, counts, control numbers, and files that are cut off."""

from __future__ import annotations

import pytest

from features.errors import NotX12Error
from features.x12.reader import read_bytes
from features.x12.records import Claim, ClaimPayment, Problem, Record, Remittance
from tests.support.x12_files import CLAIM_LEVELS, ISA, PAYMENT, group, interchange, one, transaction, written

CLAIM = ("CLP*C1*1*80*80*0*12*P1",)
GOOD = one("835", *PAYMENT, *CLAIM)


def read(data: bytes) -> list[Record]:
    return list(read_bytes(data, file="a"))


def codes(data: bytes) -> list[str]:
    return [record.code for record in read(data) if isinstance(record, Problem)]


def claims(data: bytes) -> int:
    return sum(isinstance(record, Claim | ClaimPayment) for record in read(data))


def test_a_sound_file_has_no_problem() -> None:
    assert codes(GOOD) == []
    assert claims(GOOD) == 1


@pytest.mark.parametrize("terminator", ["~", "\n", "\r\n", "~\r\n", "~\n", "'", "\x1c", "|\n", "~\n   "])
@pytest.mark.parametrize("element", ["*", "|", "^", "_", "\x1d", "+"])
@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b" \r\n\n", b"\xef\xbb\xbf  "])
def test_any_delimiters_are_read_at_the_isa(terminator: str, element: str, before: bytes) -> None:
    if element == terminator[0]:
        pytest.skip("one character cannot be both")
    segments = interchange(group(transaction("835", *PAYMENT, *CLAIM)))
    data = before + written([s.replace("^", "U").replace("*", element) for s in segments], terminator)
    assert codes(data) == []
    assert claims(data) == 1


@pytest.mark.parametrize(
    "isa", ["ISA*00**00**ZZ*A*ZZ*B*260105*0900*^*00501*000000007*0*P*:", ISA.replace("SENDER", "S" * 40)]
)
def test_an_isa_may_have_any_width(isa: str) -> None:
    data = GOOD.replace(ISA.encode(), isa.encode())
    assert codes(data) == []
    assert claims(data) == 1


@pytest.mark.parametrize("end", ["{:<120}\n", "{:<120}\r\n", "{:<120}~\n", "{:<120}~", "{}~   \n"])
def test_segments_padded_to_lines_of_one_width_are_read_as_those_that_are_not(end: str) -> None:
    segments = interchange(group(transaction("835", *PAYMENT, *CLAIM, "SVC*HC:99213*80*80", "REF*6R*L1")))
    data = "".join(end.format(segment) for segment in segments).encode()
    assert read(data) == read(written(segments))


@pytest.mark.parametrize("written_in_isa", [b">", b""])
def test_the_separator_that_all_composites_use_is_taken_where_isa16_names_another(
    written_in_isa: bytes,
) -> None:
    file = one("835", *PAYMENT, *CLAIM, "SVC*HC:99213:25*80*80", "SVC*HC:99214*0*0")
    data = file.replace(b"*P*:", b"*P*" + written_in_isa)
    (payment,) = (record for record in read(data) if isinstance(record, ClaimPayment))
    assert [(line.procedure, line.modifiers) for line in payment.lines] == [("99213", ("25",)), ("99214", ())]
    assert codes(data) == ["component-differs"]
    assert codes(data.replace(b"HC:99214", b"HC" + (written_in_isa or b":") + b"99214")) == (
        [] if written_in_isa else ["component-differs"]
    )


@pytest.mark.parametrize("filling", [b"\x1a", b"\x00" * 100, b"  \r\n\x1a", b"\x00\r\n"])
def test_what_fills_up_a_file_after_its_last_segment_is_no_text(filling: bytes) -> None:
    assert codes(GOOD + filling) == []
    assert codes(GOOD + filling + GOOD) == []
    assert codes(GOOD.removesuffix(b"~") + filling) == []


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
@pytest.mark.parametrize("width", range(35, 135))
def test_a_file_wrapped_at_a_fixed_width_is_read_as_one_that_is_not(width: int, newline: bytes) -> None:
    file = GOOD + GOOD
    wrapped = newline.join(file[at : at + width] for at in range(0, len(file), width))
    assert read(wrapped) == read(file)


@pytest.mark.parametrize(
    ("was", "becomes", "code"),
    [
        (b"SE*7*0001", b"SE*99*0001", "segment-count-differs"),
        (b"SE*7*0001", b"SE*x*0001", "segment-count-differs"),
        (b"SE*7*0001", b"SE*7*0002", "transaction-number-differs"),
        (b"GE*1*3", b"GE*2*3", "transaction-count-differs"),
        (b"GE*1*3", b"GE*1*4", "group-number-differs"),
        (b"IEA*1*000000007", b"IEA*2*000000007", "group-count-differs"),
        (b"IEA*1*000000007", b"IEA*1*000000008", "interchange-number-differs"),
        (b"SE*7*0001~", b"", "trailer-missing"),
        (b"GE*1*3~", b"", "trailer-missing"),
        (b"IEA*1*000000007~", b"", "cut-off"),
        (b"GE*1*3~IEA*1*000000007~", b"", "cut-off"),
        (b"GE*1*3~", b"GE*1*3~GE*1*3~", "trailer-unexpected"),
        (b"IEA*1*000000007~", b"IEA*1*000000007~AND MORE", "text-outside-interchange"),
        (b"ISA*", b"From: a mail\r\n\r\nISA*", "text-outside-interchange"),
        (b"TRN*", b"*", "segment-damaged"),
        (b"00501*000000007*0*P*:", b"00501*000000007*0*:", "header-damaged"),
    ],
)
def test_what_is_wrong_with_an_envelope_is_a_warning_and_costs_no_data(
    was: bytes, becomes: bytes, code: str
) -> None:
    assert was in GOOD
    data = GOOD.replace(was, becomes)
    problems = [record for record in read(data) if isinstance(record, Problem)]
    assert code in [problem.code for problem in problems]
    assert {problem.severity for problem in problems} == {"warning"}
    assert claims(data) == 1


@pytest.mark.parametrize(
    ("was", "becomes"),
    [(b"GE*1*3", b"GE*1*03"), (b"GE*1*3", b"GE*1* 3"), (b"IEA*1*000000007", b"IEA*1*7")],
)
def test_a_control_number_without_its_leading_zeros_is_the_same_number(was: bytes, becomes: bytes) -> None:
    assert was in GOOD
    assert codes(GOOD.replace(was, becomes)) == []


@pytest.mark.parametrize("blank", ["~", "~~", "~ ~", "~\r\n~\r\n", "~\t"])
def test_blank_segments_and_indents_count_as_nothing(blank: str) -> None:
    assert codes(GOOD.replace(b"~", b"~" + blank.encode())) == []


@pytest.mark.parametrize("padding", [b" ", b"   ", b"\t"])
@pytest.mark.parametrize("name", [b"CLP", b"SVC", b"CAS", b"SE", b"GE", b"IEA"])
def test_a_padded_segment_name_is_read_as_the_name(name: bytes, padding: bytes) -> None:
    data = GOOD.replace(b"~" + name + b"*", b"~" + name + padding + b"*")
    assert codes(data) == []
    assert claims(data) == claims(GOOD)


def test_a_final_segment_without_its_terminator_is_read() -> None:
    assert codes(GOOD.removesuffix(b"~")) == []


def test_a_cut_off_file_keeps_its_closed_transactions_and_quarantines_the_open_one() -> None:
    one_more = transaction("835", *PAYMENT, *CLAIM, "CLP*C2*1*5*5", number="0002")[:-2]
    segments = interchange(group(transaction("835", *PAYMENT, *CLAIM)))[:-2] + one_more
    found = read(written(segments) + b"CLP*C2*1*5")
    assert [type(record) for record in found] == [ClaimPayment, Remittance, Problem]
    problem = found[-1]
    assert isinstance(problem, Problem)
    assert (problem.code, problem.severity) == ("transaction-cut-off", "error")
    assert (problem.source.transaction, problem.source.group, problem.source.segment) == ("0002", "3", 10)
    assert "claims: 2" in problem.message


def test_an_interchange_that_is_cut_off_does_not_hide_the_next() -> None:
    found = read(GOOD[: GOOD.index(b"SE*")] + GOOD)
    assert [type(record) for record in found] == [Problem, ClaimPayment, Remittance]
    assert found[1].source.segment == 3 + 5 + 8  # what was set aside is counted, the appended ISA begins anew


@pytest.mark.parametrize("kept", [4, 40, 100])
def test_a_file_that_ends_inside_a_further_isa_is_said_to_be_cut_off(kept: int) -> None:
    data = GOOD + GOOD[:kept]
    assert claims(data) == claims(GOOD)
    assert codes(data) == ["header-cut-off"]


def test_a_missing_se_before_another_transaction_costs_nothing() -> None:
    first, second = transaction("835", *PAYMENT, *CLAIM), transaction("835", *PAYMENT, *CLAIM, number="0002")
    data = written(interchange(group(first[:-1], second)))
    assert claims(data) == 2
    assert codes(data) == ["trailer-missing"]


def test_transactions_of_other_types_are_passed_over_and_said() -> None:
    data = written(interchange(group(transaction("834", "BGN*00*1"), transaction("835", *PAYMENT, *CLAIM))))
    assert codes(data) == ["transaction-unsupported"]
    assert claims(data) == 1


def test_segments_outside_a_transaction_are_set_aside_and_said_once() -> None:
    segments = interchange(group(transaction("835", *PAYMENT, *CLAIM)))
    segments.remove("ST*835*0001")
    problems = [record for record in read(written(segments)) if isinstance(record, Problem)]
    assert [problem.code for problem in problems if problem.severity == "error"] == [
        "segment-outside-transaction"
    ]


def test_one_file_may_hold_several_types() -> None:
    claim = transaction("837", *CLAIM_LEVELS, "CLM*C1*1***11:B:1", "LX*1", "SV1*HC:1*1*UN*1", number="0009")
    data = written(
        interchange(group(transaction("835", *PAYMENT, *CLAIM)), group(claim, guide="005010X222A1"))
    )
    assert [type(record) for record in read(data)] == [ClaimPayment, Remittance, Claim]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"ISA",
        b"ISABELLA*",
        b"claim,charge\n1,2\n",
        b"%PDF-1.7 ISA*00*",
        bytes(range(256)),
        ISA[:90].encode(),
    ],
)
def test_only_what_holds_no_interchange_is_an_error(data: bytes) -> None:
    with pytest.raises(NotX12Error):
        read(data)
