"""Simulate, train, serve, feed a day of files and show what happened.

With ``--data`` the same on a folder of your own: X12 837 and 835 files of any name, and ``postings.csv``, the
ledger of which payment was posted to which claim, where there is one. A model for which the folder holds too
few answered claims or postings is trained on the simulated network instead, and the demo says so.

Everything is written below ``.clearlane/demo`` (``CLEARLANE_HOME`` moves it); your folder is only read.

    python -m serving demo
    python -m serving demo --data ~/remits --port 8080
    python -m serving demo --no-wait          stop the service at the end
"""

from __future__ import annotations

import argparse
from pathlib import Path

from features.settings import Settings
from serving.demo.demonstration import Demonstration


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="a folder of your own instead of a simulation"
    )
    parser.add_argument("--claims", type=int, default=20_000, help="claims to simulate (default %(default)s)")
    parser.add_argument("--seed", type=int, default=7, help="of the simulation (default %(default)s)")
    parser.add_argument("--port", type=int, default=3000, help="of the service (default %(default)s)")
    parser.add_argument("--no-wait", action="store_true", help="stop the service when all is shown")


def run(arguments: argparse.Namespace) -> int:
    """Run the demonstration; it ends with Ctrl-C."""
    demonstration = Demonstration(
        home=Settings.from_environment().home / "demo",
        data=arguments.data,
        claims=arguments.claims,
        seed=arguments.seed,
        port=arguments.port,
    )
    demonstration.run(wait=not arguments.no_wait)
    return 0
