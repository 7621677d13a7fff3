"""How challenger and champion compare: lanes, confidences, and who was right on the items of which that is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from features.commandline import main
from models.files import read_manifest
from models.measures import ece, log_loss
from serving.metrics import metrics
from serving.monitor.records import BlindCheck
from serving.shadow.comparison import FEWEST, report
from serving.shadow.records import Comparison
from serving.store.monitor import MonitorStore
from serving.store.shadow_reading import Both, Pairing, ShadowReading, Truth
from tests.serving.conftest import NOW
from tests.serving.shadow.conftest import CLAIMS, HERE, PAID, Service, Site, put
from tests.support.small_x12 import BilledClaim, payments_of

OF = Pairing("remittance-match", "remittance-match-b", "remittance-match-a", NOW, None, 100)


@dataclass
class Given:
    """What a store would tell."""

    items: Sequence[Both] = ()
    came_out: Sequence[Truth] = ()
    asked: list[int] = field(default_factory=list)

    def pairings(self) -> tuple[Pairing, ...]:
        return (OF,)

    def both(self, of: Pairing, *, limit: int) -> Sequence[Both]:
        self.asked.append(limit)
        return self.items[:limit] if of is OF else ()

    def truths(self, of: Pairing, at: datetime, *, limit: int) -> Sequence[Truth]:
        return self.came_out[:limit] if of is OF and at == NOW else ()


def compared(given: Given) -> Comparison:
    (found,) = report(cast("ShadowReading", given), NOW).comparisons
    return found


def truth(
    lanes: tuple[str, str], right: tuple[bool, bool], shares: tuple[float, float], drawn: float = 1.0
) -> Truth:
    """The champion first."""
    said = Both(*lanes, 0.9, 0.8)
    return Truth(said, "decision" if drawn == 1.0 else "blind-check", *right, *shares, drawn)


def test_lanes_are_counted_in_pairs_and_differences_by_their_size() -> None:
    both = [Both("review", "auto", 0.5, 0.9)] * 3 + [Both("auto", "auto", 0.99, 0.98)] * 6
    found = compared(Given([*both, Both("review", "review", None, 0.2)]))
    assert {(one.champion, one.challenger): one.items for one in found.lanes} == {
        ("review", "auto"): 3, ("auto", "auto"): 6, ("review", "review"): 1,
    }  # fmt: skip
    assert found.agreement == pytest.approx(0.7)
    assert found.differences is not None
    assert found.differences.items == 9
    assert found.differences.mean == pytest.approx((3 * 0.4 - 6 * 0.01) / 9)
    assert found.differences.median == pytest.approx(-0.01)
    assert found.differences.beyond_a_tenth == pytest.approx(1 / 3)


def test_the_precision_of_a_lane_counts_each_checked_item_for_those_that_it_stands_for() -> None:
    drawn = [truth(("auto", "auto"), (True, True), (0.9, 0.9), 0.1)] * 40
    seen = [truth(("review", "auto"), (True, False), (0.6, 0.3))] * 10
    found = compared(Given((), [*drawn, *seen])).judged
    assert (found.champion.automatic.judged, found.champion.automatic.wrong) == (40, 0)
    assert found.champion.automatic.precision == 1.0
    ours = found.challenger.automatic
    assert (ours.judged, ours.wrong) == (50, 10)
    assert ours.precision == pytest.approx(1 - 10 / (40 / 0.1 + 10))
    assert ours.low < ours.precision < ours.high
    assert found.by == {"blind-check": 40, "decision": 10}


def test_log_loss_and_calibration_are_the_measures_of_training_on_what_came_out() -> None:
    random = np.random.default_rng(5)
    theirs = random.uniform(0.3, 0.95, 200)
    better = np.clip(theirs + 0.04, 0, 1)
    right = random.random(200) < 0.8
    came_out = [
        truth(("review", "review"), (bool(ok), True), (float(one), float(other)))
        for ok, one, other in zip(right, theirs, better, strict=True)
    ]
    found = compared(Given((), came_out)).judged
    ones = np.ones(200)
    assert found.champion.log_loss == pytest.approx(log_loss(theirs, ones, ones[None, :])[0])
    assert found.champion.ece == ece(np.full(200, 0.9), right.astype(float))
    assert found.champion.log_loss_low is not None
    assert found.champion.log_loss_high is not None
    assert found.champion.log_loss_low < found.champion.log_loss < found.champion.log_loss_high
    assert found.difference is not None
    assert found.difference_high is not None
    assert found.difference < found.difference_high < 0, "the challenger is better with its whole interval"


def test_too_few_judged_items_give_no_figures() -> None:
    few = [truth(("review", "review"), (True, True), (0.9, 0.9))] * (FEWEST - 1)
    found = compared(Given((), few)).judged
    assert (found.items, found.difference) == (FEWEST - 1, None)
    assert (found.champion.log_loss, found.challenger.ece) == (None, None)


def of_kind(service: Service, kind: str) -> Comparison:
    found = report(ShadowReading.of(service.store), service.at).comparisons
    return next(one for one in found if one.kind == kind)


def test_payments_are_judged_by_who_decided_them_and_by_blind_checks(
    site: Site, first: Path, second: Path
) -> None:
    put(second, site.challengers)
    service = site.serve(first, policy_draws=1.0)
    service.rounds.once()
    service.bill(*CLAIMS)
    service.pay(*PAID)
    service.rounds.once()
    kind = "remittance-match"
    assert of_kind(service, kind).judged.items == 0
    decided, checked = 0, 0
    for row in service.rows(kind).values():
        item = service.store.get(row["id"])
        own = next(ref for ref, claim, _ in item.candidates if claim.claim_id == row["claim_id"])
        if row["status"] == "automatic":
            given = BlindCheck("choose", "ann", own, None)
            MonitorStore.of(service.store).check(row["id"], given, service.at)
            checked += 1
        elif decided < 3:
            service.decide(row)
            decided += 1
    assert checked
    assert decided == 3
    found = of_kind(service, kind)
    assert found.judged.by == {"decision": decided, "blind-check": checked}
    assert (found.items, found.compared) == (len(PAID), len(PAID))
    rows = service.shadow(found.challenger)
    lanes = [(one.champion_lane, one.lane) for one in rows.values()]
    assert {(one.champion, one.challenger): one.items for one in found.lanes} == {
        pair: lanes.count(pair) for pair in lanes
    }
    assert found.judged.champion.automatic.judged == checked
    assert found.judged.champion.automatic.wrong == 0, "each was posted to the claim of its own number"


def test_claims_are_judged_by_their_payers_answers_once_they_are_old_enough(
    site: Site, first: Path, second: Path
) -> None:
    put(second, site.challengers, "denial-risk")
    service = site.serve(first, certified=False)
    service.rounds.once()
    many = [BilledClaim(f"N-{place}", str(100 + place), member=f"N{place:06d}") for place in range(40)]
    service.bill(*many)
    service.rounds.once()
    paid = payments_of(many, number="PN", denied=range(0, 40, 5))
    service.pay(*paid)
    for row in service.rows("remittance-match").values():
        service.decide(row)
    assert of_kind(service, "denial-risk").judged.items == 0, "quick answers are not like the others"
    service.at += timedelta(days=60)
    found = of_kind(service, "denial-risk").judged
    assert (found.items, found.by) == (40, {"answer": 40})
    kept = service.shadow()
    shares = []
    for place, one in enumerate(many):
        confidence = kept[service.rows("denial-risk")[one.claim_id]["id"]].confidence
        shares.append(1.0 - confidence if place % 5 == 0 else confidence)
    ones = np.ones(40)
    assert found.challenger.log_loss == pytest.approx(log_loss(np.array(shares), ones, ones[None, :])[0])
    assert found.champion.log_loss != found.challenger.log_loss


def test_the_endpoint_and_the_command_tell_the_same_and_nothing_of_a_patient(
    site: Site, first: Path, second: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    put(second, site.challengers)
    service = site.serve(first)
    service.rounds.once()
    assert service.get("/v1/shadow").json() == {"comparisons": []}
    service.bill(*CLAIMS)
    service.pay(*PAID)
    service.rounds.once()
    answer = service.get("/v1/shadow")
    found = answer.json()["comparisons"]
    assert [one["kind"] for one in found] == ["denial-risk", "remittance-match"]
    for one in found:
        assert one["challenger"] == read_manifest(second / one["kind"], kind=one["kind"]).version
        assert sum(pair["items"] for pair in one["lanes"]) == one["items"] == len(CLAIMS)
    for told in ("DOE", "JANE", "A-1", *(row["id"] for row in service.rows("denial-risk").values())):
        assert told not in answer.text

    def command(*arguments: str) -> str:
        monkeypatch.setenv("CLEARLANE_DATABASE_URL", service.settings.database_url)
        monkeypatch.setenv("CLEARLANE_HOME", str(service.settings.home))
        given = ["shadow", *arguments]
        status = main(prog="p", description="", commands={"shadow": "serving.shadow_command"}, argv=given)
        assert status == 0
        return capsys.readouterr().out

    said = command()
    for one in found:
        assert f"{one['kind']}: {one['challenger']} in the shadow of {one['champion']}" in said
    assert "nothing of it was judged" in said
    monkeypatch.setenv("CLEARLANE_TODAY", f"{NOW:%Y-%m-%d}")
    assert '"comparisons"' in command("--json")
    assert "the latest 5 compared" in command("--latest", "5")


def test_the_metrics_tell_who_shadows_how_much_and_how_far_behind(
    site: Site, first: Path, second: Path
) -> None:
    put(second, site.challengers, "denial-risk")
    service = site.serve(first)
    before = metrics().shadowed.labels("denial-risk", "scored")._value.get()
    service.rounds.once()
    service.bill(*CLAIMS)
    service.rounds.once()
    text = service.get("/metrics").text
    version = read_manifest(second / "denial-risk", kind="denial-risk").version
    assert f'clearlane_challenger_info{{kind="denial-risk",version="{version}"}} 1.0' in text
    assert f'clearlane_shadow_scores_total{{kind="denial-risk",outcome="scored"}} {before + 12}' in text
    assert 'clearlane_shadow_lag_seconds{kind="denial-risk"} 0.0' in text
    assert service.client.send("POST", f"{HERE}/v1/shadow").status_code == 405
