"""What each field weighs, and the margin to the runner-up: nothing is left out, and only what differs decides."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pytest
from msgspec.structs import replace

from features.evidence import FieldEvidence, Reason
from features.match_evidence import field_evidence
from features.match_pairs import FEATURES
from models.match_margin import WORDS, margin
from models.match_reasons import OTHERS, SENTENCES
from models.match_weights import BASE, CandidateEvidence, contributions, row_of, row_weights
from models.remittance_match import RemittanceMatchModel, pair_rows, raw_log_odds
from tests.support.builders import make_claim, make_claim_payment
from tests.support.matches import a_world, payment_of, some_claims
from training.remittance_match import fit_and_save, prepare


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> RemittanceMatchModel:
    folder: Path = tmp_path_factory.mktemp("match")
    world = a_world(500, seed=4)
    fit_and_save(world, prepare(world), folder=folder, seed=1, rounds=30)
    return RemittanceMatchModel.load(folder)


def evidence_of(fields: dict[str, tuple[str, float]], probability: float) -> CandidateEvidence:
    rows = tuple(
        FieldEvidence(name, "x", value, "exact" if value == "x" else "conflict", None, weight)
        for name, (value, weight) in fields.items()
    )
    base = Reason(BASE, "", -2.0)
    return CandidateEvidence(0, probability, rows, (base,), sum(row.weight or 0 for row in rows) - 2.0)


def test_every_feature_lands_in_a_row_that_can_be_read() -> None:
    shown = {one.field for one in field_evidence(make_claim_payment(), make_claim())}
    for feature, group in FEATURES.items():
        assert row_of(feature, group) in shown | set(SENTENCES), feature


def test_every_field_that_is_shown_has_a_feature_that_weighs_it_and_a_name_in_words() -> None:
    shown = {one.field for one in field_evidence(make_claim_payment(), make_claim())}
    rows = {row_of(feature, group) for feature, group in FEATURES.items()}
    assert shown <= rows
    assert rows - {OTHERS} <= set(WORDS)


def test_base_and_rows_add_up_to_the_boosters_own_sum() -> None:
    draws = np.random.default_rng(5)
    rows = draws.normal(size=(200, len(FEATURES)))
    rows[draws.random(rows.shape) < 0.2] = np.nan
    right = (np.nan_to_num(rows[:, 0]) + np.nan_to_num(rows[:, 8]) > 0.5).astype(int)
    settings = {"objective": "binary", "num_threads": 1, "seed": 3, "verbose": -1, "deterministic": True}
    booster = lgb.train(settings, lgb.Dataset(rows, right), num_boost_round=20)
    totals = row_weights(contributions(booster, rows, threads=1))
    assert sum(totals.values()) == pytest.approx(raw_log_odds(booster, rows, threads=1), abs=1e-6)
    assert len(set(totals[BASE])) == 1


def test_the_evidence_of_every_candidate_adds_up_to_its_log_odds(model: RemittanceMatchModel) -> None:
    claims = some_claims(30, seed=9)
    payment = payment_of(claims[3], 1)
    candidates = [claims[9], claims[3], claims[17], claims[4]]
    (score,) = model.score([payment], [candidates])
    found = model.evidence(payment, candidates, score)
    assert [one.place for one in found] == list(score.order)
    assert [one.probability for one in found] == list(score.probabilities)
    rows, _ = pair_rows([payment], [candidates], model.background)
    raw = raw_log_odds(model.booster, rows, threads=1)
    for one in found:
        weights = [field.weight for field in one.fields] + [reason.weight for reason in one.beside]
        assert sum(weight or 0.0 for weight in weights) == pytest.approx(one.log_odds)
        assert one.log_odds == pytest.approx(raw[one.place], abs=1e-6)
        assert one.beside[-1].code == BASE
    assert found[0].log_odds == max(one.log_odds for one in found)


def test_values_and_agreement_are_those_of_the_records(model: RemittanceMatchModel) -> None:
    claims = some_claims(8, seed=9)
    payment = payment_of(claims[3], 1, claim_id="0")
    (score,) = model.score([payment], [claims])
    for one in model.evidence(payment, claims, score):
        plain = tuple(replace(field, weight=None) for field in one.fields)
        assert plain == field_evidence(payment, claims[one.place])


def test_without_candidates_there_is_no_evidence_and_no_margin(model: RemittanceMatchModel) -> None:
    (score,) = model.score([make_claim_payment()], [[]])
    assert model.evidence(make_claim_payment(), [], score) == ()
    assert margin((), 1.0) is None


def test_siblings_that_nothing_tells_apart_have_no_field_that_decides(model: RemittanceMatchModel) -> None:
    claims = some_claims(16, seed=3)
    payment = payment_of(claims[6], 1, claim_id="0")
    (score,) = model.score([payment], [[claims[6], claims[0], claims[7]]])
    found = margin(model.evidence(payment, [claims[6], claims[0], claims[7]], score), score.none_probability)
    assert found is not None
    assert found.deciding == ()
    assert "No field tells claim 1 and claim 2 apart." in found.text


def test_the_margin_is_that_of_the_score(model: RemittanceMatchModel) -> None:
    claims = some_claims(30, seed=13)
    for number, claim in enumerate(claims[:10]):
        payment = payment_of(claim, number)
        for candidates in (claims, [claim], claims[20:]):
            (score,) = model.score([payment], [candidates])
            found = margin(model.evidence(payment, candidates, score), score.none_probability)
            assert found is not None
            assert found.probability == pytest.approx(score.margin)
            assert (found.likeliest == "claim") == score.proposes_action


def test_the_words_name_what_differs_the_most_telling_first() -> None:
    best = evidence_of({"claim_id": ("x", 1.0), "charge": ("x", 2.5), "payer_id": ("x", 0.5)}, 0.9)
    second = evidence_of({"claim_id": ("x", 0.2), "charge": ("y", -1.0), "payer_id": ("y", 0.0)}, 0.06)
    found = margin((best, second), 0.04)
    assert found is not None
    assert [one.field for one in found.deciding] == ["charge", "payer_id"]
    assert found.deciding[0].weight == 3.5
    assert found.text == (
        "Claim 1 is ahead of claim 2, the next likeliest answer, by 84.0 percentage points. "
        "Between claim 1 and claim 2, the billed amount and the payer decide."
    )


def test_a_field_that_speaks_for_the_runner_up_is_named_too() -> None:
    best = evidence_of({"claim_id": ("y", -1.0), "charge": ("x", 2.5)}, 0.5)
    second = evidence_of({"claim_id": ("x", 1.0), "charge": ("y", -1.0)}, 0.1)
    found = margin((best, second), 0.4)
    assert found is not None
    assert (found.likeliest, found.runner_up) == ("claim", "none")
    assert "“none of these”, the next likeliest answer, by 10.0 percentage points" in found.text
    assert found.text.endswith("the billed amount decides; the control number would favour claim 2.")


def test_where_none_is_likeliest_the_words_say_so(model: RemittanceMatchModel) -> None:
    stranger = make_claim(claim_id="Q777", subscriber_id="Z1", patient_last="ZUZU", charge=Decimal(9))
    payment = payment_of(some_claims(8, seed=5)[0], 1)
    (score,) = model.score([payment], [[stranger]])
    found = margin(model.evidence(payment, [stranger], score), score.none_probability)
    assert found is not None
    assert (found.likeliest, found.runner_up) == ("none", "claim")
    assert found.text.startswith("That none of these is the claim is ahead of claim 1 by ")
    assert "Against claim 1 speak" in found.text
    assert "claim 2" not in found.text


def test_a_single_plural_takes_its_verb() -> None:
    best, second = (
        evidence_of({"procedures": (value, weight)}, 0.5) for value, weight in (("x", 1), ("y", 0))
    )
    found = margin((best, second), 0.0)
    assert found is not None
    assert (
        found.text
        == "Claim 1 and claim 2 are equally likely. Between claim 1 and claim 2, the procedures decide."
    )
