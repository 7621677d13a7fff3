"""The command line of the features room: ``python -m features --help``."""

from __future__ import annotations

import sys

from features.commandline import main

if __name__ == "__main__":
    sys.exit(
        main(
            prog="python -m features",
            description="Read what a provider has (X12 837, 835, 277CA, 999) into typed records.",
            commands={"read": "features.read_command"},
        )
    )
