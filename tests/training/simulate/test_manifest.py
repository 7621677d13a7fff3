"""The manifest says what the folder holds, and nothing of a single claim."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from tests.training.simulate.conftest import SMALL, Simulated
from tests.training.simulate.test_files import rows


def test_counts_and_rates_are_those_of_the_files(folder: Path, small: Simulated) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    counts = manifest["counts"]
    assert counts["claims"] == len(small.sent)
    assert (
        counts["claim_payments"]
        == len(rows(folder / "truth" / "claim_payments.csv"))
        == sum(manifest["claim_payments_by_event"].values())
    )
    assert counts["takebacks"] == len(rows(folder / "truth" / "takebacks.csv"))
    truth = rows(folder / "truth" / "claims.csv")
    denied = sum(row["denied"] == "1" for row in truth)
    assert counts["denied"] == denied
    assert abs(manifest["denial_rate"] - denied / len(truth)) < 0.0001
    assert sum(payer["claims"] for payer in manifest["denial_rate_by_payer"].values()) == len(truth)
    assert abs(sum(manifest["denial_share_by_reason"].values()) - 1) < 0.01
    assert (manifest["scenario"], manifest["change"], manifest["seed"]) == ("steady", None, 7)


def test_digests_are_of_the_files_as_they_stand(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    own = hashlib.sha256((folder / "postings.csv").read_bytes()).hexdigest()
    assert manifest["digests"]["postings.csv"] == own
    assert {"claims", "acknowledgments", "remittances", "truth"} < set(manifest["digests"])


def test_no_claim_and_no_patient_is_named(folder: Path, small: Simulated) -> None:
    text = (folder / "manifest.json").read_text(encoding="utf-8")
    assert not any(claim.claim_id in text for claim in small.sent if len(claim.claim_id) > 5)
    assert len(small.sent) >= SMALL
