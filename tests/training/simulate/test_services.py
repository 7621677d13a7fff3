"""What is billed is coded as real claims are."""

from __future__ import annotations

import re

import pytest

from training.simulate.services import CHRONIC, DOUBTFUL_PAIRS, SERVICES

codes = pytest.importorskip("simple_icd_10_cm")

DIAGNOSES = sorted(
    {code for service in SERVICES for code in service.diagnoses}
    | set(CHRONIC)
    | {diagnosis for _, diagnosis in DOUBTFUL_PAIRS}
)


@pytest.mark.parametrize("diagnosis", DIAGNOSES)
def test_every_diagnosis_is_a_billable_code_of_icd_10_cm(diagnosis: str) -> None:
    dotted = diagnosis if len(diagnosis) <= 3 else f"{diagnosis[:3]}.{diagnosis[3:]}"
    assert codes.is_valid_item(dotted)
    assert codes.is_leaf(dotted)


def test_every_procedure_is_written_as_cpt_and_hcpcs_write_them() -> None:
    procedures = {item.procedure for service in SERVICES for item in service.items if item.procedure}
    assert len(procedures) > 60
    assert all(re.fullmatch(r"\d{5}|\d{4}[A-Z]|[A-V]\d{4}", procedure) for procedure in procedures)
