"""The policy as DMN 1.3, the exchange format of decision tables (OMG, formal/2021-02-01).

One decision, ``routing``, with hit policy FIRST. Its inputs are those of a policy's rows, typed; a value of
another type is null to DMN (section 10.3.2.9.4), and null never helps an item to ``auto``. Questions about lists
(flags, missing, unseen) are truth values that the caller fills: ``models.dmn_inputs`` says how. ``auto`` also takes
that the caller says of the item's certificate that it ``covers`` it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from xml.etree import ElementTree as ET

from models.dmn_rules import Rule, rules_of
from models.dmn_tests import Type, columns, literal, number
from models.policy_table import Policy
from models.routing import Routed

MODEL: Final = "https://www.omg.org/spec/DMN/20191111/MODEL/"
OWN: Final = "urn:clearlane:policy"
DECISION: Final = "routing"
OUTPUTS: Final[Mapping[str, Type]] = {
    "lane": "string",
    "code": "string",
    "row": "string",
    "queue": "string",
    "role": "string",
    "sla_hours": "number",
    "escalate_to": "string",
}


def export(policy: Policy) -> bytes:
    """The XML of a checked policy, UTF-8."""
    ET.register_namespace("", MODEL)
    found = columns(policy)
    root = _element(None, "definitions", id="clearlane", name=policy.version, namespace=OWN)
    _outcome_type(root)
    for name, (of_type, label) in found.items():
        data = _element(root, "inputData", id=f"data_{name}", name=name, label=label)
        _element(data, "variable", id=f"variable_{name}", name=name, typeRef=of_type)
    decision = _element(root, "decision", id=DECISION, name=DECISION)
    _element(decision, "variable", id=f"variable_{DECISION}", name=DECISION, typeRef="outcome")
    for name in found:
        needed = _element(decision, "informationRequirement", id=f"needs_{name}")
        _element(needed, "requiredInput", href=f"#data_{name}")
    _table(decision, found, rules_of(policy))
    ET.indent(root, space=" ")
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _outcome_type(root: ET.Element) -> None:
    outcome = _element(root, "itemDefinition", id="outcome", name="outcome")
    for name, of_type in OUTPUTS.items():
        part = _element(outcome, "itemComponent", id=f"outcome_{name}", name=name)
        _element(part, "typeRef", text=of_type)


def _table(decision: ET.Element, found: Mapping[str, tuple[Type, str]], rules: list[Rule]) -> None:
    table = _element(decision, "decisionTable", id="table", hitPolicy="FIRST")
    for name, (of_type, label) in found.items():
        column = _element(table, "input", id=f"input_{name}", label=label)
        expression = _element(column, "inputExpression", id=f"expression_{name}", typeRef=of_type)
        _element(expression, "text", text=name)
    for name, of_type in OUTPUTS.items():
        _element(table, "output", id=f"output_{name}", name=name, typeRef=of_type)
    for place, rule in enumerate(rules, 1):
        _rule(table, f"rule_{place}", rule, list(found))


def _rule(table: ET.Element, name: str, rule: Rule, inputs: list[str]) -> None:
    element = _element(table, "rule", id=name)
    _element(element, "description", text=rule.note)
    for column in inputs:
        entry = _element(element, "inputEntry", id=f"{name}_{column}")
        _element(entry, "text", text=_joined(rule.tests.get(column, ())))
    for column, said in _outputs(rule.routed).items():
        entry = _element(element, "outputEntry", id=f"{name}_to_{column}")
        _element(entry, "text", text=said)


def _joined(tests: tuple[str, ...]) -> str:
    if len(tests) < 2:
        return "".join(tests) or "-"
    return " and ".join(f"({test})" for test in tests)


def _outputs(routed: Routed) -> dict[str, str]:
    said = {
        "lane": routed.lane.value,
        "code": routed.reasons[0].code,
        **{name: getattr(routed, name) for name in ("row", "queue", "role", "sla_hours", "escalate_to")},
    }
    return {name: _literal(said[name]) for name in OUTPUTS}


def _literal(value: str | float | None) -> str:
    if value is None:
        return "null"
    return literal(value) if isinstance(value, str) else number(value)


def _element(
    parent: ET.Element | None, tag: str, *, text: str | None = None, **attributes: str
) -> ET.Element:
    name = f"{{{MODEL}}}{tag}"
    made = ET.Element(name, attributes) if parent is None else ET.SubElement(parent, name, attributes)
    made.text = text
    return made
