"""The command line of the training room: ``python -m training --help``."""

from __future__ import annotations

import sys

from features.commandline import main

COMMANDS = {
    "simulate": "training.simulate.command",
    "fidelity": "training.fidelity.command",
    "train": "training.train_command",
    "certify": "training.certify.command",
    "thresholds": "training.thresholds.command",
    "promote": "training.promote_command",
    "follow": "training.follow_command",
    "champions": "training.champions_command",
    "match-records": "training.match_records_command",
    "match-deposits": "training.deposits.command",
    "recovery": "training.recovery_command",
    "patterns": "training.patterns.command",
    "check-invoices": "training.invoices.command",
    "policy": "training.policy_command",
    "whatif": "training.whatif.command",
    "benchmark": "training.benchmarks.command",
}

if __name__ == "__main__":
    sys.exit(
        main(
            prog="python -m training",
            description="Simulate data, train and promote models, and measure them.",
            commands=COMMANDS,
        )
    )
