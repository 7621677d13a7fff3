"""Public rule engines on a table that all of them can express: the lanes by first match, without certificates.

They are no part of the project's dependencies; those that are installed are measured beside ``route()``, which also
checks its inputs, looks for a certificate in force and gives reasons: zen-engine (MIT), rule-engine (BSD-3) and
business-rules (MIT).
"""

from __future__ import annotations

import importlib
import importlib.util
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from models.routing import RoutingInput

Facts = Mapping[str, Any]
Engine = Callable[[Facts], str]
DEFAULT = "review"
HARD = "duplicate-payment"


@dataclass(frozen=True)
class Rule:
    """A row: every condition holds; a condition is a field, a comparison and a number."""

    lane: str
    conditions: tuple[tuple[str, str, float], ...]


RULES = (
    Rule("escalate", (("hard", ">=", 1),)),
    Rule("escalate", (("match", ">=", 1), ("age", ">=", 30))),
    Rule("escalate", (("match", "<", 1), ("age", ">=", 14))),
    Rule("specialist", (("unseen", ">=", 1),)),
    Rule("specialist", (("interval", ">=", 0.3),)),
    Rule("specialist", (("match", ">=", 1), ("margin", "<", 0.1))),
    Rule("review", (("missing", ">=", 1),)),
    Rule("review", (("flags", ">=", 1),)),
    Rule("review", (("amount", ">=", 10_000),)),
    Rule("review", (("proposes", "<", 1),)),
    Rule("auto", (("confidence", ">=", 0.95),)),
)
FIELDS = (
    "hard",
    "match",
    "age",
    "unseen",
    "interval",
    "margin",
    "missing",
    "flags",
    "amount",
    "proposes",
    "confidence",
)


def facts(item: RoutingInput) -> dict[str, float]:
    """An item as plain numbers, as all of the engines take it."""
    return {
        "hard": float(HARD in item.flags),
        "match": float(item.kind == "remittance-match"),
        "age": item.age_days or 0.0,
        "unseen": float(len(item.unseen)),
        "interval": (item.high or 0.0) - (item.low or 0.0),
        "margin": item.margin or 0.0,
        "missing": float(len(item.missing)),
        "flags": float(len(item.flags)),
        "amount": float(item.amount or 0),
        "proposes": float(item.proposes_action),
        "confidence": item.confidence or 0.0,
    }


def installed() -> dict[str, Engine]:
    """The engines that are there, ready to be asked, by name."""
    made = {
        "zen-engine": ("zen", zen),
        "rule-engine": ("rule_engine", rule_engine),
        "business-rules": ("business_rules", business_rules),
    }
    return {name: make() for name, (module, make) in made.items() if importlib.util.find_spec(module)}


def by_hand(told: Facts) -> str:
    """What the table says, for checking the engines by."""
    compare = {"<": lambda value, limit: value < limit, ">=": lambda value, limit: value >= limit}
    for rule in RULES:
        if all(compare[sign](told[field], limit) for field, sign, limit in rule.conditions):
            return rule.lane
    return DEFAULT


def zen() -> Engine:
    """A decision table with the hit policy ``first``."""
    engine = importlib.import_module("zen").ZenEngine()
    rules = [
        {"_id": str(number), "lane": f'"{rule.lane}"'}
        | dict.fromkeys(FIELDS, "")
        | {field: f"{sign} {limit}" for field, sign, limit in rule.conditions}
        for number, rule in enumerate(RULES)
    ]
    rules.append({"_id": "default", "lane": f'"{DEFAULT}"'} | dict.fromkeys(FIELDS, ""))
    table = {
        "hitPolicy": "first",
        "inputs": [{"id": field, "name": field, "type": "expression", "field": field} for field in FIELDS],
        "outputs": [{"id": "lane", "name": "lane", "type": "expression", "field": "lane"}],
        "rules": rules,
    }
    place = {"position": {"x": 0, "y": 0}}
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode", **place},
        {"id": "table", "name": "table", "type": "decisionTableNode", "content": table, **place},
        {"id": "out", "name": "out", "type": "outputNode", **place},
    ]
    edges = [
        {"id": "1", "type": "edge", "sourceId": "in", "targetId": "table"},
        {"id": "2", "type": "edge", "sourceId": "table", "targetId": "out"},
    ]
    decision = engine.create_decision(json.dumps({"nodes": nodes, "edges": edges}))
    return lambda told: str(decision.evaluate(told)["result"]["lane"])


def rule_engine() -> Engine:
    """A parsed expression a row, asked in turn."""
    parse = importlib.import_module("rule_engine").Rule
    parsed = [
        (parse(" and ".join(f"{field} {sign} {limit}" for field, sign, limit in rule.conditions)), rule.lane)
        for rule in RULES
    ]
    return lambda told: next((lane for rule, lane in parsed if rule.matches(told)), DEFAULT)


def business_rules() -> Engine:
    """Variables, actions and rules as the package wants them; it stops at the first rule that fires."""
    package = importlib.import_module("business_rules")
    variables = importlib.import_module("business_rules.variables")
    actions = importlib.import_module("business_rules.actions")
    names = {"<": "less_than", ">=": "greater_than_or_equal_to"}
    rules = [
        {
            "conditions": {
                "all": [
                    {"name": field, "operator": names[sign], "value": limit}
                    for field, sign, limit in rule.conditions
                ]
            },
            "actions": [{"name": "take", "params": {"lane": rule.lane}}],
        }
        for rule in RULES
    ]

    def variable(field: str) -> Any:
        def value(self: Any) -> float:
            return float(self.told[field])

        value.__name__ = field
        return variables.numeric_rule_variable(value)

    def known(self: Any, told: Facts) -> None:
        self.told = told

    def take(self: Any, lane: str) -> None:
        self.lane = lane

    text = importlib.import_module("business_rules.fields").FIELD_TEXT
    fields = {field: variable(field) for field in FIELDS}
    asked = type("Asked", (variables.BaseVariables,), {"__init__": known, **fields})
    taken = type("Taken", (actions.BaseActions,), {"take": actions.rule_action(params={"lane": text})(take)})

    def decide(told: Facts) -> str:
        answer = taken()
        answer.lane = DEFAULT
        package.run_all(
            rule_list=rules, defined_variables=asked(told), defined_actions=answer, stop_on_first_trigger=True
        )
        return str(answer.lane)

    return decide
