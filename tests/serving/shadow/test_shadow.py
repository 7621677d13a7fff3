"""A challenger scores what the champion scored, as it would have in its place, and nobody notices; both databases."""

from __future__ import annotations

import logging
import shutil
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import json
from sqlalchemy import func, select

from models.denial_risk import DenialRiskModel
from models.files import read_manifest
from serving.metrics import metrics
from serving.retention.purge import Purge
from serving.shadow.rounds import ShadowRounds
from serving.store.replay_tables import score_inputs
from serving.store.shadow import Due, ShadowScore, ShadowStore
from serving.store.shadow_tables import shadow_scores
from serving.store.store import Store
from tests.serving.shadow.conftest import CLAIMS, HERE, PAID, Service, Site, put
from tests.support.small_x12 import BilledClaim

KINDS = ("denial-risk", "remittance-match")


def version(models: Path, kind: str) -> str:
    return read_manifest(models / kind, kind=kind).version


def a_day(service: Service) -> None:
    service.bill(*CLAIMS)
    service.rounds.once()
    service.pay(*PAID)
    service.rounds.once()


def rounds_of(service: Service) -> ShadowRounds:
    """Rounds that look at the folder in each turn and do not rest."""
    models, folder = service.generation.champions, service.settings.challengers
    return ShadowRounds(service.store, models, folder, clock=lambda: service.at, every=0.0, rest=0.0)


def told(service: Service, kind: str) -> dict[str, tuple[Any, ...]]:
    """What a service itself says of its items, by claim: confidence, lane, the likeliest claim, probabilities."""
    found = {}
    for name, row in service.rows(kind).items():
        item = service.store.get(row["id"])
        shares = {claim.claim_id: probability for _, claim, probability in item.candidates}
        found[name] = (item.row.confidence, item.row.lane, next(iter(shares), None), shares)
    return found


def shadowed(service: Service, kind: str, of: str) -> dict[str, tuple[Any, ...]]:
    """The same of what is stored of a challenger."""
    rows, found = service.shadow(of), {}
    for name, row in service.rows(kind).items():
        kept = rows[row["id"]]
        claims = {
            reference: claim.claim_id for reference, claim, _ in service.store.get(row["id"]).candidates
        }
        shares = dict(zip(claims.values(), json.decode(kept.shares or "[]"), strict=False))
        found[name] = (kept.confidence, kept.lane, claims.get(kept.best), shares)
    return found


def test_what_a_challenger_says_is_what_it_would_have_answered_as_champion(
    site: Site, first: Path, second: Path
) -> None:
    put(second, site.challengers)
    shadowing, serving = site.serve(first), site.serve(second, shadowed=False)
    shadowing.rounds.once()
    a_day(shadowing)
    a_day(serving)
    for kind in KINDS:
        ours = told(serving, kind)
        assert shadowed(shadowing, kind, version(second, kind)) == ours
        assert told(shadowing, kind) != ours
    lanes = {row.lane for row in shadowing.shadow().values()}
    assert "auto" in lanes, "by the certificates that came with the challenger"
    assert serving.shadow() == {}
    champions = {row.item_id: (row.champion, row.champion_lane) for row in shadowing.shadow().values()}
    for kind in KINDS:
        for row in shadowing.rows(kind).values():
            assert champions[row["id"]] == (version(first, kind), row["lane"])


def test_it_knows_of_a_patient_what_was_known_then_and_of_payers_what_it_learnt_itself(
    site: Site, first: Path, second: Path
) -> None:
    """Second bills of patients whose first were answered; nothing goes automatically, so that both stores agree."""
    put(second, site.challengers, certified=False)
    shadowing = site.serve(first, certified=False)
    serving = site.serve(second, shadowed=False, certified=False)
    again = [
        BilledClaim(f"B-{place}", one.charge, member=one.member, day="20240402")
        for place, one in enumerate(CLAIMS)
    ]
    for service in (shadowing, serving):
        service.rounds.once()
        a_day(service)
        for row in service.rows("remittance-match").values():
            service.decide(row)
        service.at += timedelta(minutes=5)
        service.bill(*again)
    late = [BilledClaim("Z-1", "500", member=CLAIMS[0].member, day="20240402")]
    shadowing.bill(*late)  # comes before the round: what it tells of the patient was not known then
    shadowing.rounds.once()
    ours, kept = told(serving, "denial-risk"), shadowed(shadowing, "denial-risk", version(second, KINDS[0]))
    assert {name: kept[name] for name in ours} == ours
    plain = {one[0] for name, one in ours.items() if name.startswith("B-")}
    assert len(plain) > 1


def test_no_answer_and_no_page_is_another_for_it(site: Site, first: Path, second: Path) -> None:
    """Two services alike to the key of their ids, one of them with challengers: byte by byte."""
    put(second, site.challengers)
    pair = [site.serve(first, key=b"k" * 32, shadowed=flag) for flag in (True, False)]
    answers: list[list[tuple[int, bytes]]] = []
    for service in pair:
        service.rounds.once()
        said = [service.bill(*CLAIMS)]
        service.rounds.once()
        said.append(service.pay(*PAID))
        service.rounds.once()
        listed = service.get("/v1/items?status=all&limit=200")
        names = [row["id"] for row in listed.json()["rows"]]
        pages = [
            "/",
            "/?status=all",
            "/certificates",
            "/monitor",
            "/backlog",
            *(f"/items/{one}" for one in names),
        ]
        paths = [f"/v1/items/{one}" for one in names] + ["/v1/certificates", "/v1/monitor", "/v1/backlog"]
        said += [listed, *map(service.get, (*pages, *paths))]
        item = service.get(f"/v1/items/{names[0]}").json()
        body = {"items": [{"claim": item["subject"]}]} if item["row"]["kind"] == KINDS[0] else {"items": []}
        said.append(service.client.post_json(f"{HERE}/v1/denial-risk", body))
        answers.append([(one.status_code, one.content) for one in said])
    assert len(pair[0].shadow()) == len(CLAIMS) + len(PAID)
    assert pair[1].shadow() == {}
    assert answers[0] == answers[1]
    for _, content in answers[0]:
        assert version(second, KINDS[0]).encode() not in content


@pytest.mark.parametrize("damage", ["part", "manifest"])
def test_one_that_cannot_be_loaded_is_told_of_once_and_the_one_before_goes_on(
    site: Site, first: Path, second: Path, third: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    put(second, site.challengers, KINDS[0])
    service = site.serve(first)
    service.rounds.once()
    refused = metrics().challenger_swaps.labels("refused")._value.get()
    put(third, site.challengers, KINDS[0])
    broken = site.challengers / KINDS[0]
    name = read_manifest(third / KINDS[0], kind=KINDS[0]).boosters["risk"].file if damage == "part" else ""
    (broken / (name or "manifest.json")).write_text("no model", encoding="utf-8")
    with caplog.at_level(logging.ERROR, logger="clearlane.serving.shadow"):
        for _ in range(4):
            service.rounds.once()
    assert len([one for one in caplog.records if "is not taken" in one.message]) == 1
    assert metrics().challenger_swaps.labels("refused")._value.get() == refused + 1
    service.bill(*CLAIMS)
    assert service.rounds.once() == len(CLAIMS)
    assert {row.version for row in service.shadow().values()} == {version(second, KINDS[0])}


def test_one_whose_files_were_not_what_failed_is_taken_at_a_later_look(
    site: Site, first: Path, second: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def no_file_is_left(*_: object, **__: object) -> None:
        raise OSError(24, "Too many open files")

    put(second, site.challengers)
    service = site.serve(first)
    refused = metrics().challenger_swaps.labels("refused")._value.get()
    with monkeypatch.context() as failing, caplog.at_level(logging.ERROR, logger="clearlane.serving.shadow"):
        failing.setattr(DenialRiskModel, "load", no_file_is_left)
        service.rounds.once()
        service.rounds.once()
    assert metrics().challenger_swaps.labels("refused")._value.get() == refused + 2
    assert all("tried again" in one.message for one in caplog.records)
    (other,) = service.rounds._folder.challengers
    service.rounds.once()
    assert {one.version for one in service.rounds._folder.challengers} == {
        version(second, kind) for kind in KINDS
    }
    assert other in service.rounds._folder.challengers, "what was loaded is not loaded again"


def test_a_broken_one_at_the_start_keeps_neither_the_service_nor_the_other_kind_from_working(
    site: Site, first: Path, second: Path
) -> None:
    put(second, site.challengers)
    (site.challengers / KINDS[0] / "manifest.json").write_text("{", encoding="utf-8")
    service = site.serve(first)
    a_day(service)
    service.pay(*PAID[:1])
    service.rounds.once()
    assert {row.kind for row in service.shadow().values()} == {KINDS[1]}


def test_another_challenger_is_taken_over_to_and_scores_what_comes_from_then_on(
    site: Site, first: Path, second: Path, third: Path
) -> None:
    put(second, site.challengers)
    service = site.serve(first)
    service.bill(*CLAIMS[:3])
    assert service.rounds.once() == 0, "what came before it was there may have taught it"
    service.bill(*CLAIMS[3:6])
    assert service.rounds.once() == 3
    put(third, site.challengers, KINDS[0])
    service.bill(*CLAIMS[6:8])
    assert service.rounds.once() == 2, "the files may still be written, so the one before scores on"
    assert service.rounds.once() == 0
    service.bill(*CLAIMS[8:])
    assert service.rounds.once() == 4
    assert len(service.shadow(version(second, KINDS[0]))) == 5
    assert len(service.shadow(version(third, KINDS[0]))) == 4
    said = [
        (one["subject"], "before" if one["before"] else "after")
        for one in service.entries("challenger")
        if KINDS[0] in (one["before"] or one["after"] or "")
    ]
    assert said == [
        (version(second, KINDS[0]), "after"),
        (version(second, KINDS[0]), "before"),
        (version(third, KINDS[0]), "after"),
    ]
    gauge = metrics().challengers
    assert gauge.labels(KINDS[0], version(second, KINDS[0]))._value.get() == 0
    assert gauge.labels(KINDS[0], version(third, KINDS[0]))._value.get() == 1


def test_without_its_folder_or_as_the_champion_it_shadows_no_longer(
    site: Site, first: Path, second: Path
) -> None:
    put(second, site.challengers, KINDS[0])
    service = site.serve(first)
    service.rounds.once()
    address = service.settings.database_url
    promoted = site.serve(second, url=address)
    promoted.rounds.once()
    promoted.bill(*CLAIMS)
    assert promoted.rounds.once() == 0
    again = site.serve(first, url=address)
    again.rounds.once()
    site.serve(first, url=address, shadowed=False).rounds.once()
    states = ["stop" if one["before"] else "start" for one in service.entries("challenger")]
    assert states == ["start", "stop", "start", "stop"]


def test_two_that_score_at_once_store_each_score_once(site: Site, first: Path, second: Path) -> None:
    put(second, site.challengers, KINDS[0])
    service = site.serve(first)
    other = Service(service.settings, Store(service.settings.database_url))
    site.opened.append(other)
    for one in (service, other):
        one.rounds.once()
    many = [BilledClaim(f"M-{place}", str(50 + place), member=f"M{place}") for place in range(230)]
    service.bill(*many)
    together, stored, errors = threading.Barrier(2), [0, 0], []

    def work(place: int, rounds: ShadowRounds) -> None:
        together.wait()
        try:
            for _ in range(3):
                stored[place] += rounds.once()
        except Exception as error:
            errors.append(error)

    threads = [
        threading.Thread(target=work, args=(place, one.rounds)) for place, one in enumerate((service, other))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sum(stored) == len(many)
    assert len(service.shadow()) == len(many)
    with service.store._database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(shadow_scores)).scalar() == len(many)


def test_what_another_process_has_stored_meanwhile_is_not_stored_again(
    site: Site, first: Path, second: Path
) -> None:
    put(second, site.challengers, KINDS[0])
    service = site.serve(first)
    service.rounds.once()
    service.bill(*CLAIMS)
    kept, of = ShadowStore.of(service.store), version(second, KINDS[0])
    due = kept.due(KINDS[0], of, limit=100)
    assert due is not None
    scores = [ShadowScore(one.id, one.champion or "", one.lane, 0.5, "review", "p") for one in due.items]
    assert kept.keep(due, KINDS[0], of, scores, service.at) == len(CLAIMS)
    assert kept.keep(due, KINDS[0], of, scores, service.at) is None
    assert kept.due(KINDS[0], of, limit=100) is None
    assert service.rounds.once() == 0
    assert {row.confidence for row in service.shadow().values()} == {0.5}


def test_nothing_is_missed_whatever_the_size_of_a_batch(site: Site, first: Path, second: Path) -> None:
    put(second, site.challengers)
    service = site.serve(first)
    service.rounds.once()
    a_day(service)
    items = {row["id"] for kind in KINDS for row in service.rows(kind).values()}
    assert set(service.shadow()) == items
    kept = ShadowStore.of(service.store)
    assert kept.due(KINDS[0], version(first, KINDS[0]), limit=5) is None, "that is no challenger"


def test_challengers_take_turns_so_that_a_busy_one_keeps_no_other_waiting(
    site: Site, first: Path, second: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(second, site.challengers)
    service = site.serve(first)
    service.rounds.once()
    service.bill(*CLAIMS)
    service.pay(*PAID)
    turns, keep = [], ShadowStore.keep

    def noting(kept: ShadowStore, due: Due, kind: str, *more: Any) -> int | None:
        turns.append(kind)
        return keep(kept, due, kind, *more)

    monkeypatch.setattr(ShadowStore, "keep", noting)
    monkeypatch.setattr("serving.shadow.rounds.AT_ONCE", 5)
    rounds = rounds_of(service)
    while rounds._round():
        pass
    assert tuple(turns[:8]) == KINDS * 4
    assert len(service.shadow()) == len(CLAIMS) + len(PAID)


def test_one_that_is_taken_out_while_much_waits_is_asked_no_more_and_its_lag_is_over(
    site: Site, first: Path, second: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(second, site.challengers, KINDS[0])
    service = site.serve(first)
    rounds = rounds_of(service)
    assert not rounds._round()
    service.bill(*CLAIMS)
    service.at += timedelta(hours=1)
    monkeypatch.setattr("serving.shadow.rounds.AT_ONCE", 2)
    assert rounds._round(), "more waits"
    lag = metrics().shadow_lag.labels(KINDS[0])._value
    assert lag.get() == 3600
    shutil.rmtree(site.challengers / KINDS[0])
    assert rounds._round(), "its files may be on their way"
    assert not rounds._round()
    assert 0 < len(service.shadow()) < len(CLAIMS)
    assert lag.get() == 0


def test_what_it_cannot_be_asked_about_is_left_out_and_counted(site: Site, first: Path, second: Path) -> None:
    def left_out(why: str) -> float:
        return float(metrics().shadowed.labels(KINDS[0], why)._value.get())

    put(second, site.challengers, KINDS[0])
    service = site.serve(first)
    service.rounds.once()
    before = [left_out(why) for why in ("no-inputs", "too-late")]
    service.bill(*CLAIMS[:2])
    with service.store._database.writing() as connection:
        connection.execute(score_inputs.delete())
    assert service.rounds.once() == 0
    service.bill(*CLAIMS[2:5])
    service.at += timedelta(days=2)
    service.bill(*CLAIMS[5:6])
    assert service.rounds.once() == 1
    assert [left_out(why) for why in ("no-inputs", "too-late")] == [before[0] + 2, before[1] + 3]


def test_a_purge_removes_it_with_its_item_and_none_is_stored_for_one_that_is_gone(
    site: Site, first: Path, second: Path
) -> None:
    put(second, site.challengers)
    service = site.serve(first, certified=False)
    service.rounds.once()
    service.bill(*CLAIMS[:1])
    service.pay(*PAID[:1])
    service.rounds.once()
    assert len(service.shadow()) == 2
    service.decide(service.rows(KINDS[1])[PAID[0].claim_id])
    row = service.rows(KINDS[0])[CLAIMS[0].claim_id]
    item = service.get(f"/v1/items/{row['id']}")
    body = {"action": "none", "reviewer": "ann", "reason": "held"}
    etag = {"If-Match": item.headers["etag"]}
    assert service.client.post_json(f"{HERE}/v1/items/{row['id']}/decision", body, **etag).is_success
    kept, of = ShadowStore.of(service.store), version(second, KINDS[0])
    service.bill(*CLAIMS[1:2])
    due = kept.due(KINDS[0], of, limit=10)
    assert due is not None
    later = service.at + timedelta(days=500)
    for _ in Purge(service.store, 400, later).steps():
        pass
    assert service.shadow() == {}
    late = [ShadowScore(row["id"], "champion", "review", 0.5, "review", "p")]
    assert kept.keep(due, KINDS[0], of, late, service.at) == 0


def test_the_thread_scores_by_itself_and_ends_with_the_service(site: Site, first: Path, second: Path) -> None:
    put(second, site.challengers, KINDS[0])
    service = site.serve(first)
    rounds = ShadowRounds(
        service.store,
        service.generation.champions,
        service.settings.challengers,
        clock=lambda: service.at,
        every=0.05,
    )
    rounds.start()
    try:
        deadline = threading.Event()
        for _ in range(200):
            if service.entries("challenger"):
                break
            deadline.wait(0.05)
        service.bill(*CLAIMS)
        for _ in range(200):
            if len(service.shadow()) == len(CLAIMS):
                break
            deadline.wait(0.05)
    finally:
        rounds.close()
    assert len(service.shadow()) == len(CLAIMS)
    assert metrics().shadow_lag.labels(KINDS[0])._value.get() == 0
