"""Certificates as records: what they allow, until when, and that a changed one is not believed."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from features.errors import BadInputError, ModelFileError
from models.certificates import content_id
from models.certification import (
    Cell,
    Certificate,
    Certified,
    Uncertified,
    issue,
    load_certificates,
    revoke,
    save_certificates,
)

CELL = Cell("remittance-match", "*", "under-1000")
DAY = date(2024, 6, 1)
ENOUGH = Certified(0.98, 2_000, 2)


def issued(certified: Certified | Uncertified = ENOUGH, **changes: Any) -> Certificate:
    given: dict[str, Any] = {
        "cell": CELL,
        "alpha": 0.005,
        "delta": 0.025,
        "window": (date(2024, 1, 1), date(2024, 3, 31)),
        "model_version": "remittance-match-0123456789ab",
        "data_digest": "0" * 64,
        "expires": date(2024, 7, 1),
    }
    return issue(certified, **{**given, **changes})


def allowed(certificate: Certificate, confidence: float | None, *, day: date = DAY) -> bool:
    return certificate.allows(confidence, model_version="remittance-match-0123456789ab", day=day)


def test_a_live_certificate_allows_what_scores_at_or_above_its_threshold() -> None:
    assert allowed(issued(), 0.98)
    assert not allowed(issued(), 0.9799)
    assert not allowed(issued(), None)
    assert not allowed(issued(), float("nan"))


def test_a_certificate_holds_for_its_model_only() -> None:
    assert not issued().allows(1.0, model_version="remittance-match-another", day=DAY)
    assert not issued().allows(1.0, model_version=None, day=DAY)


def test_a_certificate_expires_by_itself() -> None:
    assert allowed(issued(), 1.0, day=date(2024, 6, 30))
    assert not allowed(issued(), 1.0, day=date(2024, 7, 1))
    assert issued().status_on(date(2024, 7, 1)) == "expired"


def test_a_revoked_certificate_allows_nothing_and_keeps_its_id() -> None:
    revoked = revoke(issued())
    assert not allowed(revoked, 1.0)
    assert revoked.id == issued().id
    assert revoked.status_on(date(2030, 1, 1)) == "revoked"


def test_no_threshold_is_not_a_threshold_of_zero() -> None:
    nothing = issued(Uncertified(40, 0))
    assert not allowed(nothing, 1.0)
    assert not allowed(nothing, 0.0)


def test_certificates_come_back_as_they_were_saved(tmp_path: Path) -> None:
    kept = (
        issued(),
        revoke(issued(cell=Cell("denial-risk", "*", "under-1000"))),
        issued(Uncertified(9, 1)),
    )
    save_certificates(tmp_path, kept)
    assert load_certificates(tmp_path) == kept
    assert len({certificate.id for certificate in kept}) == 3


def test_where_there_is_no_file_nothing_is_certified(tmp_path: Path) -> None:
    assert load_certificates(tmp_path) == ()


@pytest.mark.parametrize(
    "change",
    [{"threshold": 0.1}, {"n": 90_000}, {"errors": 0}, {"expires": "2034-01-01"}, {"alpha": 0.4}, {"x": 1}],
)
def test_a_changed_certificate_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    save_certificates(tmp_path, [issued()])
    path = tmp_path / "certificates.json"
    stored = json.loads(path.read_text())
    stored["certificates"][0].update(change)
    path.write_text(json.dumps(stored))
    with pytest.raises(ModelFileError, match="certificate"):
        load_certificates(tmp_path)


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff\xfe", b'{"format": 3, "certificates": []}'])
def test_a_damaged_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "certificates.json").write_bytes(content)
    with pytest.raises(ModelFileError, match="certificates"):
        load_certificates(tmp_path)


@pytest.mark.parametrize(
    "changes",
    [
        {"certified": Certified(0.98, 500, 0)},  # too few labels
        {"certified": Certified(0.98, 2_000, 9)},  # too many errors
        {"certified": Certified(0.98, 5, 9)},
        {"certified": Certified(float("nan"), 2_000, 0)},
        {"certified": Certified(1.5, 2_000, 0)},
        {"alpha": 1.0},
        {"delta": 0.0},
        {"window": (date(2024, 3, 1), date(2024, 1, 1))},
        {"level": 0.0},
        {"level": 0.026},  # above delta, which all cells share
        {"level": 0.001},  # two errors in 2,000 do not pass at this level
        {"planned": (date(2024, 1, 1), date(2024, 4, 1))},  # on later labels than it was tested on
    ],
)
def test_nothing_is_issued_that_its_own_counts_do_not_bear_out(changes: dict[str, Any]) -> None:
    with pytest.raises(BadInputError, match="no certificate can be issued"):
        issued(**changes)


def test_a_file_of_the_first_format_asks_to_certify_again(tmp_path: Path) -> None:
    """Its records have other fields, and its delta was another thing: that of one cell alone."""
    save_certificates(tmp_path, [issued()])
    path = tmp_path / "certificates.json"
    stored = json.loads(path.read_text())
    for name in ("level", "planned_from", "planned_to", "unit"):
        del stored["certificates"][0][name]
    path.write_text(json.dumps(stored | {"format": 1}))
    with pytest.raises(ModelFileError, match="certify the model again"):
        load_certificates(tmp_path)


def test_a_cell_that_stands_alone_has_all_of_delta() -> None:
    assert issued().level == issued().delta == 0.025


def test_a_share_of_delta_may_round() -> None:
    level = 0.1 * 3  # a little more than 0.3
    assert issued(delta=0.3, level=level).level == level


def test_a_certificate_that_was_signed_without_evidence_is_refused(tmp_path: Path) -> None:
    forged = msgspec.structs.replace(issued(), n=10, errors=0)
    save_certificates(tmp_path, [msgspec.structs.replace(forged, id=content_id(forged))])
    with pytest.raises(ModelFileError, match="bear out"):
        load_certificates(tmp_path)
