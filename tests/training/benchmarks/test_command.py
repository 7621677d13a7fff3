"""What the command line of the benchmarks refuses, before anything is simulated."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.commandline import main


class Needy:
    """A method that cannot be made without an argument."""

    def __init__(self, argument: str) -> None:
        self.argument = argument


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("matching", "--method", "no_module:Nope"), "there is no such method"),
        (("matching", "--method", "training.benchmarks.matching.methods:Nope"), "there is no such method"),
        (("denial", "--method", "no-colon"), "there is no such method"),
        (("denial", "--method", f"{__name__}:Needy"), "takes no arguments"),
        (("x12", "--method", f"{__name__}:Needy"), "--method goes with"),
        (("lines", "--seeds", "1-2"), "--seeds goes with"),
        (("denial", "--only", "no-part"), "has no such part"),
        (("routing", "--only", "no-part"), "has no such part"),
        (("routing", "--deployments", "0"), "must be at least 1"),
        (("x12", "--megabytes", "-1"), "must be at least 1"),
        (("simulation", "--claims", "0"), "must be at least 1"),
    ],
)
def test_wrong_arguments_are_refused_at_once(
    arguments: tuple[str, ...], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    commands = {"benchmark": "training.benchmarks.command"}
    argv = ["benchmark", *arguments, "--out", str(tmp_path / "out")]
    assert main(prog="python -m training", description="", commands=commands, argv=argv) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
