"""SpiffWorkflow's DMN engine, as a caller would use it: it reads the XML and decides on plain values.

It takes FEEL for Python, so FEEL's constants are given to it by name; and it does not look at the types of inputs, so
what is not of its input's type is null to it, as the standard wants (DMN 1.3, section 10.3.2.9.4).
"""

from __future__ import annotations

import ast
from decimal import Decimal
from functools import cache
from types import CodeType, SimpleNamespace
from typing import Any, Final

from lxml import etree  # type: ignore[import-untyped]
from SpiffWorkflow.bpmn.script_engine import (  # type: ignore[import-untyped]
    PythonScriptEngine,
    TaskDataEnvironment,
)
from SpiffWorkflow.dmn.engine.DMNEngine import DMNEngine  # type: ignore[import-untyped]
from SpiffWorkflow.dmn.parser.DMNParser import DMNParser  # type: ignore[import-untyped]

NAMESPACES: Final = {"dmn": "https://www.omg.org/spec/DMN/20191111/MODEL/"}
CONSTANTS: Final = {"null": None, "true": True, "false": False}


class _Environment(TaskDataEnvironment):  # type: ignore[misc]
    """Its own, with each expression compiled once: it would compile them for every rule and every item."""

    def evaluate(self, expression: str, context: dict[str, Any], external_context: Any = None) -> Any:
        return eval(_compiled(expression), {**self.globals, **(external_context or {}), **context})  # noqa: S307


class _Script(PythonScriptEngine):  # type: ignore[misc]
    """Its own, which checks each expression's syntax once."""

    def validate(self, expression: str) -> None:
        _parsed(expression)


class Engine:
    """One decision table."""

    def __init__(self, xml: bytes) -> None:
        parser = DMNParser(None, etree.fromstring(xml), NAMESPACES)
        parser.parse()
        (self._table,) = parser.decision.decisionTables
        self._script = _Script(_Environment(dict(CONSTANTS)))
        self.rules: int = len(self._table.rules)
        self.hit_policy: str = self._table.hit_policy
        self.types: dict[str, str] = {one.expression: one.typeRef for one in self._table.inputs}

    def decide(self, values: dict[str, Any]) -> dict[str, Any]:
        """The outputs of the first rule that holds."""
        typed = {name: _of_type(values.get(name), of_type) for name, of_type in self.types.items()}
        workflow = SimpleNamespace(script_engine=self._script)
        return dict(DMNEngine(self._table).result(SimpleNamespace(data=typed, workflow=workflow)))


def _of_type(value: Any, of_type: str) -> Any:
    fits = {
        "string": isinstance(value, str),
        "boolean": isinstance(value, bool),
        "number": isinstance(value, int | float | Decimal) and not isinstance(value, bool) and value == value,
    }
    return value if fits[of_type] else None


@cache
def _compiled(expression: str) -> CodeType:
    return compile(expression, "<dmn>", "eval")


@cache
def _parsed(expression: str) -> None:
    ast.parse(expression)
