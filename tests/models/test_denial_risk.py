"""The denial-risk model as serving uses it: loaded, scoring, explaining."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pytest

from features.claim_edits.permitted import permitted
from features.claim_services import service_of
from features.denial_history.history import DenialHistory
from features.denial_history.outcome import Outcome
from features.denial_risk import COLUMNS, Encoding, encode
from features.errors import ModelFileError
from features.x12.records import Claim
from models.calibration import SigmoidCalibration
from models.denial_heads import classes, heads_of, log_probability
from models.denial_risk import DenialRiskModel, save
from models.files import load_parts, save_parts
from models.venn_abers import VennAbersGrid
from models.what_if import changes
from tests.support.builders import make_claim, make_claim_line

SCAN = make_claim(
    lines=(make_claim_line(procedure="72148", charge=Decimal(1250), modifiers=()),),
    charge=Decimal(1250),
    diagnoses=("M5416",),
)


def network() -> tuple[list[Claim], np.ndarray]:
    """Office visits that are paid, and scans that are denied without an authorization (but for every tenth)."""
    with_it = make_claim(
        lines=SCAN.lines, charge=SCAN.charge, diagnoses=SCAN.diagnoses, prior_authorization="A1"
    )
    claims = [make_claim()] * 200 + [with_it] * 150 + [SCAN] * 50
    denied = np.array([0.0] * 350 + [float(number % 10 != 0) for number in range(50)])
    denied[::40] = 1.0
    return claims, denied


def history(claims: Sequence[Claim], denied: np.ndarray) -> DenialHistory:
    """All of them, answered."""
    past = DenialHistory()
    for claim, refused in zip(claims, denied, strict=True):
        past.sent(claim)
        lines = {service_of(line): DENIED for line in claim.lines} if refused else {}
        said = Outcome(DENIED if refused else frozenset(), lines, ("197",) if refused else (), ())
        past.answered(claim, said, date(2024, 3, 1))
    return past


DENIED = frozenset({"authorization"})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    claims, denied = network()
    encoding = Encoding.of_claims(claims)
    past = history(claims, denied)
    known = np.array([past.columns(claim) for claim in claims])
    rows = encode(claims, encoding, known).rows
    carcs = ["197" if one else None for one in denied]
    heads = heads_of(carcs)
    settings = {
        "objective": "multiclassova",
        "num_class": 2,
        "verbosity": -1,
        "num_threads": 1,
        "seed": 0,
        "deterministic": True,
    }
    data = lgb.Dataset(rows, classes(carcs, heads), feature_name=list(COLUMNS), params={"verbosity": -1})
    booster = lgb.train({**settings, "force_row_wise": True}, data, num_boost_round=30)
    raw = log_probability(np.asarray(booster.predict(rows, raw_score=True)))
    calibration = SigmoidCalibration.fit(raw, denied)
    path = tmp_path_factory.mktemp("model")
    save(
        path,
        booster=booster,
        heads=heads,
        history=past,
        encoding=encoding,
        calibration=calibration,
        intervals=VennAbersGrid.fit(calibration(raw), denied),
        facts={},
    )
    return path


@pytest.fixture(scope="module")
def model(folder: Path) -> DenialRiskModel:
    return DenialRiskModel.load(folder)


def test_a_scan_without_its_authorization_is_the_riskier_claim(model: DenialRiskModel) -> None:
    visit, scan = model.score([make_claim(), SCAN])
    assert scan.probability > 0.6 > 0.2 > visit.probability
    assert scan.confidence == 1 - scan.probability
    for score in (visit, scan):
        assert 0 <= score.low <= score.probability <= score.high <= 1


def test_two_loads_score_identically(folder: Path, model: DenialRiskModel) -> None:
    again = DenialRiskModel.load(folder)
    claims = [make_claim(), SCAN]
    assert again.version == model.version
    assert again.score(claims) == model.score(claims)


def test_what_is_unseen_or_missing_stands_beside_the_score(model: DenialRiskModel) -> None:
    score = model.score([make_claim(payer_id="NEW", subscriber_id=None)])[0]
    assert score.unseen == ("payer",)
    assert score.missing == ("subscriber_id",)


def test_no_claims_have_no_scores(model: DenialRiskModel) -> None:
    assert model.score([]) == []


def test_the_missing_authorization_is_named_as_the_reason(model: DenialRiskModel) -> None:
    reasons = model.explain(SCAN)
    assert 1 <= len(reasons) <= 4
    assert "authorization-missing" in [reason.code for reason in reasons]
    weights = [abs(reason.weight or 0) for reason in reasons]
    assert weights == sorted(weights, reverse=True)


def test_a_reason_tells_how_often_such_claims_were_denied(model: DenialRiskModel) -> None:
    reason = next(one for one in model.explain(SCAN) if one.code == "authorization-missing")
    assert reason.precedent is not None
    assert reason.precedent.text.startswith("46 of 50 such claims were denied since March 2024")


def test_an_authorization_is_what_would_change_the_score_of_the_scan(model: DenialRiskModel) -> None:
    def score(claims: Sequence[Claim]) -> list[float]:
        return [one.probability for one in model.score(claims)]

    change = changes(SCAN, permitted(SCAN), score)[0]
    assert [edit.code for edit in change.edits] == ["authorization"]
    assert change.before > 0.6 > 0.2 > change.after


def test_what_a_denial_would_be_about_adds_up(model: DenialRiskModel) -> None:
    outlook = model.outlook(SCAN)
    assert [(one.code, round(one.probability, 6)) for one in outlook.categories] == [("authorization", 1.0)]
    assert [one.code for one in outlook.carcs] == ["197"]


def test_reasons_hold_no_value_of_the_claim(model: DenialRiskModel) -> None:
    for reason in model.explain(SCAN):
        for value in ("DOE", "JANE", "W123456789", "A-1001", "1250"):
            assert value not in reason.text


def test_a_model_of_other_columns_is_refused(folder: Path, tmp_path: Path) -> None:
    parts = load_parts(folder, kind="denial-risk")
    manifest = {**parts.manifest, "columns": ["charge"]}
    save_parts(tmp_path, kind="denial-risk", manifest=manifest, boosters=parts.boosters, arrays=parts.arrays)
    with pytest.raises(ModelFileError, match="other columns"):
        DenialRiskModel.load(tmp_path)


def test_a_model_without_one_of_its_parts_is_refused(folder: Path, tmp_path: Path) -> None:
    parts = load_parts(folder, kind="denial-risk")
    save_parts(
        tmp_path / "a", kind="denial-risk", manifest=parts.manifest, boosters=parts.boosters, arrays={}
    )
    with pytest.raises(ModelFileError, match="a part of the model is missing"):
        DenialRiskModel.load(tmp_path / "a")
    shutil.copytree(folder, tmp_path / "b")
    next((tmp_path / "b").glob("booster-*.txt")).unlink()
    with pytest.raises(ModelFileError):
        DenialRiskModel.load(tmp_path / "b")
