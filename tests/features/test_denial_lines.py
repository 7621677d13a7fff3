"""The columns of a claim's lines."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from features.denial_codes import CATEGORIES
from features.denial_history.rate_history import SERVICE_RATES
from features.denial_lines import COLUMNS, line_rows
from tests.support.builders import make_claim, make_claim_line

SHARES = np.full(len(CATEGORIES), 1 / len(CATEGORIES))
CLAIM = make_claim(
    lines=(
        make_claim_line(procedure="99213", charge=Decimal(100)),
        make_claim_line(number=2, procedure="72148", charge=Decimal(300), modifiers=()),
    )
)


def value(rows: np.ndarray, line: int, column: str) -> float:
    return float(rows[line, COLUMNS.index(column)])


def test_a_line_is_told_from_the_others_of_its_claim() -> None:
    rates = {"99213": (0.1,) * len(SERVICE_RATES), "72148": (0.4,) * len(SERVICE_RATES)}
    rows = line_rows(CLAIM, rates, SHARES)
    assert rows.shape == (2, len(COLUMNS))
    assert [value(rows, line, "charge_share") for line in (0, 1)] == [0.25, 0.75]
    assert [value(rows, line, "is_largest") for line in (0, 1)] == [0, 1]
    assert [value(rows, line, "is_visit") for line in (0, 1)] == [1, 0]
    leads = [value(rows, line, f"lead_{SERVICE_RATES[0]}") for line in (0, 1)]
    np.testing.assert_allclose(leads, [-0.3, 0.3])


def test_a_line_alone_leads_nobody() -> None:
    claim = make_claim(lines=CLAIM.lines[:1])
    rows = line_rows(claim, {"99213": (0.1,) * len(SERVICE_RATES)}, SHARES)
    assert value(rows, 0, f"lead_{SERVICE_RATES[0]}") == 0
