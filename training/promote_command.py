"""Make a registered version of a model the champion, and export it to where serving loads it from."""

from __future__ import annotations

import argparse

from features.settings import Settings
from training.train_command import KINDS


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("--model", choices=KINDS, required=True, help="the kind of model")
    parser.add_argument("--version", type=int, required=True, metavar="N", help="its number in the registry")


def run(arguments: argparse.Namespace) -> int:
    """Promote, and say where it lies; a running service takes it from there."""
    from training.registry import promote

    folder = promote(arguments.model, arguments.version, Settings.from_environment())
    print(f"{arguments.model} version {arguments.version} is the champion, exported to {folder}")  # noqa: T201
    return 0
