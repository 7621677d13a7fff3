"""Make sure that there are champions: where there are none, train them on a simulated network.

So that the service can be tried, and a Bento built, before any data of your own is at hand. These models hold no
certificate: what was learnt from a simulation may propose, and a person decides. Champions that are there already
are left alone; train on your own files with 'python -m training train --data DIR'.
"""

from __future__ import annotations

import argparse

from features.commandline import main
from features.settings import Settings

KINDS = ("denial-risk", "remittance-match", "invoice-anomaly", "denial-recovery")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("--claims", type=int, default=20_000, help="claims to simulate (default %(default)s)")
    parser.add_argument("--seed", type=int, default=7, help="of the simulation (default %(default)s)")


def run(arguments: argparse.Namespace) -> int:
    """Simulate and train where a champion is missing."""
    settings = Settings.from_environment()
    missing = [kind for kind in KINDS if not (settings.models / kind / "manifest.json").exists()]
    if not missing:
        return 0
    print(f"There is no champion yet for {' and '.join(missing)}: training on a simulated network.")  # noqa: T201
    folder = settings.home / "network"
    steps = [
        ["simulate", "--out", str(folder), "--claims", str(arguments.claims), "--seed", str(arguments.seed)]
    ]
    steps += [["train", "--data", str(folder), "--only", kind, "--without-certificates"] for kind in missing]
    return next((status for step in steps if (status := _training(step))), 0)


def _training(argv: list[str]) -> int:
    from training.__main__ import COMMANDS  # the table names this command too

    return main(prog="python -m training", description="", commands=COMMANDS, argv=argv)
