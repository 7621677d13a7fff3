"""Counting the segments of remittances."""

from __future__ import annotations

import io

import pytest

from tests.support.x12_files import one
from training.fidelity import structure
from training.fidelity.structure import Structure


def counted(*body: str) -> Structure:
    return structure.count(io.BytesIO(one("835", *body)))


def test_each_segment_counts_for_the_claim_that_it_stands_in() -> None:
    found = counted(
        "CLP*A*1*100*80*0*12*N1*11*1", "CAS*CO*45*10*1*253*10", "MOA***MA01", "SVC*HC:99213*100*80**1", "LQ*HE*N206",
        "CLP*B*22*-100*-80*0*12*N2*11*1", "MIA*1", "SVC*HC:1*5*5", "SVC*HC:2*5*5", "CAS*PR*2*1", "CAS*CO*45*1",
    )  # fmt: skip
    assert (found.claims, found.lines, found.adjustments, found.reasons) == (2, 3, 3, 4)
    assert (found.with_remark, found.with_outpatient, found.with_inpatient, found.reversals) == (1, 1, 1, 1)
    assert found.with_adjustment == 2


def test_a_claim_with_two_remarks_counts_once() -> None:
    assert counted("CLP*A*1*1*1", "LQ*HE*N1", "LQ*HE*N2").with_remark == 1


def test_two_provider_adjustments_are_one_remittance_with_some() -> None:
    found = counted("CLP*A*1*1*1", "CAS*CO*45*1", "PLB*1*20261231*L6*1", "PLB*1*20261231*WO*2")
    assert (found.with_provider_adjustment, found.with_adjustment, found.remittances) == (1, 1, 1)


def test_what_is_no_remittance_counts_for_nothing() -> None:
    assert structure.count(io.BytesIO(one("837", "CLM*A*1", "CAS*CO*45*1"))) == Structure()


def test_a_file_counts_once_however_many_claims_it_holds() -> None:
    large = Structure(remittances=1, claims=1000, lines=1000)
    small = Structure(remittances=1, claims=1, lines=3)
    found = structure.mean_of_files([large, small], "structure.lines")
    assert found is not None
    mean, low, high = found
    assert (mean, low, high) == (2.0, 1.0, 3.0)


def test_a_share_that_no_file_has_keeps_the_exact_interval_of_the_files() -> None:
    files = [Structure(remittances=1, claims=2)] * 25
    found = structure.mean_of_files(files, "structure.moa")
    assert found is not None
    assert found[:2] == (0.0, 0.0)
    assert found[2] == pytest.approx(1 - 0.025 ** (1 / 25))


def test_without_a_file_there_is_no_figure() -> None:
    assert structure.mean_of_files([Structure(remittances=1)], "structure.lines") is None
