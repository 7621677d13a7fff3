"""What an item is to the decision table of ``models.dmn``: the values of its inputs, null for what is not known."""

from __future__ import annotations

from models.dmn_tests import list_columns
from models.policy_table import ANY, NUMBERS, TEXTS, Policy
from models.rules import Item, facts_of

Value = str | bool | float | None


def inputs_of(item: Item, policy: Policy, *, certificate: str | None = None) -> dict[str, Value]:
    """The inputs of an item; ``certificate`` is "covers", or the code of the reason why none does.

    A list asks its own questions: ``flags_hard_flag`` is whether any flag is one of the row ``hard-flag``.
    """
    facts = facts_of(item)
    lists: dict[str, Value] = {}
    for one in list_columns(policy):
        found = getattr(facts, one.subject)
        known = found is not None
        lists[one.column] = (
            (bool(found) and (one.names == (ANY,) or not set(one.names).isdisjoint(found))) if known else None
        )
    return {
        "kind": facts.kind,
        **lists,
        **{name: getattr(facts, name) for name in (*TEXTS, *NUMBERS)},
        "proposes_action": facts.proposes_action,
        "certificate": certificate,
    }
