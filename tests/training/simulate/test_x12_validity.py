"""pyx12, which knows the implementation guides, accepts what is written."""

from __future__ import annotations

import io
import logging
from pathlib import Path

import pytest

x12n_document = pytest.importorskip("pyx12.x12n_document")
params = pytest.importorskip("pyx12.params")

# What a sample of each folder must hold, so that no rare loop goes unchecked.
SEGMENTS = {
    "claims": ("HL*3*2*23", "SBR*S", "REF*F8", "REF*G1", "REF*9F", "CL1*1", "ABJ:", "APR:", "X222A1", "X223A2"),
    "acknowledgments": ("STC*A2:20:PR*", "STC*A7:", "DTP*472*RD8*"),
    "remittances": ("*22*-", "PLB*", "NM1*TT", "*NON", "DTM*151", "LQ*HE", "MOA*", "CAS*PR", "NU:"),
}  # fmt: skip


def errors_of(path: Path, caplog: pytest.LogCaptureFixture) -> list[str]:
    caplog.clear()
    with caplog.at_level(logging.INFO, logger="pyx12"):
        valid = x12n_document.x12n_document(params.ParamsBase(), str(path), io.StringIO(), None)
    return [] if valid else [record.getMessage() for record in caplog.records]


@pytest.mark.parametrize("kind", SEGMENTS)
def test_a_sample_with_every_kind_of_segment_is_valid(
    kind: str, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    paths = sorted((folder / kind).iterdir())
    chosen = set(paths[::40])
    for segment in SEGMENTS[kind]:
        holding = [path for path in paths if segment in path.read_text(encoding="ascii")]
        assert holding, f"no file holds {segment}"
        chosen.add(holding[0])
    assert {path.name: errors_of(path, caplog) for path in sorted(chosen)} == {
        path.name: [] for path in sorted(chosen)
    }


def test_the_validator_would_notice_a_wrong_code(
    folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "wrong.837"
    text = next(iter(sorted((folder / "claims").glob("*-professional.837")))).read_text(encoding="ascii")
    path.write_text(text.replace("NM1*PR*2*", "NM1*XX*2*"), encoding="ascii")
    assert errors_of(path, caplog)
