"""Which queues a policy can put items into."""

from __future__ import annotations

import itertools
import random
import tomllib
from datetime import date
from typing import Any

from models.policy import DEFAULT, load_policy, policy_of
from models.policy_queues import named_queues, queues_of
from models.policy_table import KINDS
from models.routing import RoutingInput, route


def test_no_item_is_routed_or_escalated_to_a_queue_that_is_not_listed() -> None:
    policy, chance = load_policy(), random.Random(7)
    known = set(queues_of(policy))
    for kind, _ in itertools.product(KINDS, range(200)):
        values: dict[str, Any] = {
            "amount": chance.choice([None, 50, 20_000]),
            "age_days": chance.choice([0.0, 40.0]),
            "days_to_deadline": chance.choice([None, 3.0]),
            "flags": chance.choice([(), ("denied-for-coding",), ("duplicate-payment",)]),
            "margin": chance.choice([0.05, 0.9]),
        }
        item = RoutingInput(kind=kind, confidence=0.9, payer="P", **values)
        routed = route(item, policy=policy, certificates=(), model_version=None, at=date(2024, 4, 3))
        assert {routed.queue, routed.escalate_to} - {None} <= known


def test_names_come_from_rows_and_from_what_rows_and_desks_escalate_to() -> None:
    table = tomllib.loads(DEFAULT.read_text())
    before = set(named_queues(load_policy()))
    table["desks"]["unreadable"]["escalate_to"] = "help-desk"
    next(row for row in table["rows"] if row["row"] == "unseen").update(
        queue="odd-ones", escalate_to="odd-lead"
    )
    assert set(named_queues(policy_of(table))) - before == {"help-desk", "odd-ones", "odd-lead"}
