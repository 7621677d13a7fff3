"""The page about denied claims names what there is."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from models.policy import load_policy
from models.priority import TURNOVER_DAYS
from serving.clock import VARIABLE
from serving.deadlines import DAYS_BEFORE_DEADLINE
from serving.denied.queues import CODING, DeniedQueue
from serving.denied.records import DeniedAction
from serving.items import ItemDetail, ItemRow

PAGE = (Path(__file__).parent.parent.parent / "docs" / "denied-claims.md").read_text(encoding="utf-8")


def test_every_action_and_every_queue_stands_on_the_page() -> None:
    for name in (*get_args(DeniedAction), *get_args(DeniedQueue)):
        assert f"`{name}`" in PAGE
    assert all(category in PAGE for category in CODING)


def test_the_fields_of_the_page_are_fields_of_an_item() -> None:
    known = {*ItemRow.__struct_fields__, *ItemDetail.__struct_fields__}
    table = PAGE.partition("| field |")[2].partition("\n\n")[0]
    named = [
        name for line in table.splitlines()[2:] for name in line.split("|")[1].replace("`", "").split(",")
    ]
    assert {name.strip().partition(".")[0] for name in named} <= known


def test_the_figures_of_the_page_are_those_of_the_code() -> None:
    assert f"exp(-days left / {TURNOVER_DAYS:.0f})" in PAGE
    assert f"after {load_policy().desks['denied-claim'].sla_hours / 24:g} days" in PAGE
    assert DAYS_BEFORE_DEADLINE == 7
    assert VARIABLE in PAGE
