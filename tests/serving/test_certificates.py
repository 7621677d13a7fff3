"""``GET /v1/certificates`` and the curves beside served champions."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.errors import ModelFileError
from models.certificate_curves import FILE, save_curves
from serving.application import build
from serving.champion_folder import INVOICES
from serving.champions import Champions, load
from serving.store.store import Store
from tests.serving.conftest import NOW
from tests.support.asgi_client import AsgiClient
from tests.support.certificate_labels import Labels, certified
from tests.support.fake_champions import FakeMatch


def test_certificates_are_answered_as_they_stand(client: AsgiClient) -> None:
    answer = client.get("/v1/certificates")
    assert answer.status_code == 200
    found = answer.json()["certificates"]
    assert {one["kind"] for one in found} == {"denial-risk", "remittance-match"}
    for one in found:
        assert one["standing"] == "live"
        assert one["threshold"] == 0.95
        assert (one["checked"], one["wrong"]) == (5000, 0)
        assert one["coverage"] is None  # no curve was kept


def test_what_a_curve_tells_stands_beside_its_certificate(store: Store, champions: Champions) -> None:
    certificate, curve = certified(Labels.draw(1, prior=800, fresh=500))
    served = Champions(
        policy=champions.policy,
        remittance_match=FakeMatch(),
        certificates={"remittance-match": (certificate,)},
        curves={"remittance-match": (curve,)},
    )
    built = build(store, served, clock=lambda: NOW)
    (one,) = AsgiClient(built.asgi).get("/v1/certificates").json()["certificates"]
    built.close()
    assert one["standing"] == "not-certified"
    assert one["labels_wanted"] == curve.wanted
    assert one["wanting"].startswith("Needs about ")
    assert one["level"] == 0.025


def test_a_service_does_not_start_over_damaged_curves(tmp_path: Path) -> None:
    folder = tmp_path / INVOICES
    folder.mkdir()
    assert load(tmp_path, without_models=True).curves == {INVOICES: ()}
    save_curves(folder, (certified(Labels.draw(0))[1],))
    assert len(load(tmp_path, without_models=True).curves[INVOICES]) == 1
    (folder / FILE).write_bytes((folder / FILE).read_bytes()[:-20])
    with pytest.raises(ModelFileError):
        load(tmp_path, without_models=True)
