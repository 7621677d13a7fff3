"""The advice on a claim before it is sent, as the queue puts it together and the API gives it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from features.claim_edits.edit import Known
from features.code_pairs import CodePairs
from features.coverage import Coverage, CoverageRow
from features.evidence import Reason
from features.x12.records import Claim
from models.denial_outlook import DenialOutlook, Likely
from models.denial_risk import DenialRiskModel, DenialRiskScore
from models.recovery_limits import Limit, Limits
from models.recovery_neutral import NeutralRecovery
from serving.application import build
from serving.denial_advice import advise
from serving.ingestion import take
from serving.items import ItemFilter
from serving.queue import detail
from serving.store.store import Store
from tests.serving.conftest import NOW
from tests.support.asgi_client import AsgiClient
from tests.support.builders import make_claim
from tests.support.fake_champions import fake_champions
from tests.support.small_x12 import BilledClaim, professional

COVERED = CodePairs(
    coverage=Coverage.of_rows([CoverageRow("99213", "E11", "", date.min, date.max)]),
)


@dataclass(frozen=True)
class AsksForAuthorization:
    """Half of the claims without an authorization are denied, and one in a hundred of the others."""

    version: str = "denial-risk-fake"

    def score(self, claims: Sequence[Claim]) -> list[DenialRiskScore]:
        """One answer a claim."""
        return [
            DenialRiskScore(0.01, 0.0, 0.02) if claim.prior_authorization else DenialRiskScore(0.5, 0.4, 0.6)
            for claim in claims
        ]

    def explain(self, claim: Claim) -> tuple[Reason, ...]:
        """None."""
        del claim
        return ()


@dataclass(frozen=True)
class Foresees(AsksForAuthorization):
    """The same, and it tells what a denial would be about."""

    def outlook(self, claim: Claim) -> DenialOutlook:
        """Always the authorization."""
        del claim
        return DenialOutlook(categories=(Likely("authorization", 0.9),))


class KnowsAnotherId:
    """History in which every patient has another member id."""

    def of(self, claim: Claim) -> Known:
        """That id."""
        del claim
        return Known(subscriber_ids=("M1",))


def test_the_advice_tells_what_would_change_the_models_score() -> None:
    advice = advise(make_claim(), AsksForAuthorization())
    (change,) = advice.changes
    assert [edit.code for edit in change.edits] == ["authorization"]
    assert (change.before, change.after) == (0.5, 0.01)
    assert advice.outlook == DenialOutlook()


def test_what_a_denial_would_be_about_is_told_by_models_that_know() -> None:
    assert advise(make_claim(), Foresees()).outlook.categories[0].code == "authorization"


def test_without_the_model_that_scored_a_claim_only_broken_rules_are_told() -> None:
    advice = advise(make_claim(), None, pairs=COVERED)
    assert [conflict.code for conflict in advice.conflicts] == ["diagnosis-not-covered"]
    assert advice.changes == ()


def test_an_edit_that_history_suggests_is_tried() -> None:
    @dataclass(frozen=True)
    class AsksForId(AsksForAuthorization):
        def score(self, claims: Sequence[Claim]) -> list[DenialRiskScore]:
            risks = [0.1 if claim.subscriber_id == "M1" else 0.6 for claim in claims]
            return [DenialRiskScore(risk, risk, risk) for risk in risks]

    (change,) = advise(make_claim(), AsksForId(), known=Known(subscriber_ids=("M1",))).changes
    assert change.edits[0].value == "M1"


def test_the_api_gives_the_advice_with_the_item(store: Store) -> None:
    champions = replace(fake_champions(), denial_risk=Foresees(), code_pairs=COVERED, known=KnowsAnotherId())
    application = build(store, champions, clock=lambda: NOW)
    client = AsgiClient(application.asgi)
    client.post_file(professional([BilledClaim()]))
    (row,) = client.get("/v1/items?kind=denial-risk").json()["rows"]
    advice = client.get(f"/v1/items/{row['id']}").json()["advice"]
    application.close()
    assert advice["changes"][0]["edits"][0]["code"] == "authorization"
    assert (advice["changes"][0]["before"], advice["changes"][0]["after"]) == (0.5, 0.01)
    assert advice["outlook"]["categories"] == [{"code": "authorization", "probability": 0.9}]
    assert advice["conflicts"][0]["code"] == "diagnosis-not-covered"


def test_the_users_tables_reach_the_champions_and_leave_a_tests_model_alone() -> None:
    champions = fake_champions()
    given = champions.with_code_pairs(COVERED)
    assert given.code_pairs is COVERED
    assert given.denial_risk is champions.denial_risk


def test_a_trained_model_is_given_the_tables_and_scores_the_same_with_them(trained: Path) -> None:
    model = DenialRiskModel.load(trained / "denial-risk")
    champions = replace(fake_champions(), denial_risk=model).with_code_pairs(COVERED)
    assert isinstance(champions.denial_risk, DenialRiskModel)
    assert champions.denial_risk.pairs is COVERED
    assert champions.denial_risk.score([make_claim()]) == model.score([make_claim()])


def test_a_model_that_did_not_score_the_item_changes_no_score(store: Store) -> None:
    champions = replace(fake_champions(), denial_risk=AsksForAuthorization())
    take(professional([BilledClaim()]), name="a.837", store=store, champions=champions, at=NOW)
    (row,) = store.page(ItemFilter(kind="denial-risk"), offset=0, limit=1).rows
    stored = store.get(row.id)
    later = replace(champions, denial_risk=AsksForAuthorization(version="denial-risk-next"))
    found = [detail(stored, known).advice for known in (champions, later)]
    assert [len(advice.changes) if advice else None for advice in found] == [1, 0]


def test_a_users_deadlines_reach_what_is_proposed_about_denials() -> None:
    limits = Limits.of([Limit("appeal", 10)])
    champions = replace(fake_champions(), denial_recovery=NeutralRecovery()).with_limits(limits)
    assert isinstance(champions.denial_recovery, NeutralRecovery)
    assert champions.denial_recovery.limits is limits
