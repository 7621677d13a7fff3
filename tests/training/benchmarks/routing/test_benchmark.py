"""The benchmark as a whole: which parts run, what is written, and that a part that is not there breaks no other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.training.benchmarks.conftest import Asked
from training.benchmarks.parts import Part
from training.benchmarks.routing import benchmark, decision


def test_only_the_part_that_is_asked_for_is_imported_measured_and_written(
    asked: Asked, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(decision, "measure", lambda _: Part("decision", [], {"n": 1}, ["too slow"]))
    arguments = asked("routing", "--only", "decision")
    assert benchmark.run(arguments) == 0
    written = json.loads((Path(arguments.out) / "routing-decision-seed-7.json").read_text())
    assert written["parts"] == {"decision": {"n": 1}}
    assert written["missed"] == ["decision: too slow"]
    assert "bar missed: decision: too slow" in capsys.readouterr().out
