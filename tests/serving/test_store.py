"""The store, on SQLite and on PostgreSQL: whole files or nothing, one decision a version, nothing ever rewritten."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event, func, select, text
from sqlalchemy.exc import DBAPIError

from features.errors import BadInputError, ConflictError, NotFoundError
from serving import ingestion
from serving.items import Decision, ItemFilter
from serving.store import schema
from serving.store.database import StoreError
from serving.store.store import Store
from tests.support.builders import make_claim
from tests.support.earlier_stores import forget_revision
from tests.support.fake_champions import fake_champions
from tests.support.small_x12 import BilledClaim, PaidClaim, professional, remittance

NOW = datetime(2024, 4, 3, 9, 30, tzinfo=UTC)
ACCEPT = Decision("accept", "ann")
HOLD = Decision("none", "ann")
ALL = ItemFilter(status=None)
ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = Store(url)
    yield opened
    opened.close()


def take(store: Store, data: bytes, *, backlog: bool = False) -> None:
    ingestion.take(data, name="a.x12", store=store, champions=fake_champions(), at=NOW, backlog=backlog)


def one_item(store: Store) -> str:
    """An open item with two candidates, the first of them proposed; no certificate covers its amount."""
    take(store, professional([BilledClaim(charge="2750"), BilledClaim("B-2", charge="2750")]), backlog=True)
    take(store, remittance([PaidClaim(charge="2750")]))
    return store.page(ALL, offset=0, limit=1).rows[0].id


def an_item_that_proposes_none(store: Store) -> str:
    """An open item with two candidates, neither of them likely."""
    take(store, professional([BilledClaim(), BilledClaim("B-2")]), backlog=True)
    take(store, remittance([PaidClaim("C-3", charge="275")]))
    return store.page(ALL, offset=0, limit=1).rows[0].id


def test_what_is_stored_comes_back_exactly(store: Store) -> None:
    take(store, professional([BilledClaim(charge="80.10")]), backlog=True)
    take(store, remittance([PaidClaim(charge="80.10")]))
    (row,) = store.page(ALL, offset=0, limit=10).rows
    assert str(row.amount) == "80.10"
    assert (row.received_at, row.version, row.status) == (NOW, 1, "automatic")
    item = store.get(row.id)
    assert item.candidates[0][2] == pytest.approx(0.999)
    assert item.versions.policy.startswith("policy-")
    assert item.decided is None


def test_a_list_stands_in_order_and_is_read_in_parts(store: Store) -> None:
    take(store, professional([BilledClaim(f"A-{n}", charge=str(200 + n)) for n in range(7)]))
    take(store, remittance([PaidClaim("Z-1"), PaidClaim("Z-1")]))
    whole = store.page(ALL, offset=0, limit=200)
    assert whole.total == 9
    assert whole.lanes == {"auto": 0, "review": 8, "specialist": 0, "escalate": 1}
    assert whole.rows[0].lane == "escalate"
    amounts = [row.amount or 0 for row in whole.rows if row.kind == "denial-risk"]
    assert amounts == sorted(amounts, reverse=True)
    parts = [row for start in range(0, 9, 4) for row in store.page(ALL, offset=start, limit=4).rows]
    assert tuple(parts) == whole.rows
    assert store.page(ItemFilter(lane="escalate"), offset=0, limit=5).total == 1


def test_the_next_open_item_follows_in_the_list_and_then_comes_the_first(store: Store) -> None:
    take(store, professional([BilledClaim(f"A-{n}", charge=str(200 + n)) for n in range(3)]))
    names = [row.id for row in store.page(ALL, offset=0, limit=10).rows]
    assert store.next_open(ItemFilter(), after=names[0]) == names[1]
    assert store.next_open(ItemFilter(), after=names[2]) == names[0]
    assert store.next_open(ItemFilter(), after="unknown") == names[0]
    store.decide(names[1], HOLD, version=1, at=NOW)
    assert store.next_open(ItemFilter(), after=names[1]) == names[2]
    for name in (names[0], names[2]):
        store.decide(name, HOLD, version=1, at=NOW)
    assert store.next_open(ItemFilter(), after=names[0]) is None


def test_a_decision_is_recorded_with_what_was_decided_on(store: Store) -> None:
    name = one_item(store)
    second = store.get(name).candidates[1][0]
    store.decide(name, Decision("choose", "ann", second, "the other visit"), version=1, at=NOW)
    item = store.get(name)
    assert (item.row.status, item.row.version) == ("decided", 2)
    assert item.decided is not None
    assert item.decided.decision == Decision("choose", "ann", second, "the other visit")


def test_what_a_claim_was_paid_before_is_looked_up_by_reference(store: Store) -> None:
    name = one_item(store)
    second = store.get(name).candidates[1][0]
    store.decide(name, Decision("choose", "ann", second, "the other visit"), version=1, at=NOW)
    assert set(store.postings([candidate for candidate, *_ in store.get(name).candidates])) == {second}
    assert store.postings([second], before=NOW) == {}


def test_a_patients_claims_come_with_what_was_posted_to_them(store: Store) -> None:
    name = one_item(store)
    second, claim, _ = store.get(name).candidates[1]
    before = store.claims_of_patients([claim])
    assert claim in [one for one, _ in before]
    assert not any(payments for _, payments in before)
    assert store.answered_since(None) == []
    store.decide(name, Decision("choose", "ann", second, "the other visit"), version=1, at=NOW)
    after = {one.claim_id: payments for one, payments in store.claims_of_patients([claim])}
    assert after[claim.claim_id] == [store.get(name).record]
    assert store.answered_since(NOW.date()) == [second]
    assert store.answered_since(NOW.date() + timedelta(1)) == []
    assert store.claims([second, "not there"]) == {second: claim}
    assert store.payments_of([second, "not there"]) == {second: [store.get(name).record]}
    stranger = make_claim(patient_first="NOBODY")
    assert store.claims_of_patients([stranger]) == []


def test_to_accept_is_to_take_the_best_candidate(store: Store) -> None:
    name = one_item(store)
    best = store.get(name).candidates[0][0]
    store.decide(name, ACCEPT, version=1, at=NOW)
    decided = store.get(name).decided
    assert decided is not None
    assert decided.decision.claim_reference == best


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        (Decision("choose", "ann", "0" * 24), "candidates"),
        (Decision("choose", "ann"), "candidates"),
        (Decision("none", "ann", "0" * 24), "takes no claim"),
        (Decision("accept", "ann", "0" * 24), "best candidate"),
        (Decision("accept", "  "), "reviewer"),
        (Decision("none", "ann"), "needs a reason"),
        (Decision("none", "ann", None, "  "), "needs a reason"),
    ],
)
def test_a_decision_that_does_not_fit_the_item_changes_nothing(
    store: Store, decision: Decision, said: str
) -> None:
    name = one_item(store)
    with pytest.raises(BadInputError, match=said):
        store.decide(name, decision, version=1, at=NOW)
    assert store.get(name).row.version == 1


def test_to_choose_another_claim_needs_a_reason_and_to_choose_the_proposed_one_none(store: Store) -> None:
    name = one_item(store)
    best, second = (reference for reference, _, _ in store.get(name).candidates)
    with pytest.raises(BadInputError, match="needs a reason"):
        store.decide(name, Decision("choose", "ann", second), version=1, at=NOW)
    store.decide(name, Decision("choose", "ann", best), version=1, at=NOW)
    assert store.get(name).row.status == "decided"


def test_where_none_is_proposed_there_is_no_claim_to_accept_and_to_choose_one_needs_a_reason(
    store: Store,
) -> None:
    name = an_item_that_proposes_none(store)
    best = store.get(name).candidates[0][0]
    for decision, said in ((ACCEPT, "no claim is proposed"), (Decision("choose", "ann", best), "a reason")):
        with pytest.raises(BadInputError, match=said):
            store.decide(name, decision, version=1, at=NOW)
    store.decide(name, Decision("none", "ann"), version=1, at=NOW)
    assert store.get(name).row.status == "decided"


def test_another_decision_on_the_same_version_is_a_conflict(store: Store) -> None:
    name = one_item(store)
    store.decide(name, ACCEPT, version=1, at=NOW)
    for decision, version in (
        (ACCEPT, 2),
        (Decision("accept", "bob"), 1),
        (Decision("none", "ann", None, "no"), 1),
    ):
        with pytest.raises(ConflictError):
            store.decide(name, decision, version=version, at=NOW)


def test_the_same_decision_sent_again_is_recorded_once(store: Store, url: str) -> None:
    name = one_item(store)
    for _ in range(3):
        store.decide(name, ACCEPT, version=1, at=NOW)
    assert store.get(name).row.version == 2
    assert recorded(url) == 1


def test_an_item_that_went_automatically_takes_no_decision(store: Store, url: str) -> None:
    take(store, professional(), backlog=True)
    take(store, remittance())
    (row,) = store.page(ALL, offset=0, limit=2).rows
    assert row.status == "automatic"
    with pytest.raises(ConflictError, match="went automatically"):
        store.decide(row.id, ACCEPT, version=1, at=NOW)
    assert store.get(row.id).row == row
    assert recorded(url) == 0


def recorded(url: str) -> int:
    """Decisions in the database."""
    engine = create_engine(url)
    with engine.connect() as connection:
        number = connection.execute(select(func.count()).select_from(schema.decisions)).scalar_one()
    engine.dispose()
    return int(number)


def test_a_nul_in_a_file_costs_neither_it_nor_the_other_records(store: Store) -> None:
    take(store, professional([BilledClaim("A\x001", last="DO\x00E"), BilledClaim("B-2")]))
    take(store, remittance([PaidClaim("A\x001", payer_claim_number="I\x00")]))
    assert store.page(ALL, offset=0, limit=9).total == 3
    with pytest.raises(NotFoundError):
        store.get("a\x00b")


def test_a_nul_in_a_decision_is_kept_as_a_sign_that_any_database_takes(store: Store) -> None:
    name = one_item(store)
    for _ in range(2):
        store.decide(name, Decision("none", "a\x00nn", None, "no\x00"), version=1, at=NOW)
    decided = store.get(name).decided
    assert decided is not None
    assert (decided.decision.reviewer, decided.decision.reason) == ("a\ufffdnn", "no\ufffd")


def test_an_endless_element_does_not_cost_the_file(store: Store) -> None:
    digits = "".join(str(number) for number in range(3000))  # more than one page of an index holds
    paid = remittance([PaidClaim(digits, payer_claim_number=digits)])
    for data in (professional([BilledClaim(digits, member=digits), BilledClaim("B-2")]), paid):
        take(store, data.replace(b"1234567893", digits.encode()))
    (row,) = store.page(ItemFilter(kind="remittance-match", status=None), offset=0, limit=9).rows
    assert store.get(row.id).candidates


def test_of_many_decisions_at_once_one_is_recorded(store: Store) -> None:
    name = one_item(store)

    def decide(number: int) -> bool:
        try:
            store.decide(name, Decision("accept", f"reviewer {number}"), version=1, at=NOW)
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(decide, range(8))) == [False] * 7 + [True]


def test_an_unknown_item_is_not_found(store: Store) -> None:
    with pytest.raises(NotFoundError):
        store.get("nothing")
    with pytest.raises(NotFoundError):
        store.decide("nothing", ACCEPT, version=1, at=NOW)


def test_decisions_are_only_added(store: Store, url: str) -> None:
    store.decide(one_item(store), ACCEPT, version=1, at=NOW)
    engine = create_engine(url)
    for statement in ("UPDATE decisions SET reviewer = 'bob'", "DELETE FROM decisions"):
        with pytest.raises(DBAPIError, match="only added"), engine.begin() as connection:
            connection.execute(text(statement))
    engine.dispose()


def test_a_store_of_another_version_is_refused(url: str) -> None:
    Store(url).close()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(schema.about.update().values(version=99))
    engine.dispose()
    with pytest.raises(StoreError, match="version 99"):
        Store(url)


def test_a_store_made_before_reversals_were_tied_opens_and_knows_its_payments(url: str) -> None:
    old = Store(url)
    take(old, remittance())
    old.close()
    engine = create_engine(url)
    with engine.begin() as connection:
        schema.payment_keys.drop(connection)
        schema.remittances.drop(connection)
        forget_revision(connection)
    engine.dispose()
    store = Store(url)
    back = PaidClaim(charge="-275", status="22")
    take(store, remittance([back], trace="TRN77", control="000000777"))
    codes = {
        reason.code for row in store.page(ALL, offset=0, limit=9).rows for reason in store.get(row.id).reasons
    }
    assert "takes-back" in codes
    assert "reversal-without-original" not in codes
    store.close()


def test_a_reversal_looks_its_original_up_and_scans_nothing(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'store.sqlite'}")
    seen: list[str] = []
    engine = store._database.engine
    event.listen(engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    take(store, remittance())
    take(store, remittance([PaidClaim(charge="-275", status="22")], trace="TRN77", control="000000777"))
    asked = [
        statement for statement in seen if statement.startswith("SELECT") and "payment_keys" in statement
    ]
    with engine.connect() as connection:
        plans = [
            str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {one}", ("x",) * one.count("?")).all())
            for one in set(asked)
        ]
    store.close()
    assert plans
    assert not any("SCAN payment_keys" in plan or "SCAN items" in plan for plan in plans)


def test_the_same_file_from_many_threads_is_stored_once(store: Store) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: take(store, professional([BilledClaim(), BilledClaim("B-2")])), range(8)))
    assert store.page(ALL, offset=0, limit=10).total == 2


@pytest.mark.parametrize("address", ["mysql://x/y", "no address", "oracle+nothing://x"])
def test_an_address_that_is_no_store_is_said_to_be_none(address: str) -> None:
    with pytest.raises(BadInputError, match="CLEARLANE_DATABASE_URL"):
        Store(address)


def test_a_database_that_cannot_be_reached_is_said_to_be_so() -> None:
    with pytest.raises(StoreError, match="cannot be used"):
        Store("postgresql+psycopg://nobody@127.0.0.1:1/nothing")


WRITER = """
import sys
from datetime import UTC, datetime
from serving import ingestion
from serving.store.store import Store
from tests.support.builders import make_claim
from tests.support.fake_champions import fake_champions
from tests.support.small_x12 import BilledClaim, professional
url, name, files, claims = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
store, champions = Store(url), fake_champions()
print("ready", flush=True)
for number in range(files):
    control = f"{int(name)}{number:05d}".rjust(9, "0")
    data = professional([BilledClaim(f"{name}-{number}-{n}") for n in range(claims)], control=control)
    ingestion.take(data, name="x.837", store=store, champions=champions, at=datetime.now(UTC))
    print(number, flush=True)
"""


def writer(url: str, name: str, files: int, claims: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, url, name, str(files), str(claims)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_two_processes_write_at_once_and_nothing_is_lost(url: str) -> None:
    Store(url).close()
    writers = [writer(url, name, files=12, claims=5) for name in ("1", "2")]
    for process in writers:
        process.communicate()
        assert process.returncode == 0
    store = Store(url)
    assert store.page(ALL, offset=0, limit=1).total == 2 * 12 * 5
    store.close()


def test_a_kill_in_the_middle_leaves_whole_files_only(url: str) -> None:
    process = writer(url, "7", files=500, claims=60)
    assert process.stdout is not None
    while process.stdout.readline().strip() != "3":
        assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.communicate()
    store = Store(url)  # opens, and its schema is whole
    engine = create_engine(url)
    with engine.connect() as connection:
        files = connection.execute(select(func.count()).select_from(schema.files)).scalar_one()
        per_file = connection.execute(
            select(func.count()).select_from(schema.items).group_by(schema.items.c.file_id)
        ).scalars()
        assert files >= 4
        assert list(per_file) == [60] * files
    engine.dispose()
    store.close()
