"""A public DMN engine reads the exported table and answers as ``route()`` does, on sound items and on unsound ones."""

from __future__ import annotations

import random
import tomllib
from datetime import date
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from models.certificates import Certificate, Certified, Uncertified, issue
from models.dmn import MODEL, OUTPUTS, export
from models.dmn_inputs import inputs_of
from models.dmn_rules import COVERS
from models.dmn_tests import list_columns
from models.policy import DEFAULT, Policy, load_policy, policy_of
from models.policy_table import KINDS
from models.routing import Lane, Routed, RoutingInput, route, standing
from tests.support.dmn_engine import Engine

DAY, MODEL_VERSION = date(2024, 6, 1), "model-0123456789ab"
QUICK, ALL = 100, 10_000
PAYERS = ("PAYER-1", "O\"Hara's?", "")
FLAGS = ("duplicate-payment", "denied-for-coding", "split-payment")


def rich() -> Policy:
    """The shipped policy with rows that ask for everything a row can ask for, and payers in groups."""
    table = tomllib.loads(DEFAULT.read_text(encoding="utf-8"))
    reason = {"code": "new", "reason": "New."}
    strict = {
        "lane": "escalate",
        **reason,
        "queue": "chiefs",
        "role": "chief",
        "sla_hours": 1.5,
        "escalate_to": "board",
    }
    asks = {
        "payer_class": ["blue", "medicare"],
        "service_type": ["imaging"],
        "value_at_least": 2500,
        "margin_below": 0.5,
    }
    table["rows"][:0] = [
        {"row": "dear imaging", "when": asks, **strict},
        {"row": "dear-imaging", "when": {"payer": [PAYERS[1], "P"], "missing": ["service_from"]}, **strict},
        {"row": "late", "when": {"days_to_deadline_below": -2.5, "confidence_below": 0.9}, **strict},
    ]
    table["payer_groups"] = {"government": ["medicare", "medicaid"], "blues": ["blue"]}
    low = table["rows"][-1]["when"]
    low["value_below"] = 2500
    high = {**low, "value_at_least": 2500, "value_below": 10000, "payer_class": ["medicare", "medicaid"]}
    table["rows"].append(
        {**table["rows"][-1], "row": "large", "when": high, "queue": "accounts", "sla_hours": 5}
    )
    low["payer_class"] = ["medicare", "medicaid"]
    table["desks"]["denial-risk"]["escalate_to"] = "supervisors"
    return policy_of(table)


POLICIES = {"shipped": load_policy(), "rich": rich()}
ENGINES = {name: Engine(export(policy)) for name, policy in POLICIES.items()}


class Draw:
    """Items that are mostly sound, with bounds, gaps and wrong types among their values."""

    def __init__(self, policy: Policy, seed: int) -> None:
        self.random = random.Random(seed)
        self.certificates = [
            _certificate(policy, cell, self.random) for kind in policy.kinds for cell in policy.cells(kind)
        ]

    def item(self) -> RoutingInput:
        some = self.random
        return RoutingInput(
            kind=self.of(KINDS, "letter", "", None, 5),
            confidence=self.of((0.999, 0.95, some.random()), None, float("nan"), 1.01, -0.1, "0.99", True),
            amount=self.amount(),
            payer=self.of(PAYERS, None, 7),
            low=self.of((0.9, 0.7, 0.6), None, "0.9", 1.5),
            high=self.of((0.95, 0.9, 1.0), None, float("inf")),
            margin=self.of((0.1, 0.5, 0.9, some.uniform(-1, 1)), None, -1.5, "much"),
            proposes_action=self.of((True,), False, None, 1),
            unseen=self.names("payer", "code"),
            missing=self.names("service_from", "charge"),
            flags=self.names(*FLAGS),
            age_days=self.of((0, 1.5, 13.999, 14, 21, 30), None, -1, 1e6, "old"),
            payer_class=self.of(("medicare", "blue", "commercial"), None, "", 3),
            service_type=self.of(("imaging", "office"), None),
            days_to_deadline=self.of((6.999, 7, -2.5, -3, 100), None, float("nan"), "soon"),
        )

    def of(self, usual: tuple[Any, ...], *rest: Any) -> Any:
        return self.random.choice(usual if self.random.random() < 0.93 else rest)

    def amount(self) -> Any:
        usual = ("0", "999.99", "1000", "2499.99", "2500", "9999.99", f"{self.random.uniform(0, 12_000):.2f}")
        return self.of(
            tuple(map(Decimal, usual)), None, Decimal(-1), Decimal("NaN"), 250.0, "250", Decimal(10_000)
        )

    def names(self, *names: str) -> Any:
        return self.of(((), (), ()), None, "text", (self.random.choice(names),), names, (1,))


def _certificate(policy: Policy, cell: Any, some: random.Random) -> Certificate:
    return issue(
        some.choice([Uncertified(10_000, 0), *(Certified(one, 10_000, 0) for one in (0.5, 0.5, 0.97))]),
        cell=cell,
        alpha=policy.alpha(cell.kind),
        delta=policy.delta(cell.kind),
        window=(date(2024, 1, 1), date(2024, 3, 31)),
        model_version=MODEL_VERSION,
        data_digest="0" * 64,
        expires=date(2024, 7, 1),
    )


def routed(item: RoutingInput, policy: Policy, certificates: Any) -> Routed:
    return route(item, policy=policy, certificates=certificates, model_version=MODEL_VERSION, at=DAY)


def certificate_of(item: RoutingInput, policy: Policy, certificates: Any) -> str | None:
    """What a caller says of the certificate: known from the certificates alone."""
    values = inputs_of(item, policy)
    cell = policy.cell(values["kind"], values["amount"], values["payer_class"])  # type: ignore[arg-type]
    given: Any = {"policy": policy, "model_version": MODEL_VERSION, "day": DAY}
    _, why = standing(cell, values["confidence"], certificates, **given)  # type: ignore[arg-type]
    return why.code if why else COVERS


def as_given(item: RoutingInput) -> dict[str, Any]:
    """What the engine can judge by itself: texts and numbers as they are, out of range or of a wrong type."""
    names = (
        "kind",
        "payer",
        "payer_class",
        "service_type",
        "confidence",
        "margin",
        "age_days",
        "days_to_deadline",
    )
    amount = (
        item.amount if isinstance(item.amount, Decimal) else str(item.amount)
    )  # a float is no amount of money
    return {name: getattr(item, name) for name in names} | {"amount": amount}


def told(found: Routed) -> dict[str, Any]:
    code = "certified" if found.lane is Lane.AUTO else found.reasons[0].code
    return {"lane": found.lane.value, "code": code} | {
        name: getattr(found, name) for name in list(OUTPUTS)[2:]
    }


def assert_same(name: str, count: int) -> None:
    policy, engine, draw = POLICIES[name], ENGINES[name], Draw(POLICIES[name], seed=count)
    lanes = set()
    for _ in range(count):
        item = draw.item()
        state = certificate_of(item, policy, draw.certificates)
        answer = engine.decide({**inputs_of(item, policy, certificate=state), **as_given(item)})
        assert answer == told(routed(item, policy, draw.certificates)), item
        lanes.add(answer["lane"])
    assert lanes == {lane.value for lane in Lane}, "items of every lane must be among them"


@pytest.mark.parametrize("name", POLICIES)
def test_a_public_engine_gives_the_same_answers(name: str) -> None:
    assert_same(name, QUICK)


@pytest.mark.slow
@pytest.mark.parametrize("name", POLICIES)
def test_a_public_engine_gives_the_same_answers_on_ten_thousand_items(name: str) -> None:
    assert_same(name, ALL)


SOUND = RoutingInput(
    kind="remittance-match",
    confidence=0.999,
    amount=Decimal(250),
    payer="PAYER-1",
    low=0.98,
    high=0.999,
    margin=0.9,
    proposes_action=True,
    age_days=1,
)


@pytest.mark.parametrize("missing", [None, "text", float("nan"), -2, []])
@pytest.mark.parametrize("column", [name for name in ENGINES["shipped"].types if name != "proposes_action"])
def test_no_wrong_or_missing_input_that_a_row_needs_goes_by_itself(column: str, missing: Any) -> None:
    policy = POLICIES["shipped"]
    values = inputs_of(SOUND, policy, certificate=COVERS)
    assert ENGINES["shipped"].decide(values)["lane"] == "auto"
    needed = {"kind", "amount", "confidence", "margin", "interval", "age_days", "certificate"}
    needed |= {one.column for one in list_columns(policy)} - {
        "flags_coding_deadline_near"
    }  # not asked of this kind
    if column in needed:
        assert ENGINES["shipped"].decide({**values, column: missing})["lane"] != "auto"


def test_an_empty_item_goes_to_a_person() -> None:
    assert ENGINES["shipped"].decide({})["lane"] == "review"


def test_the_file_is_dmn_1_3_with_a_first_hit_table_and_unique_names() -> None:
    root = ET.fromstring(export(POLICIES["rich"]))  # noqa: S314
    space = {"dmn": MODEL}
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert root.tag == f"{{{MODEL}}}definitions"
    assert len(ids) == len(set(ids))
    assert {one.get("hitPolicy") for one in root.iterfind(".//dmn:decisionTable", space)} == {"FIRST"}
    asked = {one.text for one in root.iterfind(".//dmn:inputExpression/dmn:text", space)}
    assert asked == {one.get("name") for one in root.iterfind(".//dmn:inputData", space)}
    width = len(asked)
    assert {len(rule.findall("dmn:inputEntry", space)) for rule in root.iterfind(".//dmn:rule", space)} == {
        width
    }
    assert root.get("name") == POLICIES["rich"].version


def test_rows_of_like_names_get_columns_of_their_own() -> None:
    columns = [one.column for one in list_columns(POLICIES["rich"])]
    assert len(columns) == len(set(columns))
    assert "flags_hard_flag" in columns
