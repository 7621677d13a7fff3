"""What-if replays of a small simulated network: what must not change, what must, and what is left alone."""

from __future__ import annotations

import csv
import hashlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

import mlflow
import msgspec
import numpy as np
import pytest

from features.commandline import main
from features.errors import MissingDataError
from features.settings import Settings
from models.certificates import Certificate, Certified, Uncertified, content_id, issue
from models.certification import load_certificates, save_certificates
from models.denial_risk import DenialRiskModel
from models.policy import DEFAULT, Policy, load_policy
from models.policy_table import Promise
from models.routing import RoutingInput, awaits_certificate
from models.work_minutes import minutes_of
from training.__main__ import COMMANDS
from training.datasets import Dataset
from training.denial_report import signature
from training.registry import connect, log_and_register
from training.trained import Trained
from training.whatif.errors import Estimate, compared
from training.whatif.measure import measured
from training.whatif.notes import strangers, unused
from training.whatif.page import render
from training.whatif.replay import Replay, replay
from training.whatif.rows import Rows, Source
from training.whatif.ruling import Ruling
from training.whatif.study import Answer, Question, answer, source_of
from training.whatif.tables import told
from training.whatif.version import Version, version_in

KIND = "denial-risk"
POLICY = load_policy()
ALL_TO_REVIEW = msgspec.structs.replace(POLICY, rows=(), version="policy-all-to-review")
STRICTER = msgspec.structs.replace(
    POLICY, kinds={**POLICY.kinds, KIND: Promise(alpha=0.01, delta=0.05)}, version="policy-stricter"
)


@pytest.fixture(scope="module")
def home(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose champion of denial risk lets much go, so that few claims show something."""
    folder = tmp_path_factory.mktemp("home")
    shutil.copytree(trained / KIND, folder / "models" / KIND)
    for_replay = [lenient(one) for one in load_certificates(trained / KIND)]
    save_certificates(folder / "models" / KIND, for_replay)
    return folder


def lenient(certificate: Certificate) -> Certificate:
    """The same certificate with a low threshold that its counts bear out, and another id."""
    changed = msgspec.structs.replace(certificate, id="", threshold=0.85, n=500, errors=10)
    return msgspec.structs.replace(changed, id=content_id(changed))


@pytest.fixture(scope="module")
def champion(home: Path) -> Version:
    return version_in(home / "models" / KIND, KIND)


@pytest.fixture(scope="module")
def claims(dataset: Dataset) -> Source:
    return source_of(KIND, dataset, Settings.from_environment({}))


Asked = Callable[..., Answer]


@pytest.fixture(scope="module")
def asked(dataset: Dataset, home: Path, champion: Version, claims: Source) -> Asked:
    """Ask what a policy would have done, with the claims read once."""
    return partial(ask, dataset, home, champion, claims)


def ask(
    dataset: Dataset, home: Path, champion: Version, claims: Source, policy: Policy, **changes: object
) -> Answer:
    question = Question(
        policy=POLICY, tried=policy, champions={KIND: champion}, challengers={}, dollars_an_hour=35.0
    )
    settings = Settings.from_environment({"CLEARLANE_HOME": str(home)})
    return answer(replace(question, **changes), dataset, settings, sources={KIND: claims})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def unchanged(asked: Asked) -> Answer:
    return asked(POLICY)


@pytest.fixture(scope="module")
def all_to_review(asked: Asked) -> Answer:
    return asked(ALL_TO_REVIEW)


def test_the_same_policy_and_model_change_nothing(unchanged: Answer) -> None:
    (kind,) = unchanged.report.kinds
    assert kind.errors_before.went > 20, "nothing is automatic: the test shows nothing"
    assert kind.changed == 0
    assert kind.transitions == ()
    assert kind.errors_before == kind.errors_after
    assert kind.hours_before == kind.hours_after
    assert kind.difference.rate is not None
    assert (kind.difference.rate.low, kind.difference.rate.high) == (0.0, 0.0)


def test_sending_all_to_people_leaves_nothing_automatic_and_costs_exactly_their_hours(
    unchanged: Answer, all_to_review: Answer
) -> None:
    (before,), (kind,) = unchanged.report.kinds, all_to_review.report.kinds
    lanes = {lane.name: lane for lane in kind.lanes}
    went = lanes["auto"].before.items
    assert lanes["auto"].after.items == 0
    assert kind.errors_after.rate is None
    assert kind.hours_after - kind.hours_before == pytest.approx(went * minutes_of(KIND) / 60)
    assert kind.hours_after == pytest.approx(kind.items * minutes_of(KIND) / 60)
    assert before.hours_before == kind.hours_before
    assert sum(one.count.items for one in kind.transitions) == kind.changed
    assert kind.difference.per_thousand is not None
    assert kind.difference.per_thousand.value <= 0


def test_a_challenger_that_equals_the_champion_changes_nothing(asked: Asked, champion: Version) -> None:
    copy = version_in(champion.folder, KIND)
    (kind,) = asked(POLICY, challengers={KIND: copy}).report.kinds
    assert kind.changed == 0


def test_no_day_that_made_the_model_is_judged(asked: Asked, champion: Version) -> None:
    ends = [champion.windows[name][1] for name in ("fit", "calibration", "certification")]
    (kind,) = asked(POLICY).report.kinds
    assert kind.first > max(ends)
    early = asked(POLICY, first=champion.windows["certification"][0])
    (marked,) = early.report.kinds
    assert (marked.items, marked.honest) == (marked.items, kind.items)
    assert marked.items > kind.items
    assert marked.errors_before == kind.errors_before
    assert any("left out of all error rates" in note for note in early.report.notes)


def test_where_no_honest_day_is_left_the_replay_is_refused(asked: Asked, champion: Version) -> None:
    with pytest.raises(MissingDataError, match="no day is left to judge the model on"):
        asked(POLICY, last=champion.windows["certification"][1])


def test_a_stricter_alpha_voids_the_certificates_and_says_what_a_new_test_wants(asked: Asked) -> None:
    found = asked(STRICTER)
    (kind,) = found.report.kinds
    assert kind.errors_after.went == 0 < kind.errors_before.went
    assert not any(cell.in_force for cell in kind.certificates)
    told = [
        note
        for note in found.report.notes
        if "no certificate is in force, it was certified for alpha 0.1" in note
    ]
    assert len(told) == len(POLICY.cells(KIND))
    assert {one.cause_after.rpartition(" ")[2] for one in kind.transitions} == {"no-certificate"}


def test_certifying_anew_covers_every_cell_and_keeps_to_the_promise(asked: Asked) -> None:
    found = asked(STRICTER, recertify=True)
    (kind,) = found.report.kinds
    assert kind.recertified
    assert all(cell.in_force for cell in kind.certificates)
    ruling = found.replays[0].after.ruling
    assert {one.alpha for one in ruling.certificates} == {0.01}
    assert all(one.window_to < kind.first for one in ruling.certificates)
    assert any("no certificate is in force" in note for note in found.report.notes), "it must still be told"


def without_rows(*names: str) -> Policy:
    """The shipped policy without some of its rows."""
    kept = tuple(row for row in POLICY.rows if row.row not in names)
    return msgspec.structs.replace(POLICY, rows=kept, version="policy-laxer")


def test_it_is_said_that_certificates_were_not_tested_on_what_a_laxer_policy_leaves_to_them(
    asked: Asked, unchanged: Answer
) -> None:
    assert not any("--recertify" in note for note in unchanged.report.notes)
    found = asked(without_rows("unseen", "interval-wide", "data-missing"))
    (told,) = [
        note for note in found.report.notes if "No certificate in force was tested on such items" in note
    ]
    (side,) = [one.after for one in found.replays]
    more = sum(
        awaits_certificate(item, side.ruling.policy) and not awaits_certificate(item, POLICY)
        for item in side.rows.items
    )
    assert f"leaves {more:,} items to their certificate" in told
    assert more > 0
    (kind,) = asked(without_rows("unseen"), recertify=True).report.kinds
    assert kind.recertified


FIRST = date(2024, 3, 4)  # a Monday


def a_replay(
    errors: list[int], sure: list[float], *, minutes: float, days: int = 40, strange: int = 0
) -> Replay:
    """Claims of one day, decided by the shipped policy without any certificate, and by the same again.

    The payers of the first ``strange`` are unknown to the model.
    """
    items = [
        RoutingInput(
            kind=KIND,
            confidence=one,
            amount=Decimal(100),
            payer="P",
            low=one,
            high=one,
            proposes_action=True,
            age_days=0.0,
            payer_class="commercial",
            service_type="office",
            unseen=("payer",) if number < strange else (),
        )
        for number, one in enumerate(sure)
    ]
    rows = Rows(
        KIND, items, [FIRST] * len(items), range(1, len(items) + 1), np.array(errors), range(len(items))
    )
    ruling = Ruling(POLICY, (), "denial-risk-000000000000")
    return replay(
        (ruling, rows),
        (ruling, rows),
        honest_from=FIRST,
        until=FIRST + timedelta(days),
        minutes_a_day=minutes,
    )


def test_what_nobody_reaches_in_time_moves_up_and_what_is_reached_does_not() -> None:
    found = a_replay([0] * 20, [0.9] * 20, minutes=6.0)  # one claim a working day
    lanes = [lane.value for lane in found.before.lanes()]
    bound = 14  # days, of the shipped policy
    reached = sum((FIRST + timedelta(day)).weekday() < 5 for day in range(bound))
    assert lanes == ["review"] * reached + ["escalate"] * (20 - reached)
    assert set(a_replay([0] * 20, [0.9] * 20, minutes=600.0).before.lanes()) == {found.before.lanes()[0]}


@pytest.mark.parametrize(
    ("strange", "told"),
    [
        (20, "no payer of this data was known to the model"),
        (8, "the payer of 8 of 20 items was not known to the model"),
        (1, None),
    ],
)
def test_where_many_payers_are_strangers_to_the_model_it_is_said(strange: int, told: str | None) -> None:
    found = a_replay([0] * 20, [0.9] * 20, minutes=600.0, strange=strange)
    said = list(strangers(found.after))
    assert len(said) == (told is not None)
    assert all(f"{told}" in one and f"{strange} to specialist" in one for one in said)


def test_a_kind_is_told_in_words_before_its_figures() -> None:
    found = a_replay([0] * 20, [0.9] * 20, minutes=600.0)
    kind = measured(found, certificates=[], recertified=False, until=FIRST + timedelta(40), seed=1)
    said = told(kind, 35.0)
    assert "0 of 20 items would go without a look, 0 do today" in said
    assert "Nothing is left to go wrong" in said
    assert "as many hours as today." in said
    many = msgspec.structs.replace(
        kind.errors_after, went=2000, checked=1000, wrong=3, rate=Estimate(0.003, 0.0006, 0.0087)
    )
    shown = msgspec.structs.replace(kind, errors_after=many, hours_after=kind.hours_before - 2)
    assert "hours less, $70." in told(shown, 35.0)
    verdicts = {0.002: "more than the", 0.005: "too few to show", 0.01: "within the 1 %"}
    for alpha, words in verdicts.items():
        assert words in told(msgspec.structs.replace(shown, alpha_after=alpha), 35.0)


@pytest.mark.parametrize(("tested", "told"), [(0.1, False), (0.02, True)])
def test_a_policy_that_allows_more_than_was_tested_is_told_that_only_a_new_test_can_use_it(
    tested: float, told: bool
) -> None:
    (cell, _) = POLICY.cells(KIND)
    one = issue(
        Uncertified(500, 40),
        cell=cell,
        alpha=tested,
        delta=0.05,
        window=(FIRST, FIRST),
        model_version="denial-risk-000000000000",
        data_digest="0" * 64,
        expires=FIRST + timedelta(90),
    )
    said = unused(Ruling(POLICY, (one,), "denial-risk-000000000000"), KIND, FIRST)
    assert ("tested for at most 2 % wrong, 95 % sure" in said) == told
    assert ("allows at most 10 % wrong" in said) == told
    assert told or not said


def test_items_newly_let_go_without_an_error_may_still_be_wrong_and_the_figures_can_be_written() -> None:
    kept = a_replay([0] * 40, [0.9] * 40, minutes=600.0).before
    model = "denial-risk-000000000000"
    one = issue(
        Certified(0.8, 500, 10),
        cell=POLICY.cells(KIND)[0],
        alpha=0.1,
        delta=0.05,
        window=(FIRST, FIRST),
        model_version=model,
        data_digest="0" * 64,
        expires=FIRST + timedelta(90),
    )
    let_go = Ruling(POLICY, (one,), model)
    found = replay((kept.ruling, kept.rows), (let_go, kept.rows), honest_from=FIRST, until=FIRST)
    before, after, gap = compared(found, seed=1)
    assert (before.went, after.went, after.wrong) == (0, 40, 0)
    assert gap.per_thousand is not None
    assert gap.per_thousand.value == 0.0
    assert 80 < gap.per_thousand.high < 100  # of 1,000: the exact bound of 0 in 40, 8.8 %
    assert msgspec.json.decode(msgspec.json.encode(gap)) == msgspec.to_builtins(gap)


def test_unknown_outcomes_are_no_right_ones() -> None:
    found = a_replay([-1, 1, 0], [0.9, 0.9, 0.9], minutes=60.0)
    before, _, gap = compared(found, seed=1)
    assert (before.went, before.checked, before.rate) == (0, 0, None)
    assert gap.rate is None
    assert gap.per_thousand is not None
    assert gap.per_thousand.value == 0.0


def test_the_page_stands_alone_and_shows_every_plot(all_to_review: Answer) -> None:
    page = render(all_to_review.report)
    assert page.count("<svg") == 4
    assert "<script" not in page
    assert "src=" not in page


@pytest.fixture
def at_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLEARLANE_HOME", str(home))
    for name in ("CLEARLANE_MODELS", "CLEARLANE_POLICY", "MLFLOW_TRACKING_URI"):
        monkeypatch.delenv(name, raising=False)
    return home


def whatif(*arguments: str) -> int:
    return main(prog="python -m training", description="", commands=COMMANDS, argv=("whatif", *arguments))


def contents(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_it_writes_to_out_alone_and_nothing_of_a_patient(
    at_home: Path, simulated: Path, dataset: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = tmp_path / "new.toml"
    policy.write_text(
        DEFAULT.read_text().replace("denial-risk      = { alpha = 0.1", "denial-risk = { alpha = 0.01")
    )
    before = contents(at_home)
    out = tmp_path / "out"
    assert whatif("--policy", str(policy), "--kind", KIND, "--data", str(simulated), "--out", str(out)) == 0
    assert contents(at_home) == before
    assert {path.name for path in out.iterdir()} == {"whatif.html", "whatif.json", "changes.csv"}
    with (out / "changes.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    figures = msgspec.json.decode((out / "whatif.json").read_bytes())
    assert len(rows) == figures["kinds"][0]["changed"] > 0
    written = "".join(path.read_text(encoding="utf-8") for path in out.iterdir())
    ids = {claim.claim_id for claim in dataset.claims if claim.claim_id}
    assert len(ids) > 1000
    assert not any(one in written for one in ids)
    assert "lane" in capsys.readouterr().out


@pytest.fixture
def away(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home of its own with the champion, so that a store of MLflow may come into it."""
    shutil.copytree(home / "models", tmp_path / "away" / "models")
    monkeypatch.setenv("CLEARLANE_HOME", str(tmp_path / "away"))
    for name in ("CLEARLANE_MODELS", "CLEARLANE_POLICY", "MLFLOW_TRACKING_URI"):
        monkeypatch.delenv(name, raising=False)
    yield tmp_path / "away"
    mlflow.set_tracking_uri("")
    mlflow.set_registry_uri("")


def test_a_version_of_the_registry_is_replayed_and_the_figures_are_logged_without_single_items(
    away: Path, simulated: Path, trained: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings.from_environment()
    champion = version_in(away / "models" / KIND, KIND)
    told = signature(DenialRiskModel.load(trained / KIND))
    one = Trained(KIND, champion.model, trained / KIND, {}, {"data_digest": "0" * 64}, told)
    number = log_and_register(one, settings).number
    before = contents(away / "models")
    given = ("--model", str(number), "--kind", KIND, "--data", str(simulated), "--log")
    assert whatif(*given) == 0
    said = capsys.readouterr().out
    figures = msgspec.json.decode((away / "what-if" / "whatif.json").read_bytes())["kinds"][0]
    assert figures["model_before"] == figures["model_after"] == champion.model
    run = mlflow.MlflowClient().get_run(said.partition("logged in MLflow: run ")[2].split()[0])
    assert run.data.metrics["denial_risk_changed"] == figures["changed"]
    assert run.data.metrics["denial_risk_hours_after"] == figures["hours_after"]
    assert run.data.params["denial_risk_model_after"] == champion.model
    names = {one.path for one in mlflow.MlflowClient().list_artifacts(run.info.run_id)}
    assert names == {"whatif.html", "whatif.json"}
    assert contents(away / "models") == before


def test_a_version_that_the_registry_has_not_is_said(
    away: Path, simulated: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    connect(Settings.from_environment())
    assert whatif("--model", "99", "--kind", KIND, "--data", str(simulated)) == 2
    assert "the registry has no version 99 of denial-risk" in capsys.readouterr().err
    assert not (away / "what-if").exists()


@pytest.mark.usefixtures("at_home")
def test_a_broken_policy_is_named_by_its_row(
    simulated: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = tmp_path / "broken.toml"
    policy.write_text(DEFAULT.read_text().replace('lane = "escalate"', 'lane = "somewhere"', 1))
    assert whatif("--policy", str(policy), "--data", str(simulated)) == 2
    told = capsys.readouterr().err
    assert "broken.toml" in told
    assert "rows[0]" in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "there is nothing to try"),
        (("--model", "4"), "--model wants to know of which kind it is"),
        (("--model", "nowhere", "--kind", KIND), "there is no saved model"),
        (("--model", "4", "--kind", KIND), "nothing has been trained yet"),
        (("--model", "4", "--kind", "invoice-anomaly"), "there is no champion of invoice-anomaly"),
    ],
)
def test_what_cannot_be_replayed_is_said_before_anything_is_read(
    at_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], told: str
) -> None:
    before = contents(at_home)
    assert whatif(*arguments, "--data", str(tmp_path)) == 2
    assert told in capsys.readouterr().err
    assert contents(at_home) == before


@pytest.mark.usefixtures("at_home")
def test_a_place_where_nothing_can_be_written_is_said_before_anything_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    given = ("--policy", str(DEFAULT), "--data", "not-there", "--out", str(tmp_path / "file"))
    assert whatif(*given) == 2
    assert "nothing can be written there" in capsys.readouterr().err


@pytest.mark.usefixtures("at_home")
def test_a_folder_that_is_not_there_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert whatif("--policy", str(DEFAULT), "--data", "not-there") == 2
    assert "there is no such folder" in capsys.readouterr().err
