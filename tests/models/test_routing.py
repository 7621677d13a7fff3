"""Lanes: a table that a biller can read, and properties that hold for every item."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from models.certification import Cell, Certificate, Certified, Uncertified, issue, revoke
from models.policy import load_policy
from models.policy_table import Conditions, Row
from models.routing import Lane, Routed, RoutingInput, awaits_certificate, route

POLICY = load_policy()
MODEL = "remittance-match-0123456789ab"
DAY = date(2024, 6, 1)
SURE = RoutingInput(
    kind="remittance-match",
    confidence=0.995,
    amount=Decimal("250.00"),
    payer="PAYER-1",
    low=0.98,
    high=0.999,
    margin=0.9,
    proposes_action=True,
    age_days=1,
)


def certificate(threshold: float | None = 0.98, **changes: Any) -> Certificate:
    given: dict[str, Any] = {
        "cell": Cell("remittance-match", "*", "under-1000"),
        "alpha": 0.005,
        "delta": 0.025,
        "window": (date(2024, 1, 1), date(2024, 3, 31)),
        "model_version": MODEL,
        "data_digest": "0" * 64,
        "expires": date(2024, 7, 1),
    }
    found = Uncertified(2_000, 2) if threshold is None else Certified(threshold, 2_000, 2)
    return issue(found, **{**given, **changes})


LIVE = (certificate(), certificate(cell=Cell("remittance-match", "*", "1000-to-10000")))


def routed(item: RoutingInput = SURE, certificates: Any = LIVE, **changes: Any) -> Routed:
    return route(
        item, **{"policy": POLICY, "certificates": certificates, "model_version": MODEL, "at": DAY, **changes}
    )


def but(**changes: Any) -> RoutingInput:
    return msgspec.structs.replace(SURE, **changes)


NAN = float("nan")
NOTHING = {"confidence": None, "low": None, "high": None, "margin": None, "proposes_action": False}
TABLE: list[tuple[str, dict[str, Any], Lane, str]] = [
    ("a sure match of a small payment", {}, Lane.AUTO, "certified"),
    ("a sure match just below the ceiling", {"amount": Decimal("9999.99")}, Lane.AUTO, "certified"),
    ("a payment of nothing", {"amount": Decimal(0)}, Lane.AUTO, "certified"),
    ("exactly at the threshold", {"confidence": 0.98}, Lane.AUTO, "certified"),
    ("just below the threshold", {"confidence": 0.9799}, Lane.REVIEW, "below-threshold"),
    ("no confidence", {"confidence": None}, Lane.REVIEW, "confidence-unknown"),
    ("a confidence that is no number", {"confidence": NAN}, Lane.REVIEW, "confidence-unknown"),
    ("a confidence above one", {"confidence": 1.01}, Lane.REVIEW, "confidence-unknown"),
    ("a confidence below zero", {"confidence": -0.1}, Lane.REVIEW, "confidence-unknown"),
    ("a confidence as text", {"confidence": "0.99"}, Lane.REVIEW, "confidence-unknown"),
    ("a confidence that is a truth value", {"confidence": True}, Lane.REVIEW, "confidence-unknown"),
    ("no amount", {"amount": None}, Lane.REVIEW, "amount-unknown"),
    ("a negative amount", {"amount": Decimal("-1")}, Lane.REVIEW, "amount-unknown"),
    ("an amount that is no number", {"amount": Decimal("NaN")}, Lane.REVIEW, "amount-unknown"),
    ("a float as the amount", {"amount": 250.0}, Lane.REVIEW, "amount-unknown"),
    ("an amount at the ceiling", {"amount": Decimal(10_000)}, Lane.REVIEW, "no-rule"),
    ("nothing proposed", {"proposes_action": False}, Lane.REVIEW, "nothing-proposed"),
    ("nothing proposed nor compared", NOTHING, Lane.REVIEW, "nothing-proposed"),
    ("no interval", {"low": None}, Lane.REVIEW, "interval-unknown"),
    ("an interval upside down", {"low": 0.9, "high": 0.8}, Lane.REVIEW, "interval-unknown"),
    ("no margin", {"margin": None}, Lane.REVIEW, "margin-unknown"),
    ("an unknown age", {"age_days": None}, Lane.REVIEW, "age-unknown"),
    ("a negative age", {"age_days": -1}, Lane.REVIEW, "age-unknown"),
    ("an age that no item has", {"age_days": 10**400}, Lane.REVIEW, "age-unknown"),
    ("flags that are no list", {"flags": None}, Lane.REVIEW, "flags-unknown"),
    ("a missing field", {"missing": ("service_from",)}, Lane.REVIEW, "data-missing"),
    ("a flag", {"flags": ("split-payment",)}, Lane.REVIEW, "flagged"),
    ("a runner-up that fits as well", {"margin": 0.05}, Lane.SPECIALIST, "runner-up-close"),
    ("a wide interval", {"low": 0.6}, Lane.SPECIALIST, "interval-wide"),
    ("an unseen payer", {"unseen": ("payer",)}, Lane.SPECIALIST, "unseen-value"),
    ("a hard flag", {"flags": ("duplicate-payment",)}, Lane.ESCALATE, "hard-flag"),
    ("an item past its service level", {"age_days": 30}, Lane.ESCALATE, "overdue"),
    ("a kind without a promise", {"kind": "rejected-claim"}, Lane.REVIEW, "no-rule"),
    ("a kind that is none", {"kind": "letter"}, Lane.REVIEW, "no-rule"),
]


@pytest.mark.parametrize(
    ("changes", "lane", "code"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_each_item_goes_to_its_lane_for_a_stated_reason(
    changes: dict[str, Any], lane: Lane, code: str
) -> None:
    found = routed(but(**changes))
    assert found.lane is lane
    assert code in [reason.code for reason in found.reasons]
    assert found.policy == POLICY.version


def test_where_nothing_is_proposed_it_is_no_reason_that_nothing_is_known_of_the_proposal() -> None:
    assert [reason.code for reason in routed(but(**NOTHING)).reasons] == ["nothing-proposed"]
    flagged = routed(but(**NOTHING, flags=("duplicate-payment",), amount=None))
    assert {reason.code for reason in flagged.reasons} == {
        "hard-flag", "flagged", "amount-unknown", "nothing-proposed"
    }  # fmt: skip


def test_the_first_row_that_applies_decides_and_its_reason_stands_first() -> None:
    found = routed(but(unseen=("payer",), flags=("duplicate-payment",), missing=("a",)))
    assert found.lane is Lane.ESCALATE
    assert [reason.code for reason in found.reasons] == [
        "hard-flag",
        "unseen-value",
        "data-missing",
        "flagged",
    ]


def test_the_row_that_decides_names_the_queue_the_role_and_the_hours() -> None:
    big = routed(but(kind="invoice-anomaly", amount=Decimal(20_000)))
    assert (big.row, big.queue, big.role) == ("finance-approval", "finance-approval", "finance lead")
    assert big.sla_hours == 8
    coded = routed(but(kind="denied-claim", flags=("denied-for-coding",), days_to_deadline=30))
    assert (coded.lane, coded.queue, coded.role) == (Lane.REVIEW, "coding-specialists", "coder")
    assert coded.sla_hours == 720


def test_where_a_row_names_no_queue_the_kind_and_the_lane_do() -> None:
    found = routed(but(margin=0.05))
    assert (found.queue, found.role, found.sla_hours) == ("remittance-match-specialist", "cash poster", 48)


def test_what_goes_by_itself_stands_in_no_queue() -> None:
    assert routed().queue is None


def test_a_denial_whose_deadline_is_near_goes_up() -> None:
    assert routed(but(kind="denied-claim", days_to_deadline=6)).lane is Lane.ESCALATE
    assert routed(but(kind="denied-claim", days_to_deadline=7)).lane is Lane.REVIEW
    assert routed(but(kind="denied-claim", days_to_deadline=-3)).lane is Lane.ESCALATE
    assert routed(but(kind="denied-claim", days_to_deadline=None)).row == "denied"


@pytest.mark.parametrize(("name", "value"), [("payer_class", "medicaid"), ("service_type", "emergency")])
def test_a_rule_on_classes_holds_and_an_unknown_class_never_lets_an_item_go(name: str, value: str) -> None:
    when = Conditions(**{name: (value,)})
    rows = (Row("new", when, Lane.ESCALATE, "new", "New."), *POLICY.rows)
    policy = msgspec.structs.replace(POLICY, rows=rows)
    assert routed(but(**{name: value}), policy=policy).row == "new"
    assert routed(but(**{name: "laboratory"}), policy=policy).lane is Lane.AUTO
    unknown = routed(SURE, policy=policy)
    assert (unknown.lane, unknown.reasons[0].code) == (Lane.REVIEW, f"{name.replace('_', '-')}-unknown")


def test_a_margin_is_asked_of_matches_only() -> None:
    denial = Cell("denial-risk", "*", "under-1000")
    held = certificate(cell=denial, alpha=0.05)
    found = routed(but(kind="denial-risk", margin=None), [held])
    assert (found.lane, found.certificate) == (Lane.AUTO, held.id)


def test_a_default_stricter_than_review_holds_where_no_row_applies() -> None:
    default = msgspec.structs.replace(POLICY.default, lane=Lane.SPECIALIST)
    found = routed(but(kind="unreadable"), policy=msgspec.structs.replace(POLICY, default=default))
    assert found.lane is Lane.SPECIALIST


def test_an_unknown_amount_is_never_laxer_than_a_stricter_default() -> None:
    default = msgspec.structs.replace(POLICY.default, lane=Lane.ESCALATE)
    policy = msgspec.structs.replace(POLICY, default=default)
    assert routed(but(amount=None), policy=policy).lane is Lane.ESCALATE


@pytest.mark.parametrize(
    ("certificates", "code"),
    [
        ([], "no-certificate"),
        ([LIVE[1]], "no-certificate"),
        ([revoke(LIVE[0])], "no-certificate"),
        ([certificate(expires=DAY)], "no-certificate"),
        ([certificate(model_version="remittance-match-other")], "no-certificate"),
        ([certificate(alpha=POLICY.alpha("remittance-match") * 1.2)], "no-certificate"),
        ([certificate(delta=0.06)], "no-certificate"),
        ([certificate(cell=Cell("denial-risk", "*", "under-1000"))], "no-certificate"),
        ([certificate(None)], "not-certified"),
        ([LIVE[0], certificate(None)], "not-certified"),
        ([LIVE[0], certificate(0.999)], "below-threshold"),
    ],
)
def test_without_a_fitting_certificate_a_sure_item_is_reviewed(
    certificates: list[Certificate], code: str
) -> None:
    found = routed(SURE, certificates)
    assert found.lane is Lane.REVIEW
    assert [reason.code for reason in found.reasons] == [code]


def test_without_a_model_nothing_is_automatic() -> None:
    assert routed(model_version=None).lane is Lane.REVIEW


def test_a_time_counts_as_its_day() -> None:
    assert routed(at=datetime(2024, 6, 30, 23, 59, tzinfo=UTC)).lane is Lane.AUTO
    assert routed(at=datetime(2024, 7, 1, tzinfo=UTC)).lane is Lane.REVIEW


def test_an_automatic_item_says_what_was_certified() -> None:
    found = routed()
    assert found.certificate == LIVE[0].id
    assert found.reasons[0].text == (
        "Certified: at most 0.50% of items as sure as this one are wrong, 97.5% sure (checked 2,000, wrong 2)."
    )


def test_lanes_are_ordered_and_closed() -> None:
    assert [lane.value for lane in sorted(Lane)] == ["auto", "review", "specialist", "escalate"]
    assert max(Lane.REVIEW, Lane.ESCALATE, Lane.AUTO) is Lane.ESCALATE
    with pytest.raises(TypeError):
        assert Lane.AUTO < "review"  # type: ignore[operator]


# Properties of every item.

unit = st.one_of(
    st.none(), st.floats(), st.floats(0, 1), st.floats(0.9, 1), st.sampled_from(["0.99", True, 2])
)
amounts = st.one_of(
    st.none(),
    st.decimals(-10, 20_000, places=2),
    st.sampled_from([Decimal("NaN"), Decimal("Infinity"), Decimal("-Infinity"), 5.0, "5"]),
)
names = st.one_of(
    st.just(()), st.lists(st.sampled_from(["duplicate-payment", "x"]), max_size=2).map(tuple), st.none()
)
items = st.builds(
    RoutingInput,
    kind=st.sampled_from(["remittance-match", "denial-risk", "rejected-claim", "letter", ""]),
    confidence=unit,
    amount=amounts,
    payer=st.sampled_from([None, "", "PAYER-1"]),
    low=unit,
    high=unit,
    margin=unit,
    proposes_action=st.sampled_from([True, False, None, 1]),
    unseen=names,
    missing=names,
    flags=names,
    age_days=st.one_of(st.none(), st.floats(), st.integers(-1, 60)),
)
sound_items = st.builds(
    but,
    confidence=st.floats(0.9, 1),
    amount=st.decimals(0, 12_000, places=2),
    low=st.floats(0.5, 0.9),
    margin=st.floats(0, 1),
    unseen=st.sampled_from([(), ("payer",)]),
    missing=st.sampled_from([(), ("a",)]),
    flags=st.sampled_from([(), ("x",)]),
    age_days=st.integers(0, 40),
)
thresholds = st.one_of(st.none(), st.floats(0, 1))
certificates = st.builds(
    certificate,
    thresholds,
    cell=st.sampled_from([*POLICY.cells("remittance-match"), *POLICY.cells("denial-risk")]),
    alpha=st.sampled_from([0.005, 0.05]),
    model_version=st.sampled_from([MODEL, "denial-risk-000000000000"]),
    expires=st.sampled_from([date(2024, 5, 1), DAY, date(2024, 7, 1)]),
)
dead = st.one_of(
    certificates.map(revoke),
    certificates.filter(lambda held: held.expires <= DAY or held.model_version != MODEL),
    st.builds(certificate, st.none()),
)


@given(item=items, held=st.lists(dead, max_size=5))
@example(item=SURE, held=[])
def test_nothing_is_automatic_without_a_live_certificate(item: RoutingInput, held: list[Certificate]) -> None:
    found = routed(item, held)
    assert found.lane > Lane.AUTO
    assert found.reasons


@given(item=st.one_of(items, sound_items), held=st.lists(certificates, max_size=6))
@example(item=SURE, held=list(LIVE))
def test_whatever_is_automatic_is_sound_bounded_and_certified(
    item: RoutingInput, held: list[Certificate]
) -> None:
    found = routed(item, held)
    if found.lane is not Lane.AUTO:
        return
    assert isinstance(item.amount, Decimal)
    assert 0 <= item.amount < POLICY.hard_ceiling
    assert item.proposes_action is True
    assert item.kind in POLICY.kinds
    assert (item.flags, item.missing, item.unseen) == ((), (), ())
    assert item.confidence is not None
    assert math.isfinite(item.confidence)
    used = next(certificate for certificate in held if certificate.id == found.certificate)
    assert used.threshold is not None
    assert used.threshold <= item.confidence <= 1
    assert used.cell == POLICY.cell(item.kind, item.amount)
    assert used.status_on(DAY) == "live"
    assert used.model_version == MODEL
    assert used.alpha <= POLICY.alpha(item.kind)


@given(item=st.one_of(items, sound_items))
@example(item=SURE)
def test_the_rows_to_certify_on_are_those_that_a_certificate_of_everything_would_let_go(
    item: RoutingInput,
) -> None:
    kind = item.kind
    everything = [certificate(0.0, cell=cell, alpha=POLICY.alpha(kind)) for cell in POLICY.cells(kind)]
    assert awaits_certificate(item, POLICY) == (routed(item, everything).lane is Lane.AUTO)


WORSE = st.one_of(
    st.fixed_dictionaries({"confidence": st.one_of(st.none(), st.just(NAN), st.floats(0, 0.9))}),
    st.fixed_dictionaries({"amount": st.sampled_from([None, Decimal(10_000), Decimal(-1)])}),
    st.fixed_dictionaries({"low": st.floats(0, 0.5)}),
    st.fixed_dictionaries({"margin": st.one_of(st.just(0.0), st.just(-0.5))}),
    st.fixed_dictionaries({"unseen": st.just(("payer", "code"))}),
    st.fixed_dictionaries({"missing": st.just(("a", "b"))}),
    st.fixed_dictionaries({"flags": st.sampled_from([("x", "y"), ("x", "duplicate-payment")])}),
    st.fixed_dictionaries({"age_days": st.floats(40, 400)}),
    st.fixed_dictionaries({"proposes_action": st.just(False)}),
)


@given(item=sound_items, worse=WORSE)
def test_a_worse_item_never_gets_a_laxer_lane(item: RoutingInput, worse: dict[str, Any]) -> None:
    assert routed(msgspec.structs.replace(item, **worse)).lane >= routed(item).lane


@given(item=st.one_of(items, sound_items), removed=st.integers(0, len(LIVE)))
def test_fewer_certificates_never_give_a_laxer_lane(item: RoutingInput, removed: int) -> None:
    assert routed(item, LIVE[removed:]).lane >= routed(item).lane


conditions = st.builds(
    Conditions,
    kind=st.sampled_from([None, ("remittance-match",)]),
    payer=st.sampled_from([None, ("PAYER-1",)]),
    value_at_least=st.one_of(st.none(), st.decimals(0, 10_000, places=2)),
    confidence_below=st.one_of(st.none(), st.floats(0, 1)),
    flags=st.sampled_from([None, ("*",), ("x",)]),
)


@given(
    item=st.one_of(items, sound_items),
    when=conditions,
    lane=st.sampled_from([Lane.REVIEW, Lane.SPECIALIST, Lane.ESCALATE]),
)
def test_one_more_strict_row_never_gives_a_laxer_lane(
    item: RoutingInput, when: Conditions, lane: Lane
) -> None:
    above = [row for row in POLICY.rows if row.lane > lane]
    rows = (*above, Row("new", when, lane, "new", "New."), *POLICY.rows[len(above) :])
    more = msgspec.structs.replace(POLICY, rows=rows)
    assert routed(item, policy=more).lane >= routed(item).lane


@given(item=items)
def test_a_policy_without_automatic_rows_lets_nothing_go(item: RoutingInput) -> None:
    assume(item.confidence is not None)
    rows = tuple(row for row in POLICY.rows if row.lane is not Lane.AUTO)
    assert routed(item, policy=msgspec.structs.replace(POLICY, rows=rows)).lane > Lane.AUTO


@given(item=items)
def test_reasons_never_quote_what_the_item_holds(item: RoutingInput) -> None:
    marked = msgspec.structs.replace(
        item, payer="SECRET-PAYER", unseen=("SECRET-CODE",), flags=("SECRET-FLAG",)
    )
    assert "SECRET" not in repr(routed(marked).reasons)
