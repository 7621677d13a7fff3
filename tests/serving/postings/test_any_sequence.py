"""Over any sequence of accepting, choosing, refusing, taking back and closing, the books say what the queue says."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from serving.items import Decision
from serving.store.store import Store
from serving.store.undoing import Undoing
from tests.serving.audit.logs import of_store
from tests.serving.postings.desk import PostingDesk, balances
from tests.support import earlier_stores

CHARGES = ("12000", "12000.01", "13000.10")
STEPS = st.lists(
    st.tuples(st.sampled_from(["accept", "choose", "none", "undo", "undo", "close"]), st.integers(0, 2)),
    max_size=25,
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=STEPS)
def test_on_sqlite(steps: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        walk(f"sqlite:///{Path(folder) / 'store.sqlite'}", steps)


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=STEPS)
def test_on_postgresql(empty_database: Callable[[str], str], steps: list[tuple[str, int]]) -> None:
    walk(empty_database("postgresql"), steps)


def walk(url: str, steps: list[tuple[str, int]]) -> None:
    """Take the steps, and hold what has been posted against what the items say, after each closing and at the end."""
    desk = PostingDesk(Store(url))
    try:
        items = desk.paid(*CHARGES)
        for step, place in steps:
            take(desk, items[place], step)
        while desk.batches.close(desk.at, most=2):
            pass
        check(desk, items)
        stored = earlier_stores.contents(url)
        in_batches = [
            number
            for batch in stored["posting_batches"]
            for number in range(batch["first"], batch["last"] + 1)
        ]
        assert sorted(in_batches) == [row["number"] for row in stored["postings"]]
        assert len(set(in_batches)) == len(in_batches)
        assert not of_store(desk.store).faults
    finally:
        desk.application.close()


def take(desk: PostingDesk, item: str, step: str) -> None:
    """One step, where the item allows it."""
    stored = desk.store.get(item)
    if step == "close":
        desk.batches.close(desk.at, most=2)
    elif step == "undo":
        if stored.row.status == "decided":
            undoing = Undoing("bob", "a test")
            desk.store.undo(item, undoing, version=stored.row.version, at=desk.at)
    elif stored.row.status == "open":
        claim = stored.candidates[-1][0] if step == "choose" else None
        decision = Decision(step, "ann", claim, "a test")  # type: ignore[arg-type]
        desk.store.decide(item, decision, version=stored.row.version, at=desk.at)


def check(desk: PostingDesk, items: list[str]) -> None:
    """Each batch balances; over all of them each item's money lies at the claim that it is accepted to."""
    batches = desk.every_batch()
    assert [batch.head.number for batch in batches] == list(range(1, len(batches) + 1))
    for batch in batches:
        debits = sum((line.debit for line in batch.lines), Decimal(0))
        assert debits == sum((line.credit for line in batch.lines), Decimal(0)) == batch.head.debits
        assert batch.head.debits == batch.head.credits
    wanted: dict[tuple[str, str], Decimal] = {}
    for item, charge in zip(items, CHARGES, strict=True):
        stored = desk.store.get(item)
        if stored.decided is None or stored.decided.decision.action == "none":
            continue
        reference = stored.decided.decision.claim_reference
        wanted[f"{item} {reference}", "cash"] = Decimal(charge)
        wanted[f"{item} {reference}", "accounts-receivable"] = -Decimal(charge)
    assert balances(batches) == wanted
