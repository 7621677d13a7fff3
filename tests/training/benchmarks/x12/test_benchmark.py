"""The remittance that readers are measured on, and the measuring."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.files import read
from features.x12.records import ClaimPayment, Problem, Remittance
from training.benchmarks.x12.benchmark import Measurement, measure, median, misses, rows
from training.benchmarks.x12.remittance import OWN_SAMPLE, sample_text, write_remittance


@pytest.fixture
def remittance(tmp_path: Path) -> tuple[Path, int]:
    path = tmp_path / "remittance.835"
    return path, write_remittance(path, 200_000, sample=OWN_SAMPLE)


def test_the_remittance_is_sound_balanced_and_of_the_size_asked_for(remittance: tuple[Path, int]) -> None:
    path, claims = remittance
    records = list(read(path))
    assert [record for record in records if isinstance(record, Problem)] == []
    payments = [record for record in records if isinstance(record, ClaimPayment)]
    assert len(payments) == claims == len({payment.claim_id for payment in payments})
    assert isinstance(records[-1], Remittance)
    assert records[-1].balanced
    assert 200_000 <= path.stat().st_size < 202_000


def test_the_public_sample_is_sound_too(
    samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLEARLANE_SAMPLES", str(samples))
    text, origin = sample_text()
    assert origin == "a public sample"
    claims = write_remittance(tmp_path / "r.835", 50_000, sample=text)
    kinds = [type(record) for record in read(tmp_path / "r.835")]
    assert kinds == [ClaimPayment] * claims + [Remittance]


@pytest.mark.parametrize("reader", ["clearlane", "tokenizer", "pyx12"])
def test_every_reader_is_measured_in_a_process_of_its_own(reader: str, remittance: tuple[Path, int]) -> None:
    if reader == "pyx12":
        pytest.importorskip("pyx12")
    path, claims = remittance
    found = measure(reader, path)
    assert isinstance(found, Measurement)
    assert found.claims == claims
    assert found.seconds > 0
    assert 5_000_000 < found.peak < 64_000_000


def a_round(*, clearlane: float, peak: int = 31_000_000) -> dict[str, Measurement]:
    return {"clearlane": Measurement(clearlane, 1, peak), "pyx12": Measurement(8.0, 1, 20_000_000)}


def test_the_bars_are_eight_times_pyx12_at_the_median_and_64_megabytes_at_the_most() -> None:
    assert misses([a_round(clearlane=0.9), a_round(clearlane=5.0), a_round(clearlane=1.0)]) == []
    slow = [a_round(clearlane=0.9), a_round(clearlane=5.0), a_round(clearlane=1.1)]
    assert misses(slow) == ["it is not 8 times as fast as pyx12"]
    large = [a_round(clearlane=1.0), a_round(clearlane=1.0, peak=64_000_000)]
    assert misses(large) == ["the peak is 64 MB, not under 64 MB"]


def test_a_row_holds_the_median_speed_between_the_slowest_and_the_fastest_round() -> None:
    rounds = [a_round(clearlane=seconds) for seconds in (2.0, 1.0, 4.0)]
    row, _ = rows({name: median([one[name] for one in rounds]) for name in rounds[0]}, rounds, 8_000_000)
    speed = "megabytes_per_second"
    assert [row.figures[f"{speed}{end}"] for end in ("_low", "", "_high")] == [2.0, 4.0, 8.0]
    assert (row.answer_seconds, row.memory) == (2.0, 31_000_000)
