"""The baselines that the model has to beat: a table of rates and a biller's checklist."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from tests.support.builders import make_claim, make_claim_line
from training.denial_baselines import Checklist, lookup_baseline, rule_baseline

AUTHORIZED = make_claim(lines=(make_claim_line(procedure="72148"),), prior_authorization="A1", referral="R1")


def test_a_rate_is_pulled_towards_the_overall_one() -> None:
    claims = [make_claim()] * 40 + [make_claim(payer_id="PAY02")] * 40
    table = lookup_baseline(claims, np.array([0.0] * 40 + [1.0] * 20 + [0.0] * 20))
    overall = 20 / 80
    expected = [20 * overall / 60, (20 + 20 * overall) / 60, overall]
    asked = [make_claim(), make_claim(payer_id="PAY02"), make_claim(payer_id="NEVER")]
    assert table(asked).tolist() == pytest.approx(expected)


POINTS: list[tuple[str, dict[str, Any], int]] = [
    ("an ordinary visit", {}, 0),
    ("sent after more than 90 days", {"submitted": date(2024, 6, 4)}, 1),
    ("sent after 90 days", {"submitted": date(2024, 6, 3)}, 0),
    ("a replacement", {"frequency": "7"}, 1),
    ("no rendering provider", {"rendering_npi": None}, 1),
    ("no rendering provider, institutional", {"rendering_npi": None, "transaction": "837I"}, 0),
    ("a visit beside a procedure without 25",
     {"lines": (make_claim_line(modifiers=()), make_claim_line(procedure="73562"))}, 1),
    ("no member id and no diagnosis", {"subscriber_id": None, "diagnoses": ()}, 2),
    ("a scan without the usual authorization and referral", {"lines": AUTHORIZED.lines}, 2),
    ("a scan with both",
     {"lines": AUTHORIZED.lines, "prior_authorization": "A1", "referral": "R1"}, 0),
]  # fmt: skip


@pytest.mark.parametrize(("what", "changes", "points"), POINTS, ids=[case[0] for case in POINTS])
def test_a_biller_finds_so_many_faults(what: str, changes: dict[str, Any], points: int) -> None:
    checklist = Checklist([make_claim()] * 10 + [AUTHORIZED] * 10)
    assert checklist.points(make_claim(**changes)) == points, what


def test_more_faults_are_more_risk_where_they_were() -> None:
    late = make_claim(submitted=date(2024, 8, 1))
    rule = rule_baseline([make_claim()] * 90 + [late] * 60, np.array([0.0] * 90 + [1.0] * 50 + [0.0] * 10))
    clean, faulty = rule([make_claim(), late])
    assert faulty > 0.5 > 0.2 > clean
