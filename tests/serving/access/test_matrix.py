"""Every role at every address for items of every facility, against the application as it is served."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
import msgspec
import pytest
from sqlalchemy import insert

from features.errors import BadInputError
from serving.access.actor import ROLES, Actor, acting_as
from serving.access.keys import make_key
from serving.access.rules import RULES, Rule
from serving.access.settings import AccessSettings
from serving.application import Application, build
from serving.clock import utc_now
from serving.items import Decision
from serving.outbox.events import Event
from serving.outbox.sending import Answered
from serving.store.access import AccessStore
from serving.store.monitor_tables import watched
from serving.store.outbox import OutboxStore, Result, tell
from serving.store.schema import candidates
from serving.store.store import Store
from serving.worklists.reviewers import Reviewer, Team
from tests.serving.conftest import NOW
from tests.support.asgi_client import AsgiClient
from tests.support.builders import make_claim, make_claim_payment
from tests.support.fake_champions import fake_champions
from tests.support.fake_invoices import FakeInvoices
from tests.support.fake_recovery import FakeRecovery
from tests.support.invoice_builders import invoice
from tests.support.purchasing_files import invoices_csv
from tests.support.small_x12 import BilledClaim, PaidClaim, professional, rejection, remittance

NORTH, SOUTH = "1234567893", "1245319599"
LIMITS: dict[str, frozenset[str] | None] = {
    "all": None,
    "north": frozenset({NORTH}),
    "south": frozenset({SOUTH}),
    "neither": frozenset({"1111111112"}),
}
ABSENT = "0" * 24
ANSWERED = {200, 204, 303, 422}
SENDERS = ("engine", "lead")


@dataclass(frozen=True)
class Hospital:
    """The application with items of two facilities, and a key of every role under every limit."""

    application: Application
    items: dict[str, str]  # a facility's NPI -> an open match of it
    drawn: dict[str, str]  # and one that waits for a blind check
    keys: dict[tuple[str, str], str]
    others: dict[tuple[str, str], str] = field(default_factory=dict)  # a facility's NPI and a kind -> an item
    jobs: dict[tuple[str, str], str] = field(default_factory=dict)  # who sent it -> the job
    batch: str = ""

    def ask(self, role: str, limit: str, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {"X-API-Key": self.keys[role, limit], **more.pop("headers", {})}
        return AsgiClient(self.application.asgi).send(method, path, headers=headers, **more)

    def claims(self) -> dict[str, str]:
        """A facility's NPI -> the reference of a claim of it."""
        store = self.application.store
        return {npi: store.get(item).candidates[0][0] for npi, item in self.items.items()}

    def waiting(self, path: str) -> list[tuple[str, str]]:
        """A facility's NPI and the id of something of it that an address may be asked for."""
        if path.endswith("Claim/{id}"):
            return list(self.claims().items())
        if "blind" in path or path.endswith("verdict"):
            return list(self.drawn.items())
        more = [] if "fhir" in path else [(npi, item) for (npi, _), item in self.others.items()]
        return [*self.items.items(), *more]


@pytest.fixture(scope="module")
def hospital(new_database: Callable[[], str]) -> Iterator[Hospital]:
    store = Store(new_database())
    keys = {}
    for role, (limit, facilities) in itertools.product(sorted(ROLES), LIMITS.items()):
        key, kept = make_key(f"{role} {limit}", frozenset({role}), facilities, at=utc_now())
        AccessStore.of(store).add(kept)
        keys[role, limit] = key
    team = Team(tuple(Reviewer(f"reviewer {limit}", 480, queues=("*",)) for limit in LIMITS))
    champions = replace(fake_champions(), denial_recovery=FakeRecovery(), invoice_anomaly=FakeInvoices())
    built = build(store, champions, clock=lambda: NOW, access=AccessSettings("on", rate=1e6), team=team)
    hospital = Hospital(built, {}, {}, keys)
    for place, npi in enumerate((NORTH, SOUTH)):
        fill(hospital, npi, number=place)
    for place, npi in enumerate((NORTH, SOUTH)):
        add_others(hospital, npi, number=place)
    for sender in itertools.product(SENDERS, LIMITS):
        hospital.jobs[sender] = left(hospital, *sender)
    yield replace(hospital, batch=closed(hospital))
    built.close()


def fill(hospital: Hospital, npi: str, *, number: int) -> None:
    """Claims and payments of a facility and its patient; one of its payments waits for a blind check."""
    who = {"member": f"M{number}", "last": f"L{number}"} if number else {}
    claims = [BilledClaim(f"{number}-{place}", str(20_000 + 100 * number + place), **who) for place in (1, 2)]
    paid = [
        PaidClaim(one.claim_id, one.charge, payer_claim_number=f"ICN{one.claim_id}", **who) for one in claims
    ]
    files = (
        professional(claims, control=f"00000010{number}"),
        remittance(paid, trace=f"TRN{number}", control=f"00000020{number}"),
    )
    before = ids(hospital, "all")
    take(hospital, npi, *files)
    new = sorted(ids(hospital, "all", kind="remittance-match") - before)
    hospital.items[npi], hospital.drawn[npi] = new[:2]
    watch(hospital.application.store, new[1])


def take(hospital: Hospital, npi: str, *files: bytes) -> None:
    for data in files:
        body = {"file": ("a.x12", data.replace(NORTH.encode(), npi.encode()))}
        sent = hospital.ask("engine", "all", "POST", "/v1/files", files=body)
        assert sent.status_code == 201, sent.text


def add_others(hospital: Hospital, npi: str, *, number: int) -> None:
    """A denied claim, a payment that went by itself, and a vendor invoice of a facility."""
    who = {"member": f"M{number}", "last": f"L{number}"}
    claims = [BilledClaim(f"D-{number}", "275", **who), BilledClaim(f"P-{number}", "80", **who)]
    paid = [
        PaidClaim(f"D-{number}", "275", status="4", denied="197", payer_claim_number=f"D{number}", **who),
        PaidClaim(f"P-{number}", "80", payer_claim_number=f"P{number}", **who),
    ]
    before = ids(hospital, "all")
    take(
        hospital,
        npi,
        professional(claims, control=f"00000030{number}"),
        remittance(paid, trace=f"TRND{number}", control=f"00000040{number}"),
        invoices_csv(invoice(voucher=f"V{number}", number=f"INV-{number}", facility=NORTH)),
    )
    for kind in ("denied-claim", "invoice-anomaly"):
        (item,) = ids(hospital, "all", kind=kind) - before
        hospital.others[npi, kind] = item


def left(hospital: Hospital, role: str, limit: str) -> str:
    """A file that somebody left to a job, which waits for ever: nothing works here."""
    sent = hospital.ask(
        role, limit, "POST", "/v1/files?name=a.x12", content=b"later", headers={"Prefer": "respond-async"}
    )
    assert sent.status_code == 202, sent.text
    return str(sent.json()["id"])


def closed(hospital: Hospital) -> str:
    """A batch of what went by itself."""
    made = hospital.ask("lead", "all", "POST", "/v1/postings/batches")
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def given_up(store: Store) -> str:
    """A delivery of an event that nobody took."""
    outbox, at = OutboxStore.of(store), utc_now()
    with store._database.writing() as connection:
        event = Event("clearlane.posting.batch.closed", f"s{time.monotonic_ns()}", {})
        tell(connection, event, also="http://127.0.0.1:9/in")
    (letter, *_) = outbox.due(at + timedelta(hours=1), limit=1)
    outbox.keep([Result(letter, Answered(error="refused"))], at)
    return letter.id


def watch(store: Store, item_id: str) -> None:
    row = {
        "item_id": item_id, "certificate": "c", "kind": "remittance-match", "payer_group": "any",
        "value_band": "any", "alpha": 0.01, "probability": 1.0, "drawn": True, "received_at": NOW,
        "due_at": NOW + timedelta(days=2),
    }  # fmt: skip
    with store._database.writing() as connection:
        connection.execute(insert(watched), row)


def ids(hospital: Hospital, limit: str, **wanted: str) -> set[str]:
    query = urlencode({"status": "all", "limit": "200", **wanted})
    answer = hospital.ask("auditor", limit, "GET", f"/v1/items?{query}")
    assert answer.status_code == 200, answer.text
    assert answer.json()["total"] == len(answer.json()["rows"])
    return {row["id"] for row in answer.json()["rows"]}


def sent(hospital: Hospital, role: str, limit: str, method: str, path: str, item: str) -> httpx.Response:
    """A request that is in order, but for a claim that nobody offered: so that nothing is changed by it."""
    target = path.replace("{id}", item)
    form = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}
    body: dict[str, Any] = {}
    match method, path:
        case "POST", "/v1/items/{id}/decision" | "/v1/blind-checks/{id}":
            decision = {"action": "choose", "claim_reference": "x", "reviewer": "x", "reason": "x"}
            body = {"json": decision, "headers": {"If-Match": '"1"'}}
        case "POST", "/v1/items/{id}/undo":
            body = {"json": {"reason": " ", "reviewer": "x"}, "headers": {"If-Match": '"1"'}}
        case "POST", "/v1/items/{id}/verdict":
            body = {"json": {"source": "posting-audit", "wrong": False, "reviewer": "x"}}
        case "POST", "/v1/denial-risk":
            body = {"json": {"items": [{"claim": plain(make_claim())}]}}
        case "POST", "/v1/remittance-match":
            body = {"json": {"items": [{"claim_payment": plain(make_claim_payment())}]}}
        case "POST", "/login":
            fields = {"key": hospital.keys[role, limit], "csrf": token(hospital, role, limit)}
            body = {"content": urlencode(fields), "headers": form}
        case "POST", "/v1/files":
            body = {"files": {"file": ("empty.x12", b"nothing")}}
        case "POST", _:
            fields = {"version": "1", "action": "x", "answer": "x", "csrf": token(hospital, role, limit)}
            body = {"content": urlencode(fields), "headers": form}
        case "GET", "/v1/worklist":
            target += f"?reviewer=reviewer {limit}"
        case "GET", "/static":
            target = "/static/pages.css"
    return hospital.ask(role, limit, method, target, **body)


def token(hospital: Hospital, role: str, limit: str) -> str:
    """What the pages give into every form of this actor."""
    return hospital.application.store.identifiers.of("form", "", f"{role} {limit}")


def plain(record: Any) -> Any:
    """A record as JSON has it."""
    return msgspec.json.decode(msgspec.json.encode(record))


def is_led_back(answer: httpx.Response, absent: httpx.Response) -> bool:
    """Pages of blind checks lead back to their list, alike for what is not there and for what is not one's own."""
    back = "/blind-checks?said=gone"
    return (answer.headers.get("location"), absent.headers.get("location")) == (back, back)


def is_allowed(rule: Rule, role: str, limit: str) -> bool:
    return role in rule.roles and not (rule.reach == "all" and limit != "all")


def named(hospital: Hospital, path: str, rule: Rule, role: str, limit: str) -> list[tuple[str, str]]:
    """What an address is asked for: items of each facility, or something that is there for this actor."""
    if names_item(path, rule):
        return hospital.waiting(path)
    if path.startswith("/v1/jobs"):
        return [("", hospital.jobs.get((role, limit), ABSENT))]
    if "batches/{id}" in path:
        return [("", hospital.batch)]
    if "outbox/{id}" in path:
        return [("", given_up(hospital.application.store))]
    return [("", ABSENT)]


def is_answered(method: str, path: str, answer: httpx.Response) -> bool:
    """What is read, or names something that is there, succeeds; other requests would, but for a claim in them."""
    if path == "/v1/patterns":
        return answer.status_code == 404  # no report was made
    if path == "/patterns":
        return answer.status_code in (200, 404)
    if method == "GET" or "outbox" in path:
        return answer.status_code in (200, 204, 303)
    return answer.status_code in ANSWERED


def names_item(path: str, rule: Rule) -> bool:
    """Whether the id in an address is that of an item; others are of batches, deliveries and jobs."""
    return "{id}" in path and rule.reach == "items" and not path.startswith("/v1/jobs")


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_role_reaches_what_its_row_says_and_items_of_its_facilities_alone(
    hospital: Hospital, role: str, limit: str
) -> None:
    for (method, path), rule in RULES.items():
        for npi, item in named(hospital, path, rule, role, limit):
            answer = sent(hospital, role, limit, method, path, item)
            place = f"{role} {limit}: {method} {path} {npi} {answer.status_code} {answer.text[:300]}"
            if not is_allowed(rule, role, limit):
                assert answer.status_code == 403, place
            elif npi and limit != "all" and npi not in (LIMITS[limit] or ()):
                absent = sent(hospital, role, limit, method, path, ABSENT)
                assert answer.status_code == absent.status_code, place
                assert answer.status_code == 404 or is_led_back(answer, absent), place
                assert answer.text.replace(item, "") == absent.text.replace(ABSENT, ""), place
            else:
                assert is_answered(method, path, answer), place


@pytest.mark.parametrize(("method", "path"), sorted(RULES))
def test_without_credentials_only_what_is_open_answers(hospital: Hospital, method: str, path: str) -> None:
    target = "/static/pages.css" if path == "/static" else path.replace("{id}", hospital.items[NORTH])
    answer = AsgiClient(hospital.application.asgi).send(method, target)
    led = answer.status_code == 303 and answer.headers["location"].startswith("/login")
    assert (answer.status_code == 401 or led) == (not RULES[method, path].is_open)
    assert led == (method == "GET" and not path.startswith(("/v1", "/metrics", "/login", "/static")))


def test_lists_and_counts_hold_items_of_one_s_facilities_alone(hospital: Hospital) -> None:
    north, south = ids(hospital, "north"), ids(hospital, "south")
    assert hospital.items[NORTH] in north
    assert hospital.items[SOUTH] in south
    assert not north & south
    assert north | south == ids(hospital, "all")
    assert ids(hospital, "neither") == set()


def test_pages_by_cursor_hold_one_s_own_alone_even_with_a_cursor_of_somebody_else(hospital: Hospital) -> None:
    def page(limit: str, after: str | None) -> Any:
        more = {"after": after} if after else {}
        query = urlencode({"status": "all", "limit": "1", **more})
        return hospital.ask("auditor", limit, "GET", f"/v1/items?{query}").json()

    seen, cursor = [], None
    while True:
        found = page("north", cursor)
        seen += [row["id"] for row in found["rows"]]
        cursor = found["next"]
        if cursor is None:
            break
    assert sorted(seen) == sorted(ids(hospital, "north"))
    foreign = page("all", None)["next"]
    north = ids(hospital, "north")
    while foreign:
        rows = page("north", foreign)["rows"]
        assert {row["id"] for row in rows} <= north
        foreign = page("all", foreign)["next"]


@pytest.mark.parametrize("path", ["/", "/next", "/blind-checks"])
def test_no_page_names_an_item_of_another_facility(hospital: Hospital, path: str) -> None:
    answer = hospital.ask("reviewer", "north", "GET", path)
    text = answer.text + answer.headers.get("location", "")
    everything = ids(hospital, "all")
    assert any(item in text for item in everything)
    assert not any(item in text for item in everything - ids(hospital, "north"))


def test_worklists_backlog_and_waiting_checks_count_one_s_own_alone(hospital: Hospital) -> None:
    def counted(role: str, limit: str, path: str, *steps: str) -> Any:
        found = hospital.ask(role, limit, "GET", path).json()
        for step in steps:
            found = found[step]
        return found

    for path, steps in (("/v1/backlog", ["items"]), ("/v1/blind-checks", ["total"])):
        role = "lead"
        north, south, both = (counted(role, limit, path, *steps) for limit in ("north", "south", "all"))
        assert north + south == both
        assert north == south > 0
        assert counted(role, "neither", path, *steps) == 0
    days = [counted("lead", "north", f"/v1/worklist?reviewer=reviewer {limit}") for limit in LIMITS]
    listed = {row["id"] for day in days for row in (*day["items"], *day["waiting"])}
    assert listed
    assert listed <= ids(hospital, "north")


def test_a_reviewer_sees_no_other_s_worklist_and_a_lead_does(hospital: Hospital) -> None:
    other = "/v1/worklist?reviewer=reviewer south"
    assert hospital.ask("reviewer", "north", "GET", other).status_code == 404
    assert hospital.ask("lead", "all", "GET", other).status_code == 200


def test_a_file_of_another_facility_is_refused_as_a_whole(hospital: Hospital) -> None:
    before = ids(hospital, "all")
    data = professional([BilledClaim("new-1", "321")], control="000000777")
    refused = hospital.ask("engine", "south", "POST", "/v1/files", files={"file": ("a.837", data)})
    assert (refused.status_code, refused.json()["code"]) == (403, "other-facility")
    assert ids(hospital, "all") == before


def test_a_job_is_seen_by_who_left_it_and_by_those_without_a_limit(hospital: Hospital) -> None:
    for sender, asker in itertools.product(hospital.jobs, repeat=2):
        answer = hospital.ask(*asker, "GET", f"/v1/jobs/{hospital.jobs[sender]}")
        assert answer.status_code == (200 if asker[1] == "all" or asker == sender else 404), (sender, asker)


def test_a_payment_is_matched_against_claims_of_one_s_facilities_alone(hospital: Hospital) -> None:
    payment = plain(make_claim_payment(claim_id="0-1", charge="20001", payee_npi=NORTH))
    body = {"items": [{"claim_payment": payment}]}
    found = {
        limit: hospital.ask("engine", limit, "POST", "/v1/remittance-match", json=body).json()["items"][0]
        for limit in ("north", "neither")
    }
    assert found["north"]["candidates"] > 0
    assert (found["neither"]["candidates"], found["neither"]["proposed_claim"]) == (0, None)


@pytest.mark.parametrize("given", [{"reviewer": "somebody else"}, {}])
def test_a_decision_is_signed_by_the_actor_whatever_name_it_gives_or_does_not(
    hospital: Hospital, given: dict[str, str]
) -> None:
    claims = hospital.ask("reviewer", "north", "GET", "/v1/items?kind=denial-risk&limit=200").json()["rows"]
    body = {"action": "none", "reason": "a test", **given}
    decided = hospital.ask(
        "reviewer",
        "north",
        "POST",
        f"/v1/items/{claims[0]['id']}/decision",
        json=body,
        headers={"If-Match": '"1"'},
    )
    assert decided.json()["decided"]["decision"]["reviewer"] == "reviewer north"


def test_claims_of_another_facility_stand_beside_no_payment_and_cannot_be_chosen(hospital: Hospital) -> None:
    store, item = hospital.application.store, hospital.drawn[NORTH]
    foreign = store.get(hospital.items[SOUTH]).candidates[0][0]
    row = {"item_id": item, "position": 9, "reference": foreign, "probability": 0.25}
    with store._database.writing() as connection:
        connection.execute(insert(candidates), row)
    whole = store.get(item)
    with acting_as(Actor("x", frozenset({"reviewer"}), frozenset({NORTH}))):
        own = store.get(item)
        with pytest.raises(BadInputError, match="not among"):
            store.decide(item, Decision("choose", "x", foreign, "why"), version=1, at=NOW)
    assert [one[0] for one in whole.candidates] == [*(one[0] for one in own.candidates), foreign]
    assert own.none_probability == pytest.approx((whole.none_probability or 0.0) + 0.25)


def test_a_file_without_items_of_one_s_own_is_not_found_unless_one_sent_it(hospital: Hospital) -> None:
    def listed(limit: str, file: str) -> tuple[int, list[str]]:
        answer = hospital.ask("engine", limit, "GET", f"/v1/items?status=all&file={file}")
        return answer.status_code, [row["id"] for row in answer.json().get("rows", ())]

    def sent(limit: str, file: bytes) -> str:
        files = {"file": ("f.x12", file.replace(NORTH.encode(), SOUTH.encode()))}
        return str(hospital.ask("engine", limit, "POST", "/v1/files", files=files).json()["file"])

    claim = professional([BilledClaim("F-1", "100")], control="000000301")
    file = sent("south", claim)
    found = listed("south", file)
    assert len(found[1]) == 1
    assert listed("all", file) == found
    assert listed("north", file) == listed("north", ABSENT) == (404, [])
    refusal = sent("south", rejection())
    assert len(listed("all", refusal)[1]) == 1
    assert listed("south", refusal) == (200, []), "it names no facility, but it came from here"
    assert listed("north", refusal) == (404, [])
