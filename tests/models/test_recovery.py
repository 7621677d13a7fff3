"""What may be done about a denial, in which order, on which grounds and until when."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from features.errors import BadInputError
from features.recovery import Denial
from features.x12.records import Adjustment, PriorPayer
from models.recovery_choice import Estimate, assessment, possible
from models.recovery_limits import Limits
from models.recovery_means import Means
from models.recovery_neutral import NeutralRecovery
from tests.support.builders import make_claim, make_claim_payment

KNOWN = date(2024, 4, 2)


def make_denial(reason: str = "197", group: str = "CO", **claim: Any) -> Denial:
    payment = make_claim_payment(
        status="4",
        paid=Decimal(0),
        adjustments=(Adjustment(group, reason, Decimal(275)),),
        lines=(),
    )
    denial = Denial.of(make_claim(**claim), payment, known=KNOWN)
    assert denial is not None
    return denial


def estimate(probability: float, amount: int, minutes: float = 10.0) -> Estimate:
    return Estimate(probability, probability, probability, Decimal(amount), minutes, "history")


def test_a_payment_that_refuses_nothing_is_no_denial() -> None:
    assert Denial.of(make_claim(), make_claim_payment(), known=KNOWN) is None


def test_a_denial_knows_its_category_reasons_and_amount() -> None:
    denial = make_denial("197")
    assert (denial.category, denial.carcs, denial.amount) == ("authorization", ("197",), Decimal(275))


@pytest.mark.parametrize(
    ("reason", "claim", "expected"),
    [
        ("197", {}, ("corrected", "appeal", "write-off-proposal")),
        ("29", {}, ("appeal", "write-off-proposal")),  # too late: nothing in the claim to put right
        ("18", {}, ("appeal", "write-off-proposal")),
        ("197", {"frequency": "7"}, ("appeal", "write-off-proposal")),  # corrected once
    ],
)
def test_what_is_possible_follows_from_the_reason_and_the_claim(
    reason: str, claim: dict[str, Any], expected: tuple[str, ...]
) -> None:
    assert possible(make_denial(reason, **claim)) == expected


def test_another_payer_on_the_claim_can_be_billed_and_so_can_a_patient_that_the_payer_names() -> None:
    other = PriorPayer("S", "CI", "OTHER PLAN", "OTH01", None, None)
    assert "bill-secondary" in possible(make_denial("22", prior_payers=(other,)))
    assert "bill-secondary" not in possible(make_denial("22"))
    assert "bill-patient" in possible(make_denial("96", group="PR"))
    assert "bill-patient" not in possible(make_denial("96"))


def test_the_option_worth_most_after_its_work_comes_first_and_the_patient_after_the_payer() -> None:
    estimates = {
        "corrected": estimate(0.5, 100),
        "appeal": estimate(0.9, 100, minutes=45),
        "bill-patient": estimate(0.9, 1000),
        "write-off-proposal": estimate(0.0, 0),
    }
    found = assessment(make_denial("96", group="PR"), estimates, Limits(), at=KNOWN)  # type: ignore[arg-type]
    assert [option.action for option in found.options] == [
        "appeal",
        "corrected",
        "bill-patient",
        "write-off-proposal",
    ]


def test_what_costs_more_than_it_brings_comes_after_the_write_off_proposal() -> None:
    estimates = {"appeal": estimate(0.1, 10, minutes=60), "write-off-proposal": estimate(0.0, 0)}
    found = assessment(make_denial(), estimates, Limits(), at=KNOWN)  # type: ignore[arg-type]
    assert found.best.action == "write-off-proposal"


@pytest.mark.parametrize(
    ("payer_class", "action", "expected"),
    [
        ("MB", "appeal", date(2024, 7, 31)),  # 120 days from the notice
        ("MB", "corrected", date(2025, 3, 5)),  # a year from the service
        ("MC", "appeal", date(2024, 6, 1)),
        ("CI", "appeal", date(2024, 9, 29)),
    ],
)
def test_the_deadline_depends_on_the_class_of_payer(payer_class: str, action: Any, expected: date) -> None:
    assert Limits().deadline(make_denial(filing_indicator=payer_class), action) == expected


def test_an_overdue_action_is_no_option() -> None:
    (found,) = NeutralRecovery().assess([make_denial()], at=date(2025, 1, 1))
    assert [option.action for option in found.options] == ["write-off-proposal"]


def test_a_table_of_the_provider_goes_before_the_published_limits(tmp_path: Path) -> None:
    path = tmp_path / "limits.csv"
    path.write_text("payer,payer_class,action,days,since\nPAY01,,appeal,30,denial\n", encoding="utf-8")
    limits = Limits.read(path)
    assert limits.deadline(make_denial(), "appeal") == date(2024, 5, 2)
    assert limits.deadline(make_denial(payer_id="PAY02"), "appeal") == date(2024, 9, 29)


def test_even_an_own_limit_for_all_payers_goes_before_a_published_one_for_a_class(tmp_path: Path) -> None:
    path = tmp_path / "limits.csv"
    path.write_text("payer,payer_class,action,days,since\n,,appeal,30,denial\n", encoding="utf-8")
    limits = Limits.read(path)
    assert limits.deadline(make_denial(filing_indicator="MB"), "appeal") == date(2024, 5, 2)
    assert limits.deadline(make_denial(filing_indicator="MB"), "corrected") == date(2025, 3, 5)


def test_a_limit_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "limits.csv"
    path.write_text("payer,payer_class,action,days,since\n,,appeal,soon,denial\n", encoding="utf-8")
    with pytest.raises(BadInputError, match="line 2"):
        Limits.read(path)


def test_neutral_rates_are_labelled_as_such() -> None:
    (found,) = NeutralRecovery().assess([make_denial()], at=KNOWN)
    assert {option.source for option in found.options} == {"neutral"}


def test_grounds_name_what_the_claim_shows_first() -> None:
    (found,) = NeutralRecovery().assess([make_denial(prior_authorization="AUTH1")], at=KNOWN)
    appeal = next(option for option in found.options if option.action == "appeal")
    assert "authorization is on file" in appeal.grounds[0]


def test_a_mean_of_nothing_is_unknown() -> None:
    assert Means.of([], weight=5).at(("A",)) is None
