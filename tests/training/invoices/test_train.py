"""Training on reviews: what is learnt, from whom, and what is written."""

from __future__ import annotations

import csv
import shutil
from datetime import date
from pathlib import Path

import msgspec
import numpy as np
import pytest

from features.commandline import main
from features.errors import MissingDataError
from features.invoices.cases import InvoiceCase
from models.certificates import load_certificates
from models.invoices.anomalies import KIND, InvoiceAnomalyModel
from models.pyfunc import load
from training.__main__ import COMMANDS
from training.invoices.labels import label
from training.invoices.train import train_folder
from training.trained import Trained


def training(*argv: str) -> int:
    return main(prog="python -m training", description="", commands=COMMANDS, argv=argv)


def test_the_model_ranks_wrong_invoices_above_others_and_better_than_the_rules(trained: Trained) -> None:
    assert trained.kind == KIND
    assert trained.metrics["auc"] > 0.85
    assert trained.metrics["average_precision"] > trained.metrics["baseline_rule_average_precision"]


def test_the_card_and_the_certificates_stand_beside_the_model(trained: Trained) -> None:
    assert "# Vendor invoices" in (trained.folder / "model_card.md").read_text(encoding="utf-8")
    cells = {certificate.cell.value_band for certificate in load_certificates(trained.folder)}
    assert cells == {"under-1000", "1000-to-10000"}


def test_the_same_seed_gives_the_same_model(purchasing: Path, trained: Trained, tmp_path: Path) -> None:
    again = train_folder(purchasing, out=tmp_path, rounds=60, issued=date(2025, 1, 2))
    assert again.version == trained.version


def test_a_case_does_not_change_when_what_came_later_does(purchasing: Path, tmp_path: Path) -> None:
    day = "2024-03-01"
    folder = tmp_path / "cut"
    shutil.copytree(purchasing, folder)
    for name, column in (("invoices.csv", 3), ("receipts.csv", 1), ("purchase_orders.csv", 1)):
        lines = (folder / name).read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines[1:] if next(csv.reader([line]))[column] < day]
        (folder / name).write_text("\n".join([lines[0], *kept, ""]), encoding="utf-8")
    whole = {case.invoice.voucher: case for case in label(purchasing).cases}
    cut = label(folder).cases
    assert len(cut) > 100
    assert all(case == whole[case.invoice.voucher] for case in cut)


def test_with_a_day_nothing_of_it_or_later_is_seen(purchasing: Path) -> None:
    labels = label(purchasing, before=date(2024, 1, 1))
    assert max(labels.received) < date(2024, 1, 1)
    assert max(review.day for review in labels.reviews) < date(2024, 1, 1)


def test_too_few_reviews_are_refused_with_their_number(purchasing: Path, tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match="too few reviews"):
        train_folder(purchasing, out=tmp_path, before=date(2023, 3, 1))


def test_reviews_of_held_invoices_alone_are_refused(purchasing: Path, tmp_path: Path) -> None:
    folder = tmp_path / "held"
    shutil.copytree(purchasing, folder)
    path = folder / "invoice_reviews.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",audit,", ",hold,"), encoding="utf-8")
    with pytest.raises(MissingDataError, match="drawn at random"):
        train_folder(folder, out=tmp_path / "model")


def test_a_loaded_model_scores_as_mlflow_loads_it(purchasing: Path, trained: Trained) -> None:
    import pandas as pd

    cases = list(label(purchasing).cases[:20])
    scores = InvoiceAnomalyModel.load(trained.folder).score(cases)
    frame = pd.DataFrame({"case": [msgspec.json.encode(case).decode() for case in cases]})
    loaded = load(trained.folder).predict(frame)
    assert np.allclose(loaded["probability"], [score.probability for score in scores])
    assert loaded["findings"].iloc[0] == " ".join(one.code for one in scores[0].findings)


def test_a_case_comes_back_from_json_as_it_was(purchasing: Path) -> None:
    for case in label(purchasing).cases[:50]:
        assert msgspec.json.decode(msgspec.json.encode(case), type=InvoiceCase) == case


def test_findings_are_written_the_largest_expected_loss_first(
    purchasing: Path, trained: Trained, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "findings.csv"
    options = ("--data", str(purchasing), "--out", str(out), "--model", str(trained.folder))
    assert training("check-invoices", *options, "--since", "2024-06-01") == 0
    with out.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    losses = [float(row["at_stake"]) * float(row["confidence"]) for row in rows]
    assert losses == pytest.approx(sorted(losses, reverse=True), abs=1.0)
    assert all(row["received_date"] >= "2024-06-01" and float(row["confidence"]) >= 0.199 for row in rows)
    assert "with findings" in capsys.readouterr().out


def test_without_reviews_and_without_a_model_all_differences_are_listed(
    purchasing: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CLEARLANE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("CLEARLANE_MODELS", raising=False)
    folder, out = tmp_path / "data", tmp_path / "findings.csv"
    shutil.copytree(purchasing, folder, ignore=shutil.ignore_patterns("invoice_reviews.csv", "truth"))
    assert training("check-invoices", "--data", str(folder), "--out", str(out)) == 0
    with out.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert rows
    assert all(row["confidence"] == "" for row in rows)
    assert "not judged" in capsys.readouterr().out
